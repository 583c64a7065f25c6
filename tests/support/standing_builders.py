"""Steps that reach beyond their case: one is given a number, others bar workers from the whole site."""

from dataclasses import replace

from shared.organisation.records import Named
from shared.rules.conditions import Condition
from shared.rules.forms import FieldKind, FormField
from shared.rules.steps import RollMove, RollRule, RollScope, StepOutcome
from tests.support.step_builders import NAME, WORKERS, step

SORRY = Named("此人已被禁入", "barred here")
NO = FormField(
    "no", NAME, FieldKind.SERIAL, pattern="GS-{site}-{year}-{number:3}", when=Condition(flags=("sign=approved",))
)
SIGN = step("sign", form=(NO,), outcomes=(StepOutcome("approved", NAME), StepOutcome("refused", NAME, ("sign",))))
WHO = replace(WORKERS, id="who")
WHOM = replace(WORKERS, id="whom")


def at_site(field: str, move: RollMove, refusal: Named | None = None) -> RollRule:
    """What a step does to the roll of those barred from the site."""
    return RollRule("barred", field, move, refusal, RollScope.SITE)


BAR = step("bar", form=(WHO,), rolls=(at_site("who", RollMove.PUT),), repeats=True)
LIFT = step("lift", form=(WHOM,), rolls=(at_site("whom", RollMove.NEED), at_site("whom", RollMove.TAKE)), repeats=True)
ISSUE = step("issue", form=(WORKERS,), rolls=(at_site("workers", RollMove.BAR, SORRY),), repeats=True)
