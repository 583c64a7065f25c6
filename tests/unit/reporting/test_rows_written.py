"""Which columns of a case are written when: whole where intake has spoken, else what those who spoke may change."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from services.reporting.state.view import CaseView, Clock, Promised
from services.reporting.store.projection import changed_views
from services.reporting.store.rows import OF_INTAKE, Part, encoded, part_of, pieces, row_of, told, whole
from services.reporting.tables import COLUMNS, SCHEMA, tables
from shared.contracts.dispatch import CaseClosed, OrderAccepted, OrderIssued, StepTaken
from shared.contracts.envelope import Heard
from shared.contracts.escalation import ClockArmed, SeverityUpgraded
from shared.contracts.intake import RequestsLinked, RequestWithdrawn
from shared.contracts.notify import NoticeSent
from shared.storage.slots import Slot
from shared.storage.unit import Work
from tests.support.packs import local
from tests.support.reporting_builders import CASE, Log, armed, directory, folded, received

Row = dict[str, Any]

START, DUE = "2025-03-04 10:00", "2025-03-05 10:00"
BOOK = directory()
CASES = tables().tables[f"{SCHEMA}.cases"]


def life() -> list[Heard]:
    log = Log()
    log.say(received(START), START)
    log.say(OrderIssued(site="s000", order="S000-1-1", number=1, department="d-eng"), START)
    log.say(ClockArmed(clocks=(armed("CK-CMP-02", START, DUE),), because="received"), START)
    log.say(RequestsLinked(incident="case-2", by="p-li"), START)
    log.say(OrderAccepted(by="p-li"), START)
    log.say(StepTaken(step="seen", marks=("seen=done",), form={"note": "x"}, by="p-li"), START)
    log.say(SeverityUpgraded(rule="UP-1", was="minor", severity="major", effective_at=local(DUE)), DUE)
    log.say(NoticeSent(notice="n", person="p-li", channel="wecom"), DUE)
    log.say(RequestWithdrawn(by="p-li"), DUE)
    log.say(CaseClosed(ending="withdrawn", by="p-li"), DUE)
    return log.facts


def batch(before: Iterable[Heard], applied: list[Heard]) -> Work:
    slot = Slot(CASE, folded([*before, *applied], BOOK), changed=True)
    return Work({CASE: slot}, applied=applied)


def written(work: Work) -> dict[Part | None, list[Row]]:
    """What the batch writes, by part of the row; None for whole rows."""
    touched = changed_views(work).items()
    return {
        part: [part_of(case, view, part) if part is not None else row_of(case, view) for case, view in views]
        for part, views in touched
    }


def test_every_column_is_of_intake_or_moves() -> None:
    assert sorted([*OF_INTAKE, *Part.MOVED.columns]) == sorted(COLUMNS)


@pytest.mark.parametrize("part", Part)
def test_a_part_writes_the_columns_it_names(part: Part) -> None:
    assert sorted(part_of(CASE, folded(life(), BOOK), part)) == sorted(part.columns)


def test_a_row_written_fact_by_fact_is_what_the_facts_make_of_it() -> None:
    facts = life()
    row: Row = {}
    for number, heard in enumerate(facts):
        ((one,),) = written(batch(facts[:number], [heard])).values()
        row |= one
        assert row == row_of(CASE, folded(facts[: number + 1], BOOK))


def test_a_row_written_two_facts_at_a_time_is_what_the_facts_make_of_it() -> None:
    facts = life()
    row: Row = {}
    for number in range(0, len(facts), 2):
        ((one,),) = written(batch(facts[:number], facts[number : number + 2])).values()
        row |= one
        assert row == row_of(CASE, folded(facts[: number + 2], BOOK))


def test_who_spoke_decides_what_is_written() -> None:
    facts = life()
    by_speaker = {heard.heading.speaker: list(written(batch(facts, [heard]))) for heard in facts}
    assert by_speaker == {
        "intake": [None],
        "dispatch": [Part.HANDLED],
        "escalation": [Part.WATCHED],
        "notify": [Part.SEEN_TO],
    }
    others = [heard for heard in facts if heard.heading.speaker != "intake"]
    assert list(written(batch(facts, others))) == [Part.MOVED]


def test_a_repair_without_any_fact_writes_the_row_whole() -> None:
    assert written(batch(life(), [])) == {None: [row_of(CASE, folded(life(), BOOK))]}


def test_clocks_and_promises_stand_in_the_row_with_every_field() -> None:
    """The database is asked for what did not happen too: no breach, no end yet."""
    row = replace(whole(CASE, folded(life()[:3], BOOK)), promises=(Promised("CK-CMP-02", "resolve", None),))
    (stands,) = json.loads(told([row]))
    assert [set(clock) for clock in stands["clocks"]] == [set(Clock.__struct_fields__)]
    assert [set(promise) for promise in stands["promises"]] == [set(Promised.__struct_fields__)]


def test_a_row_is_told_without_what_is_null() -> None:
    view = folded(life()[:3], BOOK)
    parts = [(part_of(CASE, view, part), pieces([(CASE, view)], part)) for part in Part]
    for row, short in [(row_of(CASE, view), [whole(CASE, view)]), *parts]:
        (said,), (kept,) = json.loads(encoded([row])), json.loads(told(short))
        assert kept == {name: value for name, value in said.items() if value is not None}
    assert len(json.loads(told([whole(CASE, view)]))[0]) < len(COLUMNS)


@pytest.mark.parametrize("part", [None, *Part])
def test_what_must_not_be_null_is_always_told(part: Part | None) -> None:
    """Of a case nobody has spoken of in so many words, too: left out, it would be read as null and refused."""
    (row,) = [whole(CASE, CaseView())] if part is None else pieces([(CASE, CaseView())], part)
    (kept,) = json.loads(told([row]))
    never = {column.name for column in CASES.columns if not column.nullable}
    assert never & {*row.__struct_fields__} <= kept.keys()


def test_a_case_intake_and_others_spoke_of_in_one_batch_is_written_once_and_whole() -> None:
    assert {part: len(rows) for part, rows in written(batch((), life())).items()} == {None: 1}
