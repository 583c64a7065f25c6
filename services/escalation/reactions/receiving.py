"""A request was received: the case begins, its clocks run, and who must know at once is told."""

from collections.abc import Iterator, Mapping

from services.escalation.policy.upgrade import Upgrade, plan
from services.escalation.reactions.history import Passing, let_pass, relive
from services.escalation.saying.breaching import judge
from services.escalation.saying.clocks import begin
from services.escalation.saying.dates import follow_dates
from services.escalation.saying.following import catch_up
from services.escalation.saying.hand import Hand
from services.escalation.saying.notices import give_notice, welcome
from services.escalation.state import Case, Duty
from shared.contracts.envelope import Heard
from shared.contracts.fold import Moment, Step
from shared.contracts.intake import RequestReceived
from shared.contracts.origins import Planned
from shared.rules.clocks import Promise
from shared.rules.grading import severity_named, switches_on
from shared.rules.indexing import index_of
from shared.rules.model import NoticeRule
from shared.rules.words import StartFact, Validity


def receive(heard: Heard, fact: RequestReceived, moment: Moment, passing: Passing) -> Step:
    """Open the case as of the first ear; an import's past is lived through to its quiet end."""
    hand = Hand(_opened(heard, fact, moment), moment)
    hand.at = fact.received_at
    promised = {promise.clock: promise for promise in fact.promises}
    begin(hand, StartFact.RECEIVED.value, promised)
    _read(hand, promised)
    hand.change(upgrades=_upgrades(hand))
    if fact.history is None:
        # A late entry: what fell due since the first ear did so before anybody could be told.
        let_pass(hand, moment.at, passing)
        catch_up(hand)
    welcome(hand)
    give_notice(hand, _come_back(hand, fact))
    if fact.history is None:
        return hand.step("clocks_armed")
    relive(hand, fact.history, passing)
    return hand.step("history_folded")


def _come_back(hand: Hand, fact: RequestReceived) -> Iterator[NoticeRule]:
    """Whom the pack wants told of a case that was opened because matters have come back (UP-6, UP-7, UP-10)."""
    rule = fact.opened_by.rule if fact.opened_by else None
    for one in hand.pack.recurrences:
        if one.id == rule and one.tell:
            yield NoticeRule(one.id, one.name, one.source, tell=one.tell)


def _upgrades(hand: Hand) -> tuple[Upgrade, ...]:
    return plan(
        hand.case_type,
        hand.matter,
        registered_at=hand.case.registered_at,
        not_before=hand.case.received_at,
        zone=hand.site.zone,
    )


def _read(hand: Hand, promised: Mapping[str, Promise]) -> None:
    """What the form brings along: dates that begin something, numbers that are judged."""
    fields = frozenset(hand.case.form)
    if fields:
        follow_dates(hand, fields, promised)
        judge(hand, fields)


def _duty(planned: Planned | None) -> Duty | None:
    return Duty(planned.rule, planned.due_at, planned.role, planned.remind_at) if planned else None


def _opened(heard: Heard, fact: RequestReceived, moment: Moment) -> Case:
    site = moment.book.site(fact.site)
    pack = moment.book.pack(fact.pack, fact.pack_version)
    case_type = pack.case_types[fact.case_type]
    severity, read = severity_named(case_type, fact.severity), index_of(case_type).fields
    flags = {*fact.flags, *switches_on(pack, site.parameters)}
    return Case(
        id=heard.heading.entity,
        number=fact.number,
        site=fact.site,
        pack=fact.pack,
        pack_version=fact.pack_version,
        case_type=fact.case_type,
        category=fact.category,
        severity=fact.severity,
        rank=severity.rank,
        severity_at=fact.received_at,
        severity_by=heard.heading.id,
        validity=Validity(fact.validity),
        flags=tuple(sorted(flags)),
        received_at=fact.received_at,
        # An import is logged long after the matter was registered where it came from.
        registered_at=fact.received_at if fact.history else fact.logged_at,
        customer_limit=fact.customer_limit,
        department_limit=fact.department_limit,
        first_receiver=fact.first_receiver,
        department=fact.department,
        incident=fact.incident,
        drill=fact.drill,
        quiet_until=fact.history.quiet_until if fact.history else None,
        form={name: value for name, value in fact.form.items() if name in read},
        outside=fact.outer.deadline if fact.outer else None,
        duty=_duty(fact.planned),
    )
