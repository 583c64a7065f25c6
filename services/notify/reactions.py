"""What facts of other services mean here: news, or a change of what the case is about."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from msgspec import structs

from services.notify.policy.news import About, News, Outward, Recipient, Topic
from services.notify.saying import INBOX, drop, tell, tell_in_turn
from services.notify.state import Case
from shared.contracts.dispatch import CaseClosed, CaseReopened, OrderIssued, OrderTransferred
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.escalation import (
    BreachAnnulled,
    CaseRaised,
    ClockStopped,
    ClockWarned,
    ExtensionDecided,
    NoticeWanted,
    RaiseAcknowledged,
    Reminded,
    SeverityUpgraded,
    UpgradeAnnulled,
)
from shared.contracts.fold import Moment, Step
from shared.contracts.intake import (
    RequestAmended,
    RequestClassified,
    RequestRaisedAgain,
    RequestReceived,
    RequestsLinked,
)
from shared.contracts.pieces import Told

UPGRADE = "upgrade"
LATE = frozenset({"breach", "silence"})
"""Reasons of a raise that fall with the breach."""
Reaction = Callable[[Case, Heading, Any, Moment], Step]


def react(case: Case | None, heard: Heard, moment: Moment) -> Step:
    """Take in one fact; those that concern nobody are ignored with a why."""
    reaction = REACTIONS.get(type(heard.fact))
    if reaction is None:
        return Step(why="no_news", state=case)
    return reaction(case or Case(), heard.heading, heard.fact, moment)


def _received(case: Case, heading: Heading, fact: RequestReceived, moment: Moment) -> Step:
    about = About(
        site=fact.site,
        number=fact.number,
        pack=fact.pack,
        pack_version=fact.pack_version,
        case_type=fact.case_type,
        category=fact.category,
        severity=fact.severity,
        severity_at=fact.received_at,
        severity_by=heading.id,
    )
    quiet_until = fact.history.quiet_until if fact.history else None
    known = replace(case, about=about, drill=fact.drill, quiet_until=quiet_until, held=())
    return tell_in_turn(known, case.held, moment.book, why="received")


def _classified(case: Case, heading: Heading, fact: RequestClassified, moment: Moment) -> Step:
    about = case.about
    if about is not None:
        about = replace(about, case_type=fact.case_type, category=fact.category)
        case = replace(case, about=about)
        case = _graded(case, (fact.effective_at, heading.id), fact.severity)
    return _correction(case, heading, "classified", moment, correction=fact.correction)


def _upgraded(case: Case, heading: Heading, fact: SeverityUpgraded, moment: Moment) -> Step:
    """The raise that follows tells people; here only the word for the case changes."""
    del moment
    return Step(why="severity_noted", state=_graded(case, (fact.effective_at, heading.id), fact.severity))


def _graded(case: Case, since: tuple[Any, str], severity: str) -> Case:
    about = case.about
    if about is None or since <= (about.severity_at, about.severity_by):
        return case
    return replace(case, about=replace(about, severity=severity, severity_at=since[0], severity_by=since[1]))


def _amended(case: Case, heading: Heading, fact: RequestAmended, moment: Moment) -> Step:
    return _correction(case, heading, "amended", moment, correction=fact.correction)


def _again(case: Case, heading: Heading, _fact: RequestRaisedAgain, moment: Moment) -> Step:
    """Whoever has heard of the case hears that its customer is still waiting."""
    return tell(case, News(heading.id, heading.at, Topic.AGAIN, "again"), moment.book)


def _linked(case: Case, heading: Heading, fact: RequestsLinked, moment: Moment) -> Step:
    return _correction(case, heading, "linked", moment, correction=fact.correction)


def _reopened(case: Case, heading: Heading, fact: CaseReopened, moment: Moment) -> Step:
    case = replace(case, closed=False)
    return _correction(case, heading, "reopened", moment, correction=fact.correction)


def _correction(case: Case, heading: Heading, reason: str, moment: Moment, *, correction: bool) -> Step:
    if not correction:
        return Step(why="no_correction", state=case)
    return tell(case, News(heading.id, heading.at, Topic.CORRECTED, reason), moment.book)


def _issued(case: Case, heading: Heading, fact: OrderIssued, moment: Moment) -> Step:
    named = tuple(Recipient(person, fact.department, heading.at) for person in fact.people)
    news = News(
        heading.id,
        heading.at,
        Topic.ORDERED,
        "issued",
        people=named,
        department=fact.department,
        round=fact.round,
    )
    return tell(case, news, moment.book)


def _transferred(case: Case, heading: Heading, fact: OrderTransferred, moment: Moment) -> Step:
    news = News(heading.id, heading.at, Topic.ORDERED, "transferred", department=fact.department)
    return tell(case, news, moment.book)


def _raised(case: Case, heading: Heading, fact: CaseRaised, moment: Moment) -> Step:
    news = News(
        heading.id,
        heading.at,
        Topic.RAISED,
        fact.reason,
        people=_named(fact.people, copied=fact.copied),
        clock=fact.clock,
        severity=fact.severity,
        due_at=fact.due_at,
        acknowledge_by=fact.acknowledge_by,
        raise_id=fact.raise_id,
        rule=fact.rule,
    )
    return tell(case, news, moment.book)


def _warned(case: Case, heading: Heading, fact: ClockWarned, moment: Moment) -> Step:
    if fact.silent:
        return Step(why="silent", state=case)
    news = News(
        heading.id,
        heading.at,
        Topic.WARNED,
        fact.warning,
        people=_named(fact.people),
        clock=fact.clock,
        due_at=fact.due_at,
    )
    return tell(case, news, moment.book)


def _decided(case: Case, heading: Heading, fact: ExtensionDecided, moment: Moment) -> Step:
    news = News(
        heading.id,
        heading.at,
        Topic.DECIDED,
        fact.decision,
        people=_named(fact.people),
        clock=fact.clock,
        due_at=fact.due_at,
    )
    return tell(case, news, moment.book)


def _closed(case: Case, _heading: Heading, _fact: CaseClosed, _moment: Moment) -> Step:
    step = Step(why="closed", state=replace(case, closed=True))
    return drop(step, lambda _: True, because="closed")


def _acknowledged(case: Case, _heading: Heading, fact: RaiseAcknowledged, _moment: Moment) -> Step:
    step = Step(why="acknowledged", state=case)
    return drop(step, lambda one: one.raise_id == fact.raise_id, because="acknowledged")


def _ended(case: Case, _heading: Heading, fact: ClockStopped, _moment: Moment) -> Step:
    """A warning about a clock that has ended would only wake somebody up; a breach is told all the same."""
    ended = {clock.clock for clock in fact.clocks}
    step = Step(why="clock_ended", state=case)
    return drop(step, lambda one: one.topic == Topic.WARNED and one.clock in ended, because="ended")


def _annulled(case: Case, heading: Heading, fact: BreachAnnulled, moment: Moment) -> Step:
    """Whoever has heard of the breach hears that there was none; a message that has not left yet is taken back."""
    step = Step(why="breach_annulled", state=case)
    step = drop(step, lambda one: one.reason in LATE and one.clock == fact.clock, because="annulled")
    news = News(heading.id, heading.at, Topic.CORRECTED, "annulled", people=_named(fact.people), clock=fact.clock)
    return _unless_spared(case, step, news, moment)


def _upgrade_annulled(case: Case, heading: Heading, fact: UpgradeAnnulled, moment: Moment) -> Step:
    """Whoever has heard of the upgrade hears that it had no cause; the word for the case is the old one again."""
    about = case.about
    if about is not None and about.severity_at <= fact.effective_at:
        case = replace(case, about=replace(about, severity=fact.severity, severity_by=heading.id))
    step = Step(why="upgrade_annulled", state=case)
    step = drop(step, lambda one: one.reason == UPGRADE, because="annulled")
    news = News(heading.id, heading.at, Topic.CORRECTED, "upgrade_annulled", people=_named(fact.people))
    return _unless_spared(case, step, news, moment)


def _unless_spared(case: Case, step: Step, news: News, moment: Moment) -> Step:
    """Tell of an annulment those whom the message taken back by *step* had reached."""
    spared = {one.person for one in case.waiting if one not in step.state.waiting}
    people = tuple(one for one in news.people if one.person not in spared)
    if not people:
        return step
    news = replace(news, people=people)
    after = tell(step.state, news, moment.book)
    return structs.replace(after, say=(*step.say, *after.say), unwant=(*step.unwant, *after.unwant))


def _wanted(case: Case, heading: Heading, fact: NoticeWanted, moment: Moment) -> Step:
    """Staff are told what somebody outside is to hear from them."""
    if fact.silent:
        return Step(why="silent", state=case)
    news = News(
        heading.id,
        heading.at,
        Topic.WANTED,
        "outside",
        people=_named(fact.people),
        rule=fact.rule,
        outward=Outward(fact.to, fact.means, fact.zh, fact.en, fact.not_before),
    )
    return tell(case, news, moment.book)


def _reminded(case: Case, heading: Heading, fact: Reminded, moment: Moment) -> Step:
    if fact.silent:
        return Step(why="silent", state=case)
    people = _named(fact.people)
    news = News(heading.id, heading.at, Topic.REMINDED, "due", people=people, due_at=fact.due_at, rule=fact.rule)
    return tell(case, news, moment.book)


def _named(people: tuple[Told, ...], *, copied: tuple[str, ...] = ()) -> tuple[Recipient, ...]:
    return tuple(Recipient(one.person, one.role, one.tell_at, one.person in copied) for one in people)


NAMING = OrderIssued | CaseRaised | ClockWarned | ExtensionDecided | NoticeWanted | Reminded
"""Facts that name by themselves whom they are told to."""


def told_by(case: Case, heard: Heard, moment: Moment, left: Collection[str]) -> Step:
    """What a fact led to when it was heard, as far as it can be proved whatever has come since.

    The inbox of whom it names is always written to. Whom else it was told, and whether a group had a robot then, shows
    in the case while a message waits, and in what was said of it once it has *left*, by the keys of effects.
    """
    known = {key for key in (*left, *(one.key for one in case.waiting)) if key.startswith(f"{heard.heading.id}/")}
    named = isinstance(heard.fact, NAMING) and bool(heard.fact.people)
    if case.about is None or not (named or known):
        return Step(why="not_provable", state=None)
    before = Case(about=case.about, drill=case.drill, quiet_until=case.quiet_until, told=case.told)
    step = react(before, heard, moment)
    return structs.replace(step, want=tuple(w for w in step.want if w.key in known or (named and w.kind == INBOX)))


REACTIONS: Mapping[type[Fact], Reaction] = {
    RequestReceived: _received,
    RequestClassified: _classified,
    RequestAmended: _amended,
    RequestRaisedAgain: _again,
    RequestsLinked: _linked,
    OrderIssued: _issued,
    OrderTransferred: _transferred,
    CaseReopened: _reopened,
    CaseRaised: _raised,
    ClockWarned: _warned,
    ExtensionDecided: _decided,
    CaseClosed: _closed,
    RaiseAcknowledged: _acknowledged,
    ClockStopped: _ended,
    BreachAnnulled: _annulled,
    NoticeWanted: _wanted,
    Reminded: _reminded,
    SeverityUpgraded: _upgraded,
    UpgradeAnnulled: _upgrade_annulled,
}
