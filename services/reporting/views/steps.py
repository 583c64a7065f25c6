"""Sentences about steps, money, duties that come round and those who are to be told outside the house."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from services.reporting.views import words
from services.reporting.views.names import Names
from shared.contracts import dispatch, escalation, intake, notify
from shared.contracts.envelope import Fact
from shared.contracts.wording import Text, text
from shared.organisation.records import Named
from shared.rules.consents import consent_named


def _taken(fact: dispatch.StepTaken, names: Names) -> Text:
    return text("{who} 办理：{what}", who=names.person(fact.by), what=tuple(_what(fact, names)))


def _what(fact: dispatch.StepTaken, names: Names) -> Iterator[Text]:
    yield _plain(names.step(names.own, fact.step))
    if fact.outcome is not None:
        yield _plain(names.outcome(names.own, fact.outcome))
    if fact.count > 1:
        yield text("第 {count} 次", count=fact.count)
    if fact.accepted:
        yield text("接收未结事项 {count} 件", count=len(fact.accepted))
    for entry in fact.money:
        yield text(
            "{move}“{item}” {amount} 元",
            move=names.word(words.MOVE, entry.move),
            item=names.item(names.own, entry.item),
            amount=entry.amount,
        )


def _deferred(fact: dispatch.CaseDeferred, names: Names) -> Text:
    return text(
        "{who} 因客户{consent}，推迟到 {until} 再处理",
        who=names.person(fact.by),
        consent=consent_named(fact.consent),
        until=fact.until,
    )


def _wanted(fact: escalation.NoticeWanted, names: Names) -> Text:
    if not fact.to:
        to = _each(names.word(words.OUTSIDE, one) for one in fact.no_contact)
        return text("{to} 匿名且无联系方式，无从告知：{rule}", to=to, rule=names.rule(fact.rule))
    gaps: dict[str, Any] = {
        "to": _each(names.word(words.OUTSIDE, one) for one in fact.to),
        "means": _each(names.word(words.MEANS, one) for one in fact.means),
        "what": Named(fact.zh or names.rule(fact.rule), fact.en or names.rule(fact.rule)),
    }
    if fact.not_before is None:
        return text("请告知 {to}（{means}）：{what}", **gaps)
    return text("请于 {since} 后告知 {to}（{means}）：{what}", **gaps, since=fact.not_before)


def _seen_to(fact: notify.NoticeSeenTo, names: Names) -> Text:
    who, rule = names.person(fact.by), names.rule(fact.rule)
    if fact.outcome == "not_needed":
        return text("{who} 注明不必再告知：{rule}", who=who, rule=rule)
    means = _plain(names.word(words.MEANS, fact.means)) if fact.means else text("方式未注明")
    if fact.late:
        return text("{who} 已告知（{means}，迟于期限）：{rule}", who=who, means=means, rule=rule)
    return text("{who} 已告知（{means}）：{rule}", who=who, means=means, rule=rule)


def _reminded(fact: escalation.Reminded, names: Names) -> Text:
    return text(
        "提醒 {people}：{rule}，{due} 前完成",
        people=_each(names.person(one.person) for one in fact.people),
        rule=names.rule(fact.rule),
        due=fact.due_at,
    )


def _recurred(fact: intake.MatterRecurred, names: Names) -> Text:
    return text(
        "同类事项第 {count} 次（{window}）：{rule}",
        count=fact.count,
        window=fact.window,
        rule=names.rule(fact.rule),
    )


def _each(parts: Iterable[str]) -> Text | tuple[Text, ...]:
    return tuple(map(_plain, parts)) or text("无")


def _plain(part: str) -> Text:
    return text("{one}", one=part)


SENTENCES: Mapping[type[Fact], Callable[[Any, Names], Text]] = {
    dispatch.StepTaken: _taken,
    dispatch.CaseDeferred: _deferred,
    escalation.NoticeWanted: _wanted,
    escalation.Reminded: _reminded,
    notify.NoticeSeenTo: _seen_to,
    intake.MatterRecurred: _recurred,
}
