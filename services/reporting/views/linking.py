"""Cases that steps of a case have opened."""

import json
from collections.abc import Iterable, Iterator, Sequence

from services.reporting.ports import Row
from services.reporting.views.names import Names
from shared.contracts.dispatch import StepTaken
from shared.contracts.ids import opened_by_step
from shared.rules.model import CaseType
from shared.rules.stepping import linked
from shared.rules.steps import Opens

STEP_TAKEN = f"dispatch.{StepTaken.name}"


def opened(case: str, facts: Iterable[Row], names: Names) -> list[dict[str, str]]:
    """The linked cases of *case* in order: id, the step that opened each, and what it is about."""
    return [
        {"case_id": opened_by_step(case, fact["version"], number), "step": step, "what": names.say(opens.text)}
        for fact in facts
        if fact["kind"] == STEP_TAKEN
        for number, (step, opens) in enumerate(_opens(fact, names.own))
    ]


def _opens(fact: Row, kinds: Sequence[CaseType]) -> Iterator[tuple[str, Opens]]:
    public = json.loads(fact["public"])
    for kind in kinds:
        for opens in linked(kind, public["step"], public.get("outcome")):
            yield public["step"], opens
