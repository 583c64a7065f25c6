"""What a scenario can look at: kinds of things seen, and the fields each of them has.

A check names a kind and some of its fields; it holds when one thing of that kind has all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from services.dispatch.policy.lifecycle import Act, Status
from services.intake.policy.acts import Status as RequestStatus
from services.notify.policy.news import Topic
from services.notify.policy.wording import CORRECTED, DECIDED, RAISED, WARNED
from shared.contracts.dispatch import Answer, Ending
from shared.contracts.escalation import CaseRaised
from shared.contracts.intake import Channel, Validity
from shared.rules.clocks import DueWhy
from shared.rules.words import Basis, Flag, FollowUpMethod, PromiseKind

ANY_FIELD = "*"
"""Stands for every other field of a thing that has no fixed ones."""

SIMPLE: Mapping[str, str] = {
    "word": "word",
    "part": "part of the text",
    "instant": "instant",
    "number": "number",
    "yes": "true/false",
    "words": "word or list",
    "counts": "{name: number}",
    "month": "YYYY-MM or YYYY-Www; of a quarterly register YYYY-Qn or a month of it",
}
"""Ways to write a field, each with what the manual of the format calls it."""

NAMED: Mapping[str, str] = {
    "clock": "clock id",
    "person": "role or person",
    "people": "list of roles or persons",
    "role": "role",
    "roles": "role or list",
    "severity": "severity id",
    "pack": "pack id",
    "case": "case",
    "fact": "fact",
    "register": "register id",
    "measure": "measure id",
}
"""Ways to write a field that names something of the pack, the estate or the file."""

CLOSED: Mapping[str, tuple[str, ...]] = {
    "clock_state": ("running", "breached", "met", "late", "unset", "awaiting_date", "done", "cancelled", "absent"),
    "clock_why": (*DueWhy, "extended", "consent", "deferred"),
    "basis": tuple(Basis),
    "promise": tuple(PromiseKind),
    "topic": tuple(Topic),
    "news": (*RAISED, *WARNED, "issued", "transferred", *CORRECTED, *DECIDED, "outside", "due"),
    "reason": get_args(CaseRaised.model_fields["reason"].annotation),
    "message_channel": ("inbox", "wecom"),
    "method": tuple(FollowUpMethod),
    "answer": get_args(Answer),
    "status": tuple(Status),
    "request": tuple(RequestStatus),
    "validity": get_args(Validity),
    "ending": get_args(Ending),
    "channel": get_args(Channel),
    "window": ("own", "calendar"),
}
LISTED: Mapping[str, tuple[str, ...]] = {"acts": tuple(Act), "flags": tuple(Flag)}
"""Like :data:`CLOSED`, where several words may be written; a flag may also be a variant of the pack."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One kind of thing.

    Attributes:
        main: The field a bare value stands for.
        fields: Every field and how it is written: a key of one of the tables above.
        one: There is exactly one for a case, so a difference is shown field by field.
    """

    name: str
    zh: str
    main: str
    fields: Mapping[str, str]
    one: bool = False


def _sight(name: str, zh: str, fields: str, *, one: bool = False) -> Sight:
    """A kind whose fields are written ``name:way``; the way is the name itself where it says enough."""
    written = {each.partition(":")[0]: each.rpartition(":")[2] for each in fields.split()}
    return Sight(name, zh, next(iter(written)), written, one)


_SIGHTS = (
    _sight(
        "clock",
        "时钟",
        "id:clock state:clock_state start:instant due:instant warn:instant last_call:instant why:clock_why basis"
        " promise product_default:yes"
        " extended_by:person approved_late_until:instant ended:instant ended_by:word breached:yes"
        " name:part source:part",
    ),
    _sight("breach", "超时", "clock due:instant at:instant severity silent:yes soft:yes"),
    _sight("annulled", "撤销的超时", "clock due:instant at:instant people"),
    _sight(
        "told",
        "收到消息",
        "who:person role at:instant about:topic why:news clock rule:word due:instant contains:part"
        " channel:message_channel level:number severity",
    ),
    _sight(
        "notice_wanted",
        "请人告知外部",
        "rule:word to:words means:words at:instant not_before:instant text:part people no_contact:words silent:yes",
    ),
    _sight(
        "seen_to",
        "对外告知已办",
        "rule:word outcome:word means:word by:person at:instant told_at:instant due:instant late:yes",
    ),
    _sight("still_to_tell", "尚待对外告知", "rule:word to:words due:instant overdue:yes product_default:yes"),
    _sight("reminded", "到期提醒", "rule:word at:instant due:instant people silent:yes"),
    _sight(
        "raise",
        "升级上报",
        "reason rule:word level:number clock at:instant roles people empty_chairs:roles severity"
        " acknowledge_by:instant acknowledge_why:word acknowledged:yes acknowledged_by:person due:instant",
    ),
    _sight("upgrade", "级别升级", "to:severity was:severity rule:clock at:instant silent:yes"),
    _sight("upgrade_annulled", "撤销的升级", "rule:clock was:severity to:severity at:instant people"),
    _sight("order", "工单", "department:role number:number round:number at:instant order:part copies:number"),
    _sight(
        "follow_up",
        "回访",
        "who:roles method round:number opened:instant opens:instant due:instant answer attempts:number satisfied:yes"
        " open:yes asked_by:person asked_at:instant",
    ),
    _sight(
        "promise",
        "对来电人的承诺",
        "clock kind:promise due:instant why:clock_why name:part product_default:yes basis source:part",
    ),
    _sight(
        "state",
        "案件",
        "status severity validity category:word case_type:word department:role round:number assignee:person pack"
        " version:number possible:acts orders:number flags:words incident:case ending received:instant logged:instant"
        " late_entry:yes channel first_receiver:person registered_by:person customer_limit:instant criteria:words"
        " department_limit:instant number:part unit:word drill:yes upgrade_at:instant request split_from:case",
        one=True,
    ),
    _sight(
        "step",
        "步骤",
        "id:word taken:yes possible:yes why:word outcome:word count:number by:person at:instant text:part"
        " minutes:number source:part",
    ),
    _sight(
        "ledger",
        "款项",
        "item:word due:number owing:number paid:number deducted:number refunded:number settled:number held:number",
    ),
    _sight(
        "planned",
        "计划事项",
        "rule:word period:word opens:instant due:instant remind:instant opened:yes role waits:words case_type:word"
        " name:part source:part product_default:yes",
    ),
    _sight("recurred", "反复发生", "rule:word count:number at:instant window:word same:words"),
    _sight("linked", "因规定新开的事项", "case_type:word category:word rule:word severity at:instant text:part"),
    _sight("prompt", "提示卡", "id:word on:words case_type:words pack text:part caution:part source:part"),
    _sight("suggested", "可能是同一件事", "case why:words instead:word"),
    _sight(
        "graded",
        "定级依据",
        "severity criterion:word rule:words source:part beaten:words reasons:words advice:words",
        one=True,
    ),
    _sight("lacking", "上线还缺", "what:word why:word refused:yes pack text:part"),
    _sight("roll", "登记名册", "roll:word name:word scope:word case:case by:person at:instant"),
    _sight("serial", "编号", "field:word number:part"),
    _sight("fact", "事实", "kind:fact at:instant by:person *:word"),
    _sight(
        "register",
        "登记表",
        "id:register month window rows:number received:number from:instant to:instant due:instant incidents:number"
        " categories:counts severities:counts validities:counts packs:counts totals:counts columns:words pack"
        " compiled_by:role reported_to:roles signed_by:person signature_missing:yes balanced:yes balances:counts"
        " aliases:words retention_years:number",
        one=True,
    ),
    _sight("row", "登记表的行", "register month window *:word"),
    _sight(
        "measure",
        "指标",
        "id:measure register month window numerator:number denominator:number percent:number not_yet_judged:number"
        " withdrawn_unjudged:number target:number reached:yes pack sample:number clock severity derived:yes"
        " applicable:yes",
        one=True,
    ),
)
SIGHTS: Mapping[str, Sight] = {sight.name: sight for sight in _SIGHTS}
SHORT: Mapping[str, tuple[str, str]] = {
    word: ("state", word)
    for word in ("status", "severity", "validity", "pack", "possible", "ending", "assignee", "category")
}
"""Fields of the case that may stand as a check of their own."""

NONE: Mapping[str, str] = {
    **{f"no_{sight.name}": sight.name for sight in _SIGHTS if not sight.one},
    "not_told": "told",
    "no_message": "told",
    "not_breached": "breach",
}
"""Checks that nothing of a kind is there."""

OTHER_WORDS: Mapping[str, str] = {
    "message": "told",
    "notified": "told",
    "clocks": "clock",
    "deadline": "clock",
    "breached": "breach",
    "raised": "raise",
    "escalated": "raise",
    "orders": "order",
    "promised": "promise",
    "kpi": "measure",
    "possible_acts": "possible",
    "facts": "fact",
    "card": "step",
}
"""Words people write for a check, and the one this format uses."""

CHECKS = (*SIGHTS, *SHORT, *NONE)
AROUND = ("at", "case", "count", "note")
"""What may stand beside the kind; ``at`` says when one looks."""


def way_of(sight: Sight, field: str) -> str | None:
    """How a field is written; None for one the sight does not have."""
    return sight.fields.get(field) or sight.fields.get(ANY_FIELD)
