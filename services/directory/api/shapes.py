"""The shape of a record, field by field: nothing unknown, nothing coerced, nothing that no page could show.

Source: design.md §4 (DIRECTORY), §7 (a calendar with no open hour is refused when saved).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from shared.contracts.directory import Account, Token
from shared.contracts.fields import Prose
from shared.contracts.fold import IMPLIED
from shared.contracts.wording import text
from shared.organisation.records import Department, Person, Roster, Site
from shared.organisation.site_calendar import calendar_from, calendar_records
from shared.packs.findings import PackInvalid
from shared.packs.linter import lint
from shared.packs.schema import from_wire, to_wire
from shared.web.calendars import refuse_hours, refuse_record
from shared.web.problems import Problem, refuse

KEY = re.compile(r"[\w./-]{1,80}")
KINDS: Mapping[str, type[Any]] = {
    "site": Site,
    "department": Department,
    "person": Person,
    "roster": Roster,
    "account": Account,
    "token": Token,
}
_STRICT = ConfigDict(extra="forbid", strict=True)
# The configuration of a model reaches the plain dataclass inside it.
_SHAPES: Mapping[str, type[BaseModel]] = {
    name: create_model(f"{name.title()}Body", __config__=_STRICT, record=(kind, ...)) for name, kind in KINDS.items()
}
_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in KINDS.items()}
_PROSE: TypeAdapter[str] = TypeAdapter(Prose)


@dataclass(frozen=True, slots=True)
class Shaped:
    """A record of the right shape.

    Attributes:
        version: Of a pack; None for everything else.
        body: As it is stored and said: every field present, instants as text.
    """

    record: str
    key: str
    version: int | None
    body: dict[str, Any]


def shaped(record: str, key: str, body: Mapping[str, Any]) -> Shaped:
    """Check *body*; a missing ``id`` is taken from *key*.

    Raises:
        Problem: Unknown kind, a key that cannot be one, or a field no shape can see through.
        RequestValidationError: Every field that is missing, unknown or of the wrong kind.
    """
    if record != "pack" and record not in KINDS:
        sentence = text("没有这种记录：{record}", record=record)
        hint = text("可以是：{kinds}", kinds="、".join((*KINDS, "pack")))
        raise refuse("unknown_record", sentence, status=422, field="/record", hint=hint)
    if not KEY.fullmatch(key):
        sentence = text("编号只能由文字、数字和 . / _ - 组成，最多 80 个字符")
        raise refuse("bad_key", sentence, status=422, field="/key")
    whole = {"id": key, **body}
    if whole["id"] != key:
        sentence = text("内容里的编号 {id} 与地址里的 {key} 不同", id=str(whole["id"])[:80], key=key)
        raise refuse("key_differs", sentence, status=422, field="/id")
    return _pack(key, whole) if record == "pack" else _plain(record, key, whole)


def _plain(record: str, key: str, body: dict[str, Any]) -> Shaped:
    _check_words(body)
    if record == "site" and isinstance(body.get("calendar"), Mapping):
        refuse_hours(body["calendar"])
    try:
        checked: Any = _SHAPES[record].model_validate_json(json.dumps({"record": body}))
    except ValidationError as wrong:
        raise RequestValidationError([_within_body(error) for error in wrong.errors(include_url=False)]) from wrong
    value = checked.record
    for path, sentence in _CHECKS.get(record, _nothing)(value):
        raise refuse("invalid", text(sentence), status=422, field=path)
    dumped: dict[str, Any] = _ADAPTERS[record].dump_python(value, mode="json")
    return Shaped(record, key, None, dumped)


def _within_body(error: Any) -> dict[str, Any]:
    return {**error, "loc": ("body", *error["loc"][1:])}


def _pack(key: str, body: dict[str, Any]) -> Shaped:
    try:
        pack = from_wire(body)
        findings = tuple(lint(pack))
    except PackInvalid as invalid:
        findings = invalid.findings
    if findings:
        raise RequestValidationError([_found(finding) for finding in findings])
    return Shaped("pack", key, pack.version, to_wire(pack))


def _found(finding: Any) -> dict[str, Any]:
    words = f"{finding.wrong.zh}；{finding.right.zh} / {finding.wrong.en}; {finding.right.en}"
    return {"type": f"pack_{finding.rule}", "loc": ("body", *finding.path.split(".")), "msg": words}


def _check_words(body: Any) -> None:
    for path, words in _texts(body, ""):
        try:
            _PROSE.validate_python(words)
        except ValidationError:
            sentence = text("文字太长，或含有不能显示的控制字符")
            raise refuse("bad_text", sentence, status=422, field=path) from None


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield path, str(name)
            yield from _texts(part, f"{path}/{name}")
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from _texts(part, f"{path}/{place}")


Faults = Iterator[tuple[str, str]]


def _nothing(_value: Any) -> Faults:
    yield from ()


def _check_site(site: Site) -> Faults:
    refuse_record(site.calendar)
    try:
        for record in calendar_records(site):
            calendar_from(record, site.zone)
    except ValueError:
        yield "/past_calendars", "营业时间须有七天，每天的时段按先后排列、不重叠，且一周内至少有一段"
    if not site.packs:
        yield "/packs", "至少要启用一个规则包"


def _check_robot(record: Department | Person) -> Faults:
    try:
        parts = urlsplit(record.wecom or "https://none")
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        yield "/wecom", "群机器人地址应以 https:// 开头"


def _check_department(department: Department) -> Faults:
    yield from _check_robot(department)
    if department.internal and department.contract is not None:
        yield "/contract", "只有外单位才有合同时限，请先把 internal 设为 false"


def _check_account(account: Account) -> Faults:
    if not re.fullmatch(r"[\w.@+-]{1,64}", account.username):
        yield "/username", "用户名只能由文字、数字和 . @ + - 组成，最多 64 个字符"
    if account.language not in ("zh", "en"):
        yield "/language", "语言应为 zh 或 en"
    if any(grant.right not in IMPLIED for grant in account.grants):
        yield "/grants", "权限应为 view、desk、work、lead 或 admin"


_CHECKS: Mapping[str, Any] = {
    "site": _check_site,
    "department": _check_department,
    "person": _check_robot,
    "account": _check_account,
}


def unknown_reference(wrong: Any, *, within: str = "") -> Problem:
    """A reference at fault as a problem that names the field and what could stand there."""
    options = "、".join(wrong.instead[:30])
    hint = text("可以是：{options}", options=options) if options else None
    sentence = text(FAULTS[wrong.fault], named=wrong.named)
    return refuse(wrong.fault, sentence, status=422, field=within + wrong.path, hint=hint)


FAULTS: Mapping[str, str] = {
    "no_site": "没有这个项目：{named}",
    "no_department": "这个项目没有这个部门：{named}",
    "no_person": "没有这个人员：{named}",
    "no_account": "没有这个账号：{named}",
    "no_pack": "没有这个规则包：{named}",
    "no_role": "这个项目的规则包里没有这个岗位：{named}",
    "profiles_clash": "两个附加规则包都定义了同一事项，无法确定用哪一个：{named}",
    "code_taken": "项目代码已被使用：{named}",
    "username_taken": "用户名已被使用：{named}",
}
