"""Which columns of a case are written when: whole where intake has spoken, else what others may change."""

from collections.abc import Iterable
from typing import Any

from services.reporting.store.projection import changed_rows
from services.reporting.store.rows import MOVING, OF_INTAKE, row_of
from services.reporting.tables import COLUMNS
from shared.contracts.dispatch import CaseClosed, OrderAccepted, OrderIssued, StepTaken
from shared.contracts.envelope import Heard
from shared.contracts.escalation import ClockArmed, SeverityUpgraded
from shared.contracts.intake import RequestsLinked, RequestWithdrawn
from shared.storage.slots import Slot
from shared.storage.unit import Work
from tests.support.packs import local
from tests.support.reporting_builders import CASE, Log, armed, directory, folded, received

START, DUE = "2025-03-04 10:00", "2025-03-05 10:00"
BOOK = directory()


def life() -> list[Heard]:
    log = Log()
    log.say(received(START), START)
    log.say(OrderIssued(site="s000", order="S000-1-1", number=1, department="d-eng"), START)
    log.say(ClockArmed(clocks=(armed("CK-CMP-02", START, DUE),), because="received"), START)
    log.say(RequestsLinked(incident="case-2", by="p-li"), START)
    log.say(OrderAccepted(by="p-li"), START)
    log.say(StepTaken(step="seen", marks=("seen=done",), form={"note": "x"}, by="p-li"), START)
    log.say(SeverityUpgraded(rule="UP-1", was="minor", severity="major", effective_at=local(DUE)), DUE)
    log.say(RequestWithdrawn(by="p-li"), DUE)
    log.say(CaseClosed(ending="withdrawn", by="p-li"), DUE)
    return log.facts


def batch(before: Iterable[Heard], applied: list[Heard]) -> Work:
    slot = Slot(CASE, folded([*before, *applied], BOOK), changed=True)
    return Work({CASE: slot}, applied=applied)


def test_every_column_is_of_intake_or_moves() -> None:
    assert sorted([*OF_INTAKE, *MOVING]) == sorted(COLUMNS)


def test_a_row_written_fact_by_fact_is_what_the_facts_make_of_it() -> None:
    facts = life()
    row: dict[str, Any] = {}
    for number, heard in enumerate(facts):
        whole, moved = changed_rows(batch(facts[:number], [heard]))
        (written,) = (*whole, *moved)
        row |= written
        assert row == row_of(CASE, folded(facts[: number + 1], BOOK))


def test_only_what_intake_says_of_a_case_writes_its_row_whole() -> None:
    facts = life()
    by_speaker = {heard.heading.speaker: changed_rows(batch(facts, [heard])) for heard in facts}
    assert {speaker: (len(whole), len(moved)) for speaker, (whole, moved) in by_speaker.items()} == {
        "intake": (1, 0),
        "dispatch": (0, 1),
        "escalation": (0, 1),
    }


def test_a_repair_without_any_fact_writes_the_row_whole() -> None:
    whole, moved = changed_rows(batch(life(), []))
    assert (whole, moved) == ([row_of(CASE, folded(life(), BOOK))], [])


def test_a_case_intake_and_others_spoke_of_in_one_batch_is_written_once_and_whole() -> None:
    whole, moved = changed_rows(batch((), life()))
    assert (len(whole), moved) == (1, [])
