"""What every change of a standing request asks first."""

from services.intake.commands.refusing import NotPossible, bad, not_now
from services.intake.policy.acts import may
from services.intake.state import Case
from shared.contracts.fold import Ask
from shared.contracts.wording import text


def require(act: str, case: Case, ask: Ask, *, correction: bool = False) -> None:
    """Refuse *act* where it comes too late.

    Raises:
        NotPossible: 409, with the state and what is possible instead.
    """
    if not may(act, status=case.status, correcting=correction and is_lead(case, ask)):
        raise NotPossible(not_now(act, case.status))


def is_lead(case: Case, ask: Ask) -> bool:
    """Whether the asker leads the desk of the case's site."""
    return ask.actor.can("lead", case.site)


def nothing_changed() -> NotPossible:
    """For a change that would leave everything as it is."""
    return NotPossible(bad("nothing_changed", "/", text("没有任何改动"), text("请填写要改的内容")))
