"""Every way in which log, speakers and hearers can differ is seen, and nothing else."""

import pytest

from shared.storage.slots import chained
from shouwen.verifying.comparing import Difference, Log, Services, against_log, between, rows_against
from shouwen.verifying.digests import Digest
from shouwen.verifying.hearing import who_hears

HEARS = {"dispatch": ("intake",), "intake": ("dispatch",)}
CASE = "case-1"


def chain(*messages: str) -> int:
    link = 0
    for message in messages:
        link = chained(link, message)
    return link


def services(*, said: tuple[str, ...], heard: tuple[str, ...], waiting: int = 0) -> Services:
    return {
        "intake": {CASE: Digest(len(said), chain(*said), {}, 0)},
        "dispatch": {CASE: Digest(0, 0, {"intake": (len(heard), chain(*heard))}, waiting)},
    }


def log(*messages: tuple[int, str], complete: bool = True) -> Log:
    whole = Log(complete=complete)
    for version, message in messages:
        whole.add("intake", CASE, version, message)
    return whole


def words(differences: list[Difference]) -> list[str]:
    return [difference.words.en for difference in differences]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(services(said=("a", "b"), heard=("a", "b")), [], id="all heard"),
        pytest.param(
            services(said=("a", "b"), heard=("a",)), ["said up to version 2, heard up to 1"], id="one not heard"
        ),
        pytest.param(
            services(said=("a", "b"), heard=("b", "a")),
            ["both at version 2, but not the same messages"],
            id="another order",
        ),
        pytest.param(
            services(said=("a",), heard=("a",), waiting=2), ["2 messages wait for another"], id="something parked"
        ),
        pytest.param(services(said=(), heard=("a",)), ["said up to version 0, heard up to 1"], id="heard of nobody"),
    ],
)
def test_a_hearer_is_compared_with_its_speaker(found: Services, expected: list[str]) -> None:
    assert words(list(between(found, HEARS))) == expected


def test_an_entity_the_hearer_never_saw_is_a_difference() -> None:
    found = {"intake": {CASE: Digest(1, chain("a"), {}, 0)}, "dispatch": {}}
    assert words(list(between(found, HEARS))) == ["said up to version 1, heard up to 0"]


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        pytest.param(log((1, "a"), (2, "b")), [], id="the same"),
        pytest.param(log((2, "b"), (1, "a")), [], id="the stream holds them the other way round"),
        pytest.param(log((1, "a"), (1, "a"), (2, "b")), [], id="one twice"),
        pytest.param(log((1, "a")), ["said up to version 2, the log has up to 1"], id="one not in the log"),
        pytest.param(log(), ["said up to version 2, the log has up to 0"], id="nothing in the log"),
        pytest.param(log((1, "a"), (2, "x")), ["up to version 2 the log has other messages"], id="another message"),
        pytest.param(log((1, "a"), (3, "c")), ["version 2 is missing in the log, later ones are there"], id="a hole"),
        pytest.param(log((2, "b"), complete=False), [], id="a log that forgot the beginning: by version only"),
        pytest.param(log(complete=False), [], id="a log that forgot the entity"),
    ],
)
def test_a_speaker_is_compared_with_the_log(whole: Log, expected: list[str]) -> None:
    said = {CASE: Digest(2, chain("a", "b"), {}, 0)}
    assert words(list(against_log(whole, "intake", said))) == expected


def test_an_entity_only_the_log_knows_is_a_difference() -> None:
    found = list(against_log(log((1, "a")), "intake", {}))
    assert words(found) == ["is in the log, but the service knows nothing of it"]
    assert list(against_log(log((1, "a")), "dispatch", {})) == []


@pytest.mark.parametrize(
    ("requests", "rows", "complete", "expected"),
    [
        pytest.param({CASE: "a"}, {CASE: "a"}, True, [], id="equal"),
        pytest.param({CASE: "a"}, {}, True, ["its request is in the log, the registers lack its row"], id="no row"),
        pytest.param({CASE: "a"}, {CASE: "b"}, True, ["of a in the log, of b in the registers"], id="another site"),
        pytest.param({}, {CASE: "a"}, True, ["the registers have its row, the log has no request"], id="a row more"),
        pytest.param({}, {CASE: "a"}, False, [], id="a row older than the log"),
    ],
)
def test_what_reporting_holds_is_compared_case_by_case(
    requests: dict[str, str], rows: dict[str, str | None], *, complete: bool, expected: list[str]
) -> None:
    assert words(list(rows_against(requests, rows, complete=complete))) == expected


def test_who_hears_whom_is_read_from_the_declaration() -> None:
    hears = who_hears()
    assert hears["reporting"] == ("intake", "dispatch", "escalation", "notify")
    assert all(speaker in hears for speakers in hears.values() for speaker in speakers)


def test_what_people_gave_up_as_lost_is_compared_by_how_far_only() -> None:
    lost = frozenset({("dispatch", CASE, "intake")})
    found = services(said=("a", "b", "c"), heard=("a", "lost", "c"))
    assert words(list(between(found, HEARS))) == ["both at version 3, but not the same messages"]
    assert words(list(between(found, HEARS, lost))) == []
    behind = services(said=("a", "b", "c"), heard=("a", "lost"))
    assert words(list(between(behind, HEARS, lost))) == ["said up to version 3, heard up to 2"]

    holed, said = log((1, "a"), (3, "c")), found["intake"]
    assert words(list(against_log(holed, "intake", said))) == ["version 2 is missing in the log, later ones are there"]
    assert words(list(against_log(holed, "intake", said, lost))) == []
