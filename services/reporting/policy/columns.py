"""What the columns of a register mean where its rows are steps: a step's own fields are those of that one time."""

from collections.abc import Iterable, Iterator

from shared.rules.forms import FormField
from shared.rules.model import CaseType, Pack
from shared.rules.registers import Place, Register, place_of, step_of

TAKEN = "taken"
"""Group of the columns of one time a step was taken: a field of its form, or ``at``, ``by``, ``outcome``."""


def places(register: Register, pack: Pack) -> tuple[Place, ...]:
    """Where each column of *register* finds its value; a word that means nothing never comes past the linter."""
    named = (place_of(column.field) for column in register.columns)
    step = step_of(register.rows)
    if step is None:
        return tuple(place for place in named if place is not None)
    own = frozenset(field.id for field in fields_of_step(register, pack, step))
    return tuple(_of_this_time(place, step, own) for place in named if place is not None)


def _of_this_time(place: Place, step: str, own: frozenset[str]) -> Place:
    if place.group == "form" and place.of in own:
        return Place(TAKEN, place.of)
    return Place(TAKEN, "", place.part) if (place.group, place.of) == ("step", step) else place


def case_types(register: Register, pack: Pack) -> Iterator[CaseType]:
    """The case types a register lists, as *pack* has them."""
    return (pack.case_types[name] for name in register.case_types if name in pack.case_types)


def fields_of_step(register: Register, pack: Pack, step: str) -> Iterator[FormField]:
    """The fields of a step, in whichever case type of the register."""
    taken = (rule for kind in case_types(register, pack) for rule in kind.steps if rule.id == step)
    return (field for rule in taken for field in rule.form)


def fields_of(kinds: Iterable[CaseType]) -> Iterator[FormField]:
    """Every field of *kinds*: of the intake, of the steps, of the talk afterwards."""
    for kind in kinds:
        yield from kind.form
        yield from (field for step in kind.steps for field in step.form)
        yield from kind.follow_up.form


def told_key(notice: str) -> str:
    """Where the row of a case keeps, among its steps, how staff saw to a notice; no step can be called like that."""
    return f"told:{notice}"
