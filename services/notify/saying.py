"""From news to effects wanted and facts said; shared by every reaction."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from msgspec import structs

from services.notify.policy.hush import hushed
from services.notify.policy.news import About, News, Recipient, Topic
from services.notify.policy.outward import owed_by
from services.notify.policy.recipients import recipients, robot_for
from services.notify.policy.waiting import Pointless, Waiting, sift
from services.notify.policy.wording import Gap, Sentence, sentences
from services.notify.state import Case
from shared.contracts.fold import Say, Step, Want
from shared.contracts.notify import NobodyReachable, NoticeDropped
from shared.organisation.records import Named
from shared.rules.book import Book

INBOX, WECOM = "inbox", "wecom"
Because = Literal["closed", "acknowledged", "ended", "annulled"]


def tell(case: Case, news: News, book: Book) -> Step:
    """Tell *news* to whom it concerns, or say why nobody is told."""
    about = case.about
    if about is None:
        return Step(why="held_until_received", state=replace(case, held=(*case.held, news)))
    hush = hushed(drill=case.drill, quiet_until=case.quiet_until, at=news.at)
    if hush is not None:
        return Step(why=hush, state=case)
    case = replace(case, owed=(*case.owed, *owed_by(news, about, book)))
    people = recipients(news, site=about.site, told=case.told, book=book)
    if not people:
        return Step(why="nobody_to_tell", state=case, say=_unreachable(news))
    told = tuple(dict.fromkeys((*case.told, *(one.person for one in people))))
    want = tuple(want for one in people for want in _wants(news, about, one, book))
    later = tuple(_waiting(news, each) for each in want if each.not_before and each.not_before > news.at)
    known = replace(case, told=told, waiting=(*case.waiting, *later))
    step = Step(why=f"told_{news.topic}", state=known, want=want)
    return drop(step, lambda _: True, because="closed") if case.closed else step


def drop(step: Step, pointless: Pointless, *, because: Because) -> Step:
    """*step*, with the messages that still wait and are *pointless* by now taken back, each with the reason."""
    waiting, dropped = sift(step.state.waiting, pointless)
    if not dropped:
        return step
    facts = (
        NoticeDropped(notice=one.notice, person=one.person, channel=one.channel, because=because) for one in dropped
    )
    return structs.replace(
        step,
        state=replace(step.state, waiting=waiting),
        say=(*step.say, *map(Say, facts)),
        unwant=(*step.unwant, *(one.key for one in dropped)),
    )


def tell_in_turn(case: Case, several: Iterable[News], book: Book, *, why: str) -> Step:
    """Tell what was held back, in the order it was heard."""
    say: tuple[Say, ...] = ()
    want: tuple[Want, ...] = ()
    unwant: tuple[str, ...] = ()
    for news in several:
        step = tell(case, news, book)
        case, say, want, unwant = step.state, (*say, *step.say), (*want, *step.want), (*unwant, *step.unwant)
    return Step(why=why, state=case, say=say, want=want, unwant=unwant)


def _unreachable(news: News) -> tuple[Say, ...]:
    # A raise made because nobody was reachable does not complain again: the two services would talk for ever.
    if news.topic is not Topic.RAISED or news.raise_id is None or news.reason == "unreachable":
        return ()
    return (Say(NobodyReachable(raise_id=news.raise_id), at=news.at),)


def _wants(news: News, about: About, one: Recipient, book: Book) -> tuple[Want, ...]:
    payload = _payload(news, about, one, book)
    robot = robot_for(one, site=about.site, book=book)
    inbox = _want(news, one, INBOX, recipient=one.person, payload=payload)
    if robot is None:
        return (inbox,)
    with_robot = {**payload, "robot": robot.owner}
    return (inbox, _want(news, one, WECOM, recipient=robot.key, payload=with_robot))


def _want(news: News, one: Recipient, channel: str, *, recipient: str, payload: Mapping[str, Any]) -> Want:
    return Want(
        key=f"{news.id}/{one.person}/{channel}",
        kind=channel,
        recipient=recipient,
        payload=payload,
        not_before=max(one.tell_at, news.at),
    )


def key_of(notice: str, person: str, channel: str) -> str:
    """The effect by which *notice* of *person* was to leave on *channel*."""
    return f"{notice.removesuffix('.' + person)}/{person}/{channel}"


def _waiting(news: News, want: Want) -> Waiting:
    notice, person = want.payload["notice"], want.payload["person"]
    topic = str(news.topic)
    return Waiting(want.key, notice, person, want.kind, topic, news.reason, news.clock, news.raise_id)


def _payload(news: News, about: About, one: Recipient, book: Book) -> dict[str, Any]:
    return {
        "notice": f"{news.id}.{one.person}",
        "person": one.person,
        "site": about.site,
        "number": about.number,
        "zone": book.site(about.site).zone,
        "sentences": [_plain(sentence) for sentence in sentences(news, about, book, copy=one.copy)],
        "severity": news.severity or about.severity,
        "topic": str(news.topic),
        "reason": news.reason,
        "raise_id": news.raise_id,
    }


def _plain(sentence: Sentence) -> dict[str, Any]:
    return {"template": sentence.template, "gaps": {name: _json(gap) for name, gap in sentence.gaps.items()}}


def _json(gap: Gap) -> Any:
    """Names and instants are tagged, because the language and the zone are chosen when the message leaves."""
    if isinstance(gap, Named):
        return {"zh": gap.zh, "en": gap.en}
    return {"at": gap.isoformat()} if isinstance(gap, datetime) else gap
