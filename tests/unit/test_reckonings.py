"""A reckoning on a terminal: exact, in the site's zone, in the languages asked for."""

from typing import Any

import pytest

from shouwen.reckonings import duration, reckoning_lines

ZONE = "Asia/Shanghai"
START, DUE = "2025-03-04T02:00:00.5+00:00", "2025-03-06T16:00:00+00:00"


def answer(name: str = "解决", **more: Any) -> dict[str, Any]:
    because = {"word": "weekly", "zh": "工作日", "en": "working day"}
    piece = {"start": START, "end": DUE, "seconds": 223199.5, "counted": True, "because": because}
    plain = {"clock": "CK-CMP-11", "name": name, "state": "running", "source": "规程 3.2", "product_default": False}
    plain |= {"because": ["自…起"], "decided": None, "pieces": [piece], "brought_forward_from": None}
    plain |= {"counted_seconds": 223199.5, "counted_days": None, "days": [], "calendar": None, "provisional": []}
    return plain | {"ended_at": None, "told": [], "empty_posts": [], "due_at": DUE} | more


def told(**more: Any) -> str:
    return "\n".join(reckoning_lines({"zh": answer(**more), "en": answer("solve", **more)}, ZONE))


def test_instants_and_lengths_are_exact_and_in_the_zone() -> None:
    assert "+ 2025-03-04 10:00:00.5 → 2025-03-06 24:00:00  2d 13:59:59.5  工作日 working day" in told()
    assert "合计 in all 2d 13:59:59.5" in told()


def test_one_language_says_nothing_in_the_other() -> None:
    english = "\n".join(reckoning_lines({"en": answer("solve", source="rule 3.2", because=["from"])}, ZONE))
    assert "working day" in english
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in english)


def test_counted_days_are_named() -> None:
    days = [{"day": f"2025-03-0{n}", "counted": n > 4} for n in (4, 5, 6)]
    assert "2 个工作日 2 working days: 2025-03-05..2025-03-06" in told(days=days, counted_days=2)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param(
            {"decided": {"zh": "经批准延期", "en": "extended", "until": DUE, "by": {"person": "p", "name": "罗工"}}},
            "经批准延期 extended: 2025-03-06 24:00:00  决定人 by: 罗工",
            id="who decided",
        ),
        pytest.param({"provisional": [2027]}, "the notice of 2027 is not entered yet", id="provisional"),
        pytest.param(
            {"brought_forward_from": DUE}, "no calls at night, brought forward: 2025-03-06", id="a night call"
        ),
        pytest.param(
            {"calendar": {"version": "7", "evidence": None}}, "7  未附依据 entered without evidence", id="no evidence"
        ),
        pytest.param(
            {"told": [{"name": "罗工", "post": {"zh": "工程", "en": "engineer"}}]},
            "a breach now would be told to: 罗工（工程 engineer）",
            id="who would hear",
        ),
        pytest.param(
            {"empty_posts": [{"zh": "主管", "en": "head"}]}, "nobody answers for: 主管 head", id="empty chair"
        ),
        pytest.param({"product_default": True}, "(product default)", id="our own number"),
    ],
)
def test_what_else_matters_is_told(more: dict[str, Any], words: str) -> None:
    assert words in told(**more)


def test_nobody_is_named_for_a_clock_that_has_ended() -> None:
    assert "a breach now" not in told(ended_at=DUE)


def test_a_clock_its_pack_has_lost_is_told_as_such() -> None:
    bare = {"clock": "CK-1", "state": "running"}
    assert "the pack has no such clock any more" in "\n".join(reckoning_lines({"zh": bare, "en": bare}, ZONE))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(28800, "8:00:00"), (0, "0:00:00"), (172800, "2d 0:00:00"), (0.000001, "0:00:00.000001")]
)
def test_a_length_is_never_rounded(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown
