"""How a service says no to a form that is filled in wrongly: every field at fault at once."""

from collections.abc import Sequence

from shared.contracts.fold import Refusal
from shared.contracts.wording import text
from shared.rules.reading import Fault

FORM = "/form"


def wrongly_filled(faults: Sequence[Fault], within: str = FORM) -> Refusal:
    """One refusal for all of *faults*, of which there is at least one; *within* is where the form stands."""
    first, *rest = (_refusal(fault, f"{within}/{fault.field}") for fault in faults)
    return Refusal(
        why=first.why, text=first.text, status=first.status, field=first.field, hint=first.hint, more=tuple(rest)
    )


def _refusal(fault: Fault, field: str) -> Refusal:
    wrong, right = text("{wrong}", wrong=fault.wrong), text("{right}", right=fault.right)
    return Refusal(why=f"form_{fault.rule}", text=wrong, status=422, field=field, hint=right)
