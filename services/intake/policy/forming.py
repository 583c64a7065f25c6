"""What the desk fills in beside the fields every case has: public and personal part, and the marks it puts on the case.

Source: requirements section 3 (fields of every case type).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.intake.policy.ruling import Under
from shared.rules.conditions import Matter
from shared.rules.dating import clock_floors
from shared.rules.filling import NOTHING_BESIDE, Beside, apart, fill, marks, without_words
from shared.rules.forms import Filled, FormField
from shared.rules.reading import Fault

REQUIRED = "required"


class Misfilled(ValueError):
    """A form that cannot stand; `faults` names every field at fault."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.rule}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form.

    Attributes:
        public: Canonical text by field id, without what says something about a person.
        personal: The rest.
        marks: Flags it puts on the case.
    """

    public: Filled = field(default_factory=dict)
    personal: Filled = field(default_factory=dict)
    marks: frozenset[str] = frozenset()


NO_FORM = Form()


def formed(
    under: Under,
    given: Mapping[str, object],
    matter: Matter,
    *,
    partial: bool = False,
    received: tuple[datetime, datetime] | None = None,
) -> Form:
    """The form as filled in at the opening of a case.

    Args:
        under: The rules.
        given: What is filled in.
        matter: What else is known.
        partial: Required fields may be missing.
        received: What dates of the form are held against, see `held_against`; none for a case of the past.

    Raises:
        Misfilled: Anything else is wrong with it.
    """
    if not given and not any(one.required for one in under.case_type.form):
        return NO_FORM
    beside = held_against(*received) if received else NOTHING_BESIDE
    return _formed(under, given, matter, partial=partial, excused=(), beside=beside)


def formed_anew(under: Under, given: Mapping[str, object], matter: Matter, *, beside: Beside) -> Form:
    """The form filled in again; what is personal is not kept here, so it need not be said once more.

    Raises:
        Misfilled: Anything else is wrong with it.
    """
    personal = tuple(one.id for one in under.case_type.form if one.personal)
    return _formed(under, given, matter, partial=False, excused=personal, beside=beside)


def held_against(at: datetime, now: datetime) -> Beside:
    """What dates of the form are held against: when the matter was received, and when the form is filled in."""
    return Beside(clock_floors(received_at=at, now=now))


def _formed(
    under: Under,
    given: Mapping[str, object],
    matter: Matter,
    *,
    partial: bool,
    excused: tuple[str, ...],
    beside: Beside,
) -> Form:
    form = under.case_type.form
    filling = fill(form, given, matter=matter, zone=under.site.zone, partial=partial, beside=beside)
    faults = tuple(one for one in filling.faults if not (one.rule == REQUIRED and one.field in excused))
    if faults:
        raise Misfilled(faults)
    public, personal = apart(form, filling.values)
    return Form(public, personal, marks(form, filling.values))


def refitted(under: Under, public: Filled, matter: Matter) -> Form:
    """As much of a form of another case type as this one has fields for, and takes."""
    known = {one.id for one in under.case_type.form}
    given = {id_: value for id_, value in public.items() if id_ in known}
    values = fill(under.case_type.form, given, matter=matter, zone=under.site.zone, partial=True).values
    return Form(values, {}, marks(under.case_type.form, values))


def bare(matter: Matter, form: tuple[FormField, ...]) -> Matter:
    """The matter without what *form* brought about."""
    return replace(matter, flags=without_words(matter.flags, [one.id for one in form]))
