"""What became of a message, reported by its sender; and what staff did about a notice to somebody outside."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Literal

from services.notify.policy.outward import Owed
from services.notify.saying import INBOX
from services.notify.state import Case
from shared.contracts.fields import Command, Instant, Line, Prose, is_future
from shared.contracts.fold import Actor, Ask, Moment, Refusal, Say, Step
from shared.contracts.notify import (
    NoticeDelivered,
    NoticeFailed,
    NoticeSeenTo,
    NoticeSent,
    NotifyFact,
    ToldOutside,
)
from shared.contracts.wording import Text, text
from shared.rules.words import Means


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


class SeenTo(Command):
    """What staff did about a notice that somebody outside the house was to have.

    Attributes:
        outcome: ``told``, or ``not_needed`` any more; the latter with its reason in *text*.
        means: How they were told; the first means of the notice where nothing is said.
        told_at: When, where that was earlier than now.
        to: Who was told.
    """

    outcome: Literal["told", "not_needed"] = "told"
    means: Means | None = None
    told_at: Instant | None = None
    to: Line | None = None
    text: Prose = ""


class SeeTo(SeenTo):
    """The same about the notice of that id."""

    notice: str


def obey(case: Case | None, ask: Ask, moment: Moment) -> Step | Refusal:
    """Say what became of a notice."""
    if isinstance(ask.command, SeeTo):
        return _seen_to(case, ask.command, ask.actor, moment)
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


def _seen_to(case: Case | None, asked: SeeTo, actor: Actor, moment: Moment) -> Step | Refusal:
    if case is None or case.about is None or not actor.can("view", case.about.site):
        return _unknown()
    owed = next((one for one in case.owed if one.id == asked.notice), None)
    if owed is None:
        return _settled_or_unknown(case, asked.notice)
    if not may_see_to(owed.people, actor, case.about.site):
        return Refusal(why="no_right", text=text("您在这个项目没有这项权限"), status=403)
    wrong = _wrongly_said(asked, owed, moment.at)
    if wrong is not None:
        return wrong
    left = tuple(one for one in case.owed if one is not owed)
    known = replace(case, owed=left, settled=(*case.settled, owed.id))
    return Step(why=NoticeSeenTo.name, state=known, say=(Say(_done(asked, owed, actor, moment.at)),))


def may_see_to(people: Collection[str], actor: Actor, site: str) -> bool:
    """Whether *actor* may: the desk, whoever works there, and those who were asked to."""
    return actor.can("desk", site) or actor.can("work", site) or actor.person in people


def _done(asked: SeeTo, owed: Owed, actor: Actor, at: datetime) -> NoticeSeenTo:
    told = asked.outcome == "told"
    return NoticeSeenTo(
        notice=owed.id,
        rule=owed.rule,
        outcome=asked.outcome,
        means=(asked.means or next(iter(owed.means), None)) if told else None,
        told_at=asked.told_at,
        due_at=owed.due_at,
        late=told and owed.late_at(asked.told_at or at),
        by=actor.person or actor.account,
        private=ToldOutside(to=asked.to or "", text=asked.text),
    )


def _wrongly_said(asked: SeeTo, owed: Owed, now: datetime) -> Refusal | None:
    if asked.outcome == "not_needed" and not asked.text:
        return _bad("reason_missing", "/text", text("请写明为什么不必再告知"))
    if asked.told_at is None:
        return None
    if is_future(asked.told_at, now):
        return _bad("in_the_future", "/told_at", text("所填时间还没有到：{stated}", stated=asked.told_at))
    if asked.told_at < owed.wanted_at:
        return _bad("too_early", "/told_at", text("当时还不需要告知，通知生成于 {wanted}", wanted=owed.wanted_at))
    return None


def _bad(why: str, field: str, sentence: Text) -> Refusal:
    return Refusal(why=why, text=sentence, status=422, field=field)


def _settled_or_unknown(case: Case, notice: str) -> Refusal:
    if notice not in case.settled:
        return _unknown()
    return Refusal(why="already_seen_to", text=text("这条告知已经办过了"), status=409)


def _unknown() -> Refusal:
    return Refusal(why="unknown", text=text("没有找到这个编号"), status=404)
