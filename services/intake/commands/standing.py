"""What every change of a standing request asks first."""

from services.intake.commands.refusing import NotPossible, bad, money_held, not_now
from services.intake.policy.acts import may
from services.intake.policy.holding import ways_back
from services.intake.saying import rules_of
from services.intake.state import Case
from shared.contracts.fold import Ask, Moment
from shared.contracts.wording import text


def require(act: str, case: Case, ask: Ask, *, correction: bool = False) -> None:
    """Refuse *act* where it comes too late.

    Raises:
        NotPossible: 409, with the state and what is possible instead.
    """
    if not may(act, status=case.status, correcting=correction and is_lead(case, ask)):
        raise NotPossible(not_now(act, case.status))


def keep_handover(case: Case, moment: Moment, *, field: str) -> None:
    """Refuse what would let a shift change without its handover.

    Raises:
        NotPossible: 422, with the way it ends.
    """
    if any(step.takes_over for step in rules_of(case, moment).case_type.steps):
        hint = text("请接收未结事项，办完交接")
        raise NotPossible(bad("handover_kept", field, text("交接班不能跳过，也不能撤回、改类或并入事件"), hint))


def give_back_first(act: str, case: Case, moment: Moment) -> None:
    """Refuse what would end the matter here while the house still holds money for it.

    Raises:
        NotPossible: 409, with the sums and the steps that give them back.
    """
    if case.held:
        case_type = rules_of(case, moment).case_type
        marks = (*case.flags, *case.taken)
        raise NotPossible(money_held(act, case_type, case.held, ways_back(case_type, case.held, marks), case.status))


def is_lead(case: Case, ask: Ask) -> bool:
    """Whether the asker leads the desk of the case's site."""
    return ask.actor.can("lead", case.site)


def nothing_changed() -> NotPossible:
    """For a change that would leave everything as it is."""
    return NotPossible(bad("nothing_changed", "/", text("没有任何改动"), text("请填写要改的内容")))
