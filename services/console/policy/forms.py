"""Forms of a pack as blanks of a page, and which of their fields are asked for.

Source: requirements §9.1 (form at intake), `shared.rules.forms`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from services.console.policy.blanks import Blank, Kind, Typed
from shared.organisation.records import Named
from shared.rules.conditions import ALWAYS, Matter
from shared.rules.filling import fill, marks, with_marks, without_words
from shared.rules.forms import FieldKind, FormField

PREFIX = "form."
YES_NO = (("yes", Named("是", "Yes")), ("no", Named("否", "No")))
OURS = Named("产品默认值", "product default")
KINDS: Mapping[FieldKind, Kind] = {
    FieldKind.TEXT: Kind.LINE,
    FieldKind.LINES: Kind.PROSE,
    FieldKind.COUNT: Kind.COUNT,
    FieldKind.RATING: Kind.SCORE,
    FieldKind.MONEY: Kind.MONEY,
    FieldKind.DATE: Kind.DATE,
    FieldKind.INSTANT: Kind.INSTANT,
    FieldKind.CHOICE: Kind.CHOICE,
    FieldKind.YES_NO: Kind.CHOICE,
}


def said(name: Named, language: str) -> str:
    """A name in the reader's language."""
    return name.zh if language == "zh" else name.en


def blanks_of(form: Iterable[FormField], language: str) -> tuple[Blank, ...]:
    """The fields of a form as blanks ``form.<id>``, in the reader's language; a number the system gives is none."""
    return tuple(_blank(field, language) for field in form if field.kind is not FieldKind.SERIAL)


def _blank(field: FormField, language: str) -> Blank:
    pairs = YES_NO if field.kind is FieldKind.YES_NO else tuple((one.id, one.name) for one in field.choices)
    return Blank(
        PREFIX + field.id,
        KINDS[field.kind],
        said(field.name, language),
        required=field.required,
        options=tuple((value, said(name, language)) for value, name in pairs),
        plain=True,
        depends=field.when != ALWAYS,
        note=said(OURS, language) if field.product_default else "",
    )


def given_in(typed: Typed) -> dict[str, str]:
    """What was typed into a form, by field id."""
    return {name.removeprefix(PREFIX): typed[name][-1] for name in typed if name.startswith(PREFIX) and typed[name]}


def asked_in(form: tuple[FormField, ...], given: Mapping[str, object], matter: Matter, *, zone: str) -> frozenset[str]:
    """Ids of the fields that are asked for, as far as the form is filled in; what is wrong asks for nothing."""
    values = fill(form, given, matter=matter, zone=zone, partial=True).values
    flags = without_words(matter.flags, [field.id for field in form])
    now = replace(matter, flags=with_marks(flags, marks(form, values)))
    return frozenset(field.id for field in form if field.when.holds(now))


def shown_now(asked: Collection[str]) -> str:
    """The blanks that are asked for, as a page's script reads them."""
    return " ".join(PREFIX + one for one in sorted(asked))
