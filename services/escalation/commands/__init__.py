"""What people ask of escalation: to take a raise, to push a matter up, to get more time, to give it."""

from collections.abc import Callable
from typing import Any

from services.escalation.commands.extending import decide_extension, request_extension
from services.escalation.commands.following import follow
from services.escalation.commands.raising import acknowledge, push_up
from services.escalation.commands.words import Acknowledge, DecideExtension, FollowCalendar, PushUp, RequestExtension
from services.escalation.saying.hand import Hand
from services.escalation.state import Docket
from shared.contracts.fields import Command
from shared.contracts.fold import Ask, Moment, Refusal, Step
from shared.contracts.wording import text

__all__ = ["Acknowledge", "DecideExtension", "FollowCalendar", "PushUp", "RequestExtension", "obey"]


def obey(docket: Docket | None, ask: Ask, moment: Moment) -> Step | Refusal:
    """Carry out one command, or say what is possible instead."""
    act = COMMANDS.get(type(ask.command))
    if docket is None or docket.case is None or act is None:
        return Refusal(why="unknown", text=text("没有找到这个编号"), status=404)
    return act(Hand(docket.case, moment), ask, ask.command)


COMMANDS: dict[type[Command], Callable[[Hand, Ask, Any], Step | Refusal]] = {
    Acknowledge: acknowledge,
    PushUp: push_up,
    RequestExtension: request_extension,
    DecideExtension: decide_extension,
    FollowCalendar: follow,
}
