"""From news to sentences: Chinese source sentences with gaps, put into a language when they leave.

They carry case number, place of work, category, severity and instants only: a group robot is somebody else's computer,
so nothing a resident told us goes there.

Source: requirements §4 (N-01 … N-14), ESC-2, ESC-6.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.notify.policy.naming import category_name, clock_name, outside_names, rule_name, severity_name, site_name
from services.notify.policy.news import About, News, Topic
from shared.organisation.records import Named
from shared.rules.book import Book

Gap = str | int | datetime | Named


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the catalogue and what fills its ``{gaps}``."""

    template: str
    gaps: Mapping[str, Gap] = field(default_factory=dict)


RAISED: Mapping[str, str] = {
    "intake": "【{site}】{number}（{category}，{severity}）已登记，请立即知悉并处理。",
    "breach": "【{site}】{number}（{category}，{severity}）的“{clock}”已于 {due} 超时，请处理。",
    "silence": "【{site}】{number}（{category}，{severity}）上一级尚未确认，现在升级到您。",
    "upgrade": "【{site}】{number}（{category}）已升级为{severity}，请处理。",
    "extension": "【{site}】{number}（{category}，{severity}）的“{clock}”申请延期，请您审批。",
    "asked": "【{site}】{number}（{category}，{severity}）由下级上报，请您处理。",
    "unreachable": "【{site}】{number}（{category}，{severity}）的责任人联系不上，请您处理。",
    "notice": "【{site}】{number}（{category}，{severity}）：{rule}，请知悉并处理。",
}
INFORMED = "【{site}】{number}（{category}，{severity}）：{rule}，供您知悉。"
WARNED: Mapping[str, str] = {
    "share": "【{site}】{number}（{category}，{severity}）的“{clock}”将于 {due} 到期，请抓紧。",
    "last_call": "【{site}】{number}（{category}，{severity}）的“{clock}”将于 {due} 到期，您下班前请安排好。",
}
CORRECTED: Mapping[str, str] = {
    "classified": "【{site}】此前关于 {number} 的通知有更正：现为{category}，{severity}。",
    "amended": "【{site}】此前关于 {number} 的通知有更正：登记内容已改正，请以最新内容为准。",
    "linked": "【{site}】此前关于 {number} 的通知有更正：与事件的关联已改正。",
    "reopened": "【{site}】此前关于 {number} 的通知有更正：完成系误报，现重新处理。",
    "annulled": "【{site}】此前关于 {number} 的通知有更正：“{clock}”并未超时，超时已撤销。",
    "upgrade_annulled": "【{site}】此前关于 {number} 的通知有更正：处理或判定在升级之前，升级已撤销，现为{severity}。",
}
DECIDED: Mapping[str, str] = {
    "approved": "【{site}】{number}（{category}，{severity}）的“{clock}”延期已批准，新期限 {due}。",
    "approved_late": "【{site}】{number}（{category}，{severity}）的“{clock}”延期到 {due}，批准已晚，超时照计。",
    "refused": "【{site}】{number}（{category}，{severity}）的“{clock}”延期未获批准，期限仍为 {due}。",
}
AGAIN = "【{site}】{number}（{category}，{severity}）：客户再次反映，请尽快处理并答复。"
ORDERED = "【{site}】新工单 {number}（{category}，{severity}），请签收。"
ORDERED_AGAIN = "【{site}】{number}（{category}，{severity}）第 {round} 次处理，新工单请签收。"
TRANSFERRED = "【{site}】{number}（{category}，{severity}）转到贵部门，请签收。"
WANTED = "【{site}】{number}（{category}，{severity}）请告知{to}（{means}）：{what}"
CALL_LATER = "请在 {since} 之后联系。"
REMINDED = "【{site}】{number}（{category}）“{rule}”应于 {due} 前完成，请安排。"
ACKNOWLEDGE = "请在 {acknowledge_by} 前确认收到。"


def sentences(news: News, about: About, book: Book, *, copy: bool = False) -> tuple[Sentence, ...]:
    """What is said to a recipient of *news*, in order; whoever gets a copy is asked for nothing."""
    informed = copy and news.topic is Topic.RAISED and news.reason == "notice"
    first = Sentence(INFORMED if informed else _TEMPLATES[news.topic](news), _gaps(news, about, book))
    if news.outward is not None and news.outward.not_before is not None:
        return (first, Sentence(CALL_LATER, {"since": news.outward.not_before}))
    if news.acknowledge_by is None or copy:
        return (first,)
    return (first, Sentence(ACKNOWLEDGE, {"acknowledge_by": news.acknowledge_by}))


def _gaps(news: News, about: About, book: Book) -> Mapping[str, Gap]:
    return {
        "site": site_name(book, about.site),
        "number": about.number,
        "category": category_name(book, about),
        "severity": severity_name(book, about, news.severity),
        "clock": clock_name(book, about, news.clock),
        "due": news.due_at or news.at,
        "round": news.round,
        "rule": rule_name(book, about, news.rule),
        **_outward_gaps(news, about, book),
    }


def _outward_gaps(news: News, about: About, book: Book) -> Mapping[str, Gap]:
    outward = news.outward
    if outward is None:
        return {}
    said = Named(outward.zh, outward.en or outward.zh) if outward.zh else rule_name(book, about, news.rule)
    return {"to": outside_names(outward.to), "means": outside_names(outward.means), "what": said}


def _ordered(news: News) -> str:
    if news.reason == "transferred":
        return TRANSFERRED
    return ORDERED if news.round == 1 else ORDERED_AGAIN


_TEMPLATES: Mapping[Topic, Callable[[News], str]] = {
    Topic.RAISED: lambda news: RAISED[news.reason],
    Topic.WARNED: lambda news: WARNED[news.reason],
    Topic.CORRECTED: lambda news: CORRECTED[news.reason],
    Topic.DECIDED: lambda news: DECIDED[news.reason],
    Topic.AGAIN: lambda _news: AGAIN,
    Topic.WANTED: lambda _news: WANTED,
    Topic.REMINDED: lambda _news: REMINDED,
    Topic.ORDERED: _ordered,
}
