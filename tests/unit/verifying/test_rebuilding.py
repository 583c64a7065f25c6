"""What a service lacks is judged by the log: letters to hear, a state to fold again, or something lost for good."""

from datetime import UTC, datetime

import pytest

from shared.contracts.envelope import Heading
from shared.storage.slots import chained
from shouwen.verifying.books import CODES, in_words, unbalanced
from shouwen.verifying.comparing import Cure
from shouwen.verifying.digests import Digest
from shouwen.verifying.log import Posted
from shouwen.verifying.rebuilding import Need, lack, merged

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
CASE = "case-1"
HEARS = ("intake",)


def posted(message: str, version: int, speaker: str = "intake") -> Posted:
    return Posted(Heading(message, f"{speaker}.something", CASE, NOON, version, CASE).headers(), "{}")


def chain(*messages: str) -> int:
    link = 0
    for message in messages:
        link = chained(link, message)
    return link


A, B, OWN = posted("a", 1), posted("b", 2), posted("o", 1, "dispatch")
KNOWS = Digest(1, chain("o"), {"intake": (2, chain("a", "b"))}, 0)


@pytest.mark.parametrize(
    ("digest", "letters", "rebuild", "need", "count"),
    [
        pytest.param(KNOWS, [A, OWN, B], False, Need.NOTHING, 0, id="it agrees with the log"),
        pytest.param(None, [A, B], False, Need.LETTERS, 2, id="it knows nothing and has said nothing"),
        pytest.param(Digest(0, 0, {"intake": (1, chain("a"))}, 0), [A, B], False, Need.LETTERS, 1, id="it is behind"),
        pytest.param(None, [A, OWN], False, Need.REBUILD, 2, id="it has said something and knows nothing"),
        pytest.param(KNOWS, [A, OWN, posted("x", 2)], False, Need.REBUILD, 3, id="it has heard another message"),
        pytest.param(KNOWS, [A, posted("p", 1, "dispatch"), B], False, Need.REBUILD, 3, id="it has said another"),
        pytest.param(KNOWS, [A, OWN, B], True, Need.REBUILD, 3, id="its state cannot be trusted"),
        pytest.param(KNOWS, [A, B], False, Need.LOST, 0, id="what it has said is nowhere"),
        pytest.param(KNOWS, [B, OWN], False, Need.REBUILD, 2, id="the log has lost what it has heard"),
        pytest.param(KNOWS, [A, OWN, B, posted("n", 1, "notify")], False, Need.NOTHING, 0, id="others are no matter"),
        pytest.param(KNOWS, [A, OWN, B, Posted({}, "")], False, Need.NOTHING, 0, id="nor is what cannot be read"),
    ],
)
def test_the_log_says_what_is_lacking(
    digest: Digest | None, letters: list[Posted], *, rebuild: bool, need: Need, count: int
) -> None:
    found = lack("dispatch", HEARS, digest, letters, rebuild=rebuild)
    assert (found.need, len(found.letters)) == (need, count)


@pytest.mark.parametrize(
    ("digest", "letters", "gap"),
    [
        pytest.param(None, [B], 1, id="the first was never said"),
        pytest.param(Digest(0, 0, {"intake": (1, chain("a"))}, 1), [A, posted("c", 3)], 2, id="one in between"),
        pytest.param(None, [A, posted("c", 3)], 0, id="the first can be heard"),
    ],
)
def test_letters_behind_a_gap_mend_nothing(digest: Digest | None, letters: list[Posted], gap: int) -> None:
    found = lack("dispatch", HEARS, digest, letters, rebuild=False)
    assert (found.need, found.gap) == (Need.LETTERS, gap)


def test_the_archive_gives_only_what_the_log_has_forgotten() -> None:
    assert merged([B], [A, posted("b", 2)], {"intake": Digest(2, chain("a", "b"), {}, 0)}) == [A, B]


def test_the_archive_is_not_believed_where_its_speaker_said_otherwise() -> None:
    assert merged([B], [posted("invented", 1)], {"intake": Digest(2, chain("a", "b"), {}, 0)}) == [B]
    assert merged([B], [A], {}) == [B]


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_finding_has_words_in_both_languages(code: str) -> None:
    finding = {"entity": CASE, "code": code, "stands": "here", "should": "there"}
    difference = in_words("dispatch", finding)
    assert difference.words.zh
    assert difference.words.en
    assert difference.where == f"dispatch {code}"


DUE = "2025-03-04T12:00:00Z"


@pytest.mark.parametrize(
    ("owed", "said", "words"),
    [
        pytest.param({"CK-1": [DUE, False]}, {"CK-1": [DUE, False]}, [], id="balanced"),
        pytest.param({}, {"CK-1": [DUE, False]}, [f"clock CK-1 does not run here, runs until {DUE} by what was said"]),
        pytest.param(
            {"CK-1": [DUE, False]},
            {"CK-1": [DUE, True]},
            [f"clock CK-1 runs until {DUE} here, is breached (due {DUE}) by what was said"],
            id="a breach forgotten",
        ),
        pytest.param({"CK-1": [None, False]}, {}, ["clock CK-1 runs until — here, does not run by what was said"]),
    ],
)
def test_running_clocks_are_compared_with_what_was_said(
    owed: dict[str, list[object]], said: dict[str, list[object]], words: list[str]
) -> None:
    here, there = {CASE: {"version": 2, "running": owed}}, {CASE: {"version": 2, "running": said}}
    found = list(unbalanced(here, there))
    assert [difference.words.en for difference in found] == words
    assert {difference.cure for difference in found} <= {Cure.REBUILD}
    later = {CASE: {"version": 3, "running": said}}
    assert list(unbalanced(here, later)) == []
