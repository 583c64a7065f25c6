"""Every sentence and every word of reporting has its English, and every fact has its sentence."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import services.reporting
from services.reporting.views import words
from services.reporting.views.names import Names
from services.reporting.views.sentences import SENTENCES
from services.reporting.views.timeline import timeline
from shared.contracts import dispatch, escalation, intake, notify
from shared.contracts.envelope import Fact
from shared.packs.loader import builtin_pack
from shared.web.wording import LOCALE, Voice, english
from tests.support.packs import local
from tests.support.reporting_builders import directory

SOURCES = Path(services.reporting.__file__).parent
HEARD = (*intake.FACTS, *dispatch.FACTS, *escalation.FACTS, *notify.FACTS)
AT = "2025-03-04 10:00"


def sentences() -> Iterator[str]:
    """The first argument of everything that makes a text."""
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                "text",
                "_by",
                "_clocked",
                "_noticed",
            }:
                yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def vocabulary() -> set[str]:
    return {word for name in vars(words) if name.isupper() for word in getattr(words, name).values()}


def test_every_chinese_sentence_and_word_is_translated() -> None:
    said = set(sentences()) | vocabulary()
    chinese = {sentence for sentence in said if any("\u4e00" <= sign <= "\u9fff" for sign in sentence)}
    assert chinese
    assert chinese - set(english()) == set()


def test_no_other_catalogue_says_it_differently() -> None:
    with (LOCALE / "en" / "reporting.po").open("rb") as file:
        own = {str(each.id): str(each.string) for each in read_po(file, locale="en") if each.id}
    assert {sentence: english()[sentence] for sentence in own} == own


@pytest.mark.parametrize("fact", HEARD, ids=lambda fact: fact.wire_kind())
def test_every_fact_that_is_heard_has_a_sentence(fact: type[Fact]) -> None:
    assert fact in SENTENCES


def shown(kind: str, public: Mapping[str, object], language: str = "zh") -> str:
    book = directory()
    voice = Voice("en" if language == "en" else "zh")
    row = {"id": "1", "kind": kind, "version": 1, "at": local(AT), "causation": None, "private": None}
    names = Names(book, voice, site="s000", pack=builtin_pack("P000"))
    (line,) = timeline([row | {"public": json.dumps(dict(public))}], names, voice)
    return str(line["sentence"])


@pytest.mark.parametrize(
    ("kind", "public", "zh", "en"),
    [
        pytest.param(
            "dispatch.case_reopened",
            {"because": "unsatisfied", "round": 2, "by": "p-li"},
            "李工 重新办理，第 2 轮：客户不满意",
            "Reopened by 李工, round 2: customer not satisfied",
            id="reopened",
        ),
        pytest.param(
            "escalation.clock_armed",
            {
                "because": "received",
                "clocks": [
                    {
                        "clock": "CK-CMP-02",
                        "start_at": "2025-03-04T02:00:00Z",
                        "due_at": "2025-03-05T02:00:00Z",
                        "basis": "hours",
                    },
                    {"clock": "CK-X", "start_at": "2025-03-04T02:00:00Z", "due_at": None, "basis": "unset"},
                ],
            },
            "时限开始：规定时限内办结（CK-CMP-02），2025-03-05 10:00 前、CK-X，不设时点",
            "Clocks started: Finish within the prescribed limit (CK-CMP-02), by 2025-03-05 10:00, CK-X, no deadline",
            id="armed",
        ),
        pytest.param(
            "escalation.clock_armed",
            {
                "because": "calendar 2027",
                "clocks": [
                    {
                        "clock": "CK-CMP-02",
                        "start_at": "2025-03-04T02:00:00Z",
                        "due_at": "2025-03-05T02:00:00Z",
                        "basis": "working_days",
                        "calendar": "2027",
                    },
                ],
            },
            "按工作日历 2027 重算：规定时限内办结（CK-CMP-02），2025-03-05 10:00 前",
            "Counted anew by the calendar 2027: Finish within the prescribed limit (CK-CMP-02), by 2025-03-05 10:00",
            id="moved by a calendar",
        ),
        pytest.param(
            "escalation.case_raised",
            {
                "reason": "breach",
                "raise_id": "r",
                "level": 0,
                "roles": ["assignee"],
                "people": [
                    {"person": "p-li", "role": "assignee", "tell_at": "2025-03-04T02:00:00Z"},
                    {"person": "p-x", "role": "property_manager", "tell_at": "2025-03-04T02:00:00Z"},
                ],
                "severity": "minor",
            },
            "上报（超时）：李工（经办人）、p-x（物业部经理）",
            "Raised (Late): 李工 (assignee), p-x (Property manager)",
            id="raised",
        ),
        pytest.param(
            "dispatch.follow_up_opened",
            {"who": ["assignee"], "method": "visit", "round": 1, "due_at": None, "opens_at": None},
            "待回访：经办人，上门，第 1 次",
            "Follow-up due: assignee, Visit at home, round 1",
            id="asked by the assignee",
        ),
        pytest.param(
            "intake.consent_recorded",
            {"consent": "CN-10", "by": "system"},
            "系统 记录客户签字确认",
            "the system recorded that the customer signs for it",
            id="consent",
        ),
        pytest.param(
            "dispatch.case_deferred",
            {"until": "2025-03-05T00:30:00Z", "consent": "CN-1", "by": "p-li"},
            "李工 因客户同意等到白班处理，推迟到 2025-03-05 08:30 再处理",
            "Put off to 2025-03-05 08:30 by 李工: the customer agrees to wait for the day shift",
            id="deferred",
        ),
        pytest.param(
            "escalation.notice_wanted",
            {
                "rule": "N-18",
                "to": ["customer", "owners"],
                "means": ["phone"],
                "zh": "停水",
                "en": "No water",
                "not_before": "2025-03-05T01:00:00Z",
            },
            "请于 2025-03-05 09:00 后告知 客户、业主（电话）：停水",
            "To be told after 2025-03-05 09:00: customer, owner (Phone): No water",
            id="wanted outside",
        ),
        pytest.param(
            "notify.notice_seen_to",
            {"notice": "n", "rule": "N-18", "means": "phone", "by": "p-li"},
            "李工 已告知（电话）：N-18",
            "李工 told them (Phone): N-18",
            id="told outside",
        ),
        pytest.param(
            "notify.notice_seen_to",
            {"notice": "n", "rule": "N-18", "late": True, "by": "p-li"},
            "李工 已告知（方式未注明，迟于期限）：N-18",
            "李工 told them (means not stated, late): N-18",
            id="told outside late",
        ),
        pytest.param(
            "notify.notice_seen_to",
            {"notice": "n", "rule": "N-18", "outcome": "not_needed", "by": "p-li"},
            "李工 注明不必再告知：N-18",
            "李工 noted that this need not be told any more: N-18",
            id="not needed outside",
        ),
        pytest.param(
            "escalation.duty_reminded",
            {
                "rule": "PL-1",
                "due_at": "2025-03-25T16:00:00Z",
                "people": [{"person": "p-li", "role": "x", "tell_at": "2025-03-24T01:00:00Z"}],
            },
            "提醒 李工：PL-1，2025-03-25 24:00 前完成",
            "李工 reminded: PL-1, due 2025-03-25 24:00",
            id="reminded",
        ),
        pytest.param(
            "intake.matter_recurred",
            {"rule": "UP-6", "count": 3, "cases": ["a", "b", "c"], "window": "2025-03"},
            "同类事项第 3 次（2025-03）：UP-6",
            "The same matter, time 3 (2025-03): UP-6",
            id="recurred",
        ),
        pytest.param(
            "dispatch.step_taken",
            {
                "step": "no_such_step",
                "outcome": "ok",
                "by": "p-li",
                "money": [
                    {
                        "item": "deposit",
                        "move": "refund",
                        "amount": "20.00",
                        "payer": "owner",
                        "debit": "held:deposit",
                        "credit": "cash",
                    }
                ],
            },
            "李工 办理：no_such_step、ok、退还“deposit” 20.00 元",
            "李工: no_such_step, ok, Refunded deposit, 20.00 yuan",
            id="a step of a pack nobody knows",
        ),
        pytest.param(
            "future.thing_said", {}, "发生了 future.thing_said", "future.thing_said happened", id="unknown kind"
        ),
    ],
)
def test_sentences(kind: str, public: dict[str, object], zh: str, en: str) -> None:
    assert shown(kind, public) == zh
    assert shown(kind, public, "en") == en


def test_what_somebody_typed_is_never_read_as_a_template() -> None:
    kind, public = "dispatch.order_started", {"by": "{who} {0} %s"}
    assert shown(kind, public) == "{who} {0} %s 开始处理"
