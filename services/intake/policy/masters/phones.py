"""Telephone numbers as residents give them: kept as typed, and as a number that can be dialled."""

import re
import unicodedata

import phonenumbers

from services.intake.policy.masters.columns import PHONE_HINT
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named

REGION = "CN"
"""Where a number without a country code is dialled."""

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EXTENSION = re.compile(r"(.*[0-9])\)?\s*(?:转|轉|分机|ext\.?|x|#|-)\s*([0-9]{1,6})", re.IGNORECASE)
_EXTENSION_ALONE = re.compile(r"(?:转|轉|分机|ext\.?)\s*[0-9]{1,6}", re.IGNORECASE)
_SEVERAL = re.compile(r"[0-9)]{7,}\s*[/、,，;；\s和或]\s*[0-9(+]{3,}")
_POWER = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_SHORT_MOST, _LOCAL_LEAST, _LOCAL_MOST = 6, 7, 8


def dialled(typed: str) -> str:
    """The number of *typed* as E.164, an extension behind ``;ext=``.

    Raises:
        Wrong: It is no number at which somebody can be reached.
    """
    number = unicodedata.normalize("NFKC", typed).strip()
    if _MOBILE.fullmatch(number):
        return f"+86{number}"
    if (whole := _valid(number)) is not None:
        return whole
    if parts := _EXTENSION.fullmatch(number):
        main = _valid(parts[1])
        if main is not None and ";" not in main:
            return f"{main};ext={parts[2]}"
    raise _wrong(number)


def _valid(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain};ext={parsed.extension}" if parsed.extension else plain


def _wrong(number: str) -> Wrong:
    digits = sum(character.isdecimal() for character in number)
    if _POWER.fullmatch(number):
        return digits_lost()
    if _EXTENSION_ALONE.fullmatch(number):
        return Wrong("phone_extension_alone", _EXTENSION_WRONG, PHONE_HINT)
    if _SEVERAL.search(number):
        return Wrong("phone_several", _SEVERAL_WRONG, _SEVERAL_RIGHT)
    if digits == len(number) and 0 < digits <= _SHORT_MOST:
        return Wrong("phone_short", _SHORT_WRONG, PHONE_HINT)
    if not number.startswith(("0", "+")) and _LOCAL_LEAST <= digits <= _LOCAL_MOST:
        return Wrong("phone_no_area", _LOCAL_WRONG, PHONE_HINT)
    return Wrong("phone_wrong", _NO_NUMBER, PHONE_HINT)


def digits_lost() -> Wrong:
    """What a number that the spreadsheet shortened to a power of ten is refused with."""
    return Wrong("digits_lost", _LOST_WRONG, _LOST_RIGHT)


_EXTENSION_WRONG = Named("只有分机号，没有总机号码", "An extension without the number it belongs to")
_SEVERAL_WRONG = Named("一格里有几个电话号码", "Several phone numbers in one cell")
_SEVERAL_RIGHT = Named("只留一个，其余写入备注", "Keep one and put the others into the note")
_SHORT_WRONG = Named(
    "短号是公共服务号码，不是住户的电话", "A short number belongs to a public service, not to a resident"
)
_LOCAL_WRONG = Named("固定电话缺少区号", "A landline without its area code")
_NO_NUMBER = Named("不是有效的电话号码", "Not a valid phone number")
_LOST_WRONG = Named(
    "表格软件把长号码变成了科学计数，后面的数字已丢失",
    "The spreadsheet turned the long number into a power of ten; its last digits are lost",
)
_LOST_RIGHT = Named(
    "把该列设为“文本”格式，从原始资料重新填写", "Format the column as text and type the number again from the source"
)
