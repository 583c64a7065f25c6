"""What became of a message, reported by the sender as a command to the case that wanted it."""

from dataclasses import replace

from services.notify.saying import INBOX
from services.notify.state import Case
from shared.contracts.fields import Command
from shared.contracts.fold import Ask, Moment, Refusal, Say, Step
from shared.contracts.notify import NoticeDelivered, NoticeFailed, NoticeSent, NotifyFact
from shared.contracts.wording import text


class RecordOutcome(Command):
    """One notice on one channel came to its end.

    Attributes:
        taken: The provider took it; if not, no retry will help.
        code: The provider's code, with ``evidence`` its words without secrets.
        bundled: How many notices left in the same message.
    """

    notice: str
    person: str
    channel: str
    taken: bool
    code: str
    evidence: str = ""
    attempts: int = 1
    bundled: int = 1


def obey(case: Case | None, ask: Ask, moment: Moment) -> Step | Refusal:
    """Say what became of a notice."""
    del moment
    if not isinstance(ask.command, RecordOutcome):
        return Refusal(why="unknown_command", text=text("没有这个操作"), status=404)
    fact = _said(ask.command)
    known = case or Case()
    left = tuple(one for one in known.waiting if (one.notice, one.channel) != (fact.notice, fact.channel))
    return Step(why=fact.name, state=replace(known, waiting=left), say=(Say(fact),))


def _said(outcome: RecordOutcome) -> NotifyFact:
    notice, person, channel = outcome.notice, outcome.person, outcome.channel
    if not outcome.taken:
        return NoticeFailed(
            notice=notice,
            person=person,
            channel=channel,
            code=outcome.code,
            evidence=outcome.evidence,
            attempts=outcome.attempts,
        )
    if channel == INBOX:
        return NoticeDelivered(notice=notice, person=person, channel=channel)
    return NoticeSent(
        notice=notice,
        person=person,
        channel=channel,
        code=outcome.code,
        evidence=outcome.evidence,
        attempts=outcome.attempts,
        bundled=outcome.bundled,
    )
