"""What may stand in a field, how a promise is read out, what a resident is found by, and both languages."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import services.intake
from services.intake.api.answers import promise_shown
from services.intake.store.search_keys import keys_of, sought_keys
from shared.web.wording import Voice, english
from tests.support.intake_builders import logged, request

FOLDER = Path(str(services.intake.__file__)).parent


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        pytest.param({"content": "长" * 1_000_000}, "content", id="a text of a megabyte"),
        pytest.param({"content": "a\x00b"}, "content", id="a control character"),
        pytest.param({"content": "  "}, "content", id="an empty content"),
        pytest.param({"received_at": "2025-03-04T10:00:00"}, "received_at", id="a time without a zone"),
        pytest.param({"received_at": "0001-01-01T00:00:00+14:00"}, "received_at", id="before all calendars"),
        pytest.param({"customer_limit": "9999-12-31T23:59:59-12:00"}, "customer_limit", id="beyond them"),
        pytest.param({"channel": "import"}, "channel", id="only imports are imports"),
        pytest.param({"incident": "case-1"}, "incident", id="no case id"),
        pytest.param({"typo": 1}, "typo", id="an unknown field"),
    ],
)
def test_a_field_that_cannot_be(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        request(**fields)
    assert wrong.value.errors()[0]["loc"] == (where,)


@pytest.mark.parametrize("content", ["𠮷野家 👨‍👩‍👧", "=1+1", "行一\n行二"])
def test_emoji_rare_characters_and_formulas_are_words_like_others(content: str) -> None:
    assert request(content=content).content == content


def test_instants_are_kept_as_utc() -> None:
    kept = request(received_at="2025-03-04T10:00:00+08:00").received_at
    assert kept is not None
    assert (kept, kept.tzinfo) == (datetime(2025, 3, 4, 2, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    ("language", "case", "sentence"),
    [
        pytest.param("zh", {}, "我们会在 2025-03-04 11:00 前答复您", id="to the minute"),
        pytest.param("en", {"severity": "important"}, "We will answer you by 2025-03-04 13:00", id="English"),
    ],
)
def test_a_promise_is_read_out(language: Any, case: dict[str, Any], sentence: str) -> None:
    shown = promise_shown(logged(**case).promises[0], Voice(language, "Asia/Shanghai"))
    assert shown["sentence"] == sentence
    assert shown["due_at"].endswith("+08:00")


def test_midnight_is_the_end_of_the_day_before() -> None:
    shown = promise_shown(logged().promises[1], Voice("zh", "Asia/Shanghai"))
    assert shown["sentence"] == "我们会在 2025-03-06 24:00 前解决"
    assert shown["due_at"] == "2025-03-07T00:00:00+08:00"


def test_a_limit_the_manual_does_not_state_is_never_invented() -> None:
    case = logged(site="s0", category="cleaning")
    shown = {one.clock: promise_shown(one, Voice("en", "Asia/Shanghai")) for one in case.promises}
    assert shown["CK-CMP-03"]["due_at"] is None
    assert shown["CK-CMP-03"]["sentence"].endswith("no limit stated by the manual")
    assert "product default" in shown["CK-CMP-02"]["sentence"]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        pytest.param("3-12", True, id="beginning of the unit"),
        pytest.param("1201", True, id="the room alone"),
        pytest.param("英九", True, id="part of the name"),
        pytest.param("qyj", True, id="initials, the surname read its own way"),
        pytest.param("qiuying", True, id="pinyin"),
        pytest.param("138 0013-8000", True, id="a phone with spaces"),
        pytest.param("8000", True, id="its last digits"),
        pytest.param("2-12", False, id="another building"),
        pytest.param("王", False, id="another name"),
    ],
)
def test_a_resident_is_found_by(*, sought: str, found: bool) -> None:
    keys = keys_of("3-1201", "仇英九", "13800138000")
    assert any(key.startswith(begin) for begin in sought_keys(sought) for key in keys) is found


def sentences() -> set[str]:
    """Chinese sentences of the service, but for its sheets, which say everything in both languages at once."""
    modules = (path for path in FOLDER.rglob("*.py") if not path.is_relative_to(FOLDER / "policy" / "masters"))
    spoken = [path for path in modules if not path.is_relative_to(FOLDER / "views")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in spoken]
    docs = {id(node.value) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    words = [
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs
    ]
    return {w.value for w in words if isinstance(w.value, str) and any("一" <= c <= "鿿" for c in w.value)}


def test_every_sentence_has_an_english_one() -> None:
    patterns = {one for one in sentences() if one.startswith("[-/")}
    separators = {one for one in sentences() if "栋座" in one}
    assert sentences() - patterns - separators - set(english()) == set()
