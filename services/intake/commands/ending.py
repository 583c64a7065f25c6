"""Consents, coming back, withdrawal, and hanging a case under an incident.

Source: requirements sections 3.43, 9.2, 9.3 and 9.5.
"""

from dataclasses import replace

from services.intake.commands.opening import by
from services.intake.commands.refusing import NotPossible, bad
from services.intake.commands.standing import give_back_first, keep_handover, nothing_changed, require
from services.intake.commands.words import Consent, Link, RaiseAgain, Withdraw
from services.intake.policy.acts import Status
from services.intake.state import Case
from shared.contracts.fields import is_future
from shared.contracts.fold import Ask, Moment, Say, Step
from shared.contracts.intake import (
    ConsentGiven,
    ConsentRecorded,
    ReasonGiven,
    RequestRaisedAgain,
    RequestsLinked,
    RequestWithdrawn,
)
from shared.contracts.wording import Text, text
from shared.rules.consents import consent_named

ABOUT_TIME = frozenset({"CN-1", "CN-2"})
NEEDS_A_TIME = "CN-2"


def consent(case: Case, ask: Ask, command: Consent, moment: Moment) -> Step:
    """Record what the customer agreed to."""
    require("consent", case, ask)
    if command.until is None and command.consent == NEEDS_A_TIME:
        raise NotPossible(bad("time_missing", "/until", text("请填写客户同意的时间")))
    if command.until is not None and command.consent not in ABOUT_TIME:
        hint = text("只有这些带时间：{names}", names=tuple(_said(one) for one in sorted(ABOUT_TIME)))
        raise NotPossible(bad("time_not_asked", "/until", text("这项同意与时间无关"), hint))
    if command.until is not None and command.until <= moment.at:
        raise NotPossible(bad("limit_passed", "/until", text("同意的时间须在现在之后")))
    if command.given_at is not None and is_future(command.given_at, moment.now):
        raise NotPossible(bad("future_time", "/given_at", text("时间不能在将来")))
    fact = ConsentRecorded(
        consent=command.consent,
        until=command.until,
        method=command.method,
        given_at=command.given_at,
        by=by(ask),
        private=ConsentGiven(name=command.name or "", text=command.text),
    )
    latest = max((one for one in (case.agreed_until, command.until) if one is not None), default=None)
    return Step(why="consent_recorded", state=replace(case, agreed_until=latest), say=(Say(fact),))


def _said(consent: str) -> Text:
    return text("{name}", name=consent_named(consent))


def raise_again(case: Case, ask: Ask, command: RaiseAgain, moment: Moment) -> Step:
    """Note that the customer came back; escalation counts it where the manual does."""
    del moment
    require("raise_again", case, ask)
    fact = RequestRaisedAgain(channel=command.channel, by=by(ask), private=ReasonGiven(text=command.content))
    return Step(why="raised_again", state=case, say=(Say(fact),))


def withdraw(case: Case, ask: Ask, command: Withdraw, moment: Moment) -> Step:
    """Take the matter back; dispatch ends its work when it hears of it."""
    require("withdraw", case, ask)
    keep_handover(case, moment, field="/reason")
    give_back_first("withdraw", case, moment)
    fact = RequestWithdrawn(by=by(ask), private=ReasonGiven(text=command.reason))
    return Step(why="withdrawn", state=replace(case, status=Status.WITHDRAWN), say=(Say(fact),))


def link(case: Case, ask: Ask, command: Link, moment: Moment) -> Step:
    """Hang the case under an incident, or take it off; that the incident may be joined was seen by the caller."""
    require("link", case, ask, correction=command.correction)
    if command.incident is not None:
        keep_handover(case, moment, field="/incident")
        give_back_first("link", case, moment)
    if command.incident == case.incident:
        raise nothing_changed()
    if command.incident is not None and case.opens_incident:
        sentence = text("事件本身不能再归入另一事件")
        raise NotPossible(bad("incident_in_incident", "/incident", sentence))
    fact = RequestsLinked(
        incident=command.incident,
        was=case.incident,
        correction=command.correction,
        by=by(ask),
        private=ReasonGiven(text=command.reason),
    )
    return Step(why="linked", state=replace(case, incident=command.incident), say=(Say(fact),))
