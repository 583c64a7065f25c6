"""What the facts of intake and escalation mean for the work."""

from typing import Any

import pytest

from services.dispatch.commands import Accept, Complete, Start
from services.dispatch.folds import CASE, FOLDS
from services.dispatch.policy.lifecycle import Status
from shared.contracts.escalation import ClockBreached, SeverityUpgraded, UpgradeAnnulled
from shared.contracts.history import ActName
from shared.contracts.intake import (
    RequestAmended,
    RequestClassified,
    RequestRaisedAgain,
    RequestsLinked,
)
from shared.rules.book import Book
from shared.storage.slots import StateCodec
from tests.support.dispatch_builders import INCIDENT, TUESDAY, Hand, history, received, request
from tests.support.packs import local

LINKED = RequestsLinked(incident=INCIDENT, by="p-1")
UNLINKED = RequestsLinked(incident=None, was=INCIDENT, by="p-1")


def classified(department: str | None = None, severity: str = "minor", at: str = "2025-03-04 11:00") -> Any:
    return RequestClassified(
        case_type="complaint",
        category="security",
        severity=severity,
        validity="valid",
        department=department,
        effective_at=local(at),
        by="p-1",
    )


def upgraded(at: str) -> SeverityUpgraded:
    return SeverityUpgraded(rule="CK-CMP-21", was="minor", severity="major", effective_at=local(at))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        pytest.param((), ["order_issued", "order_transferred"], id="open: the order follows"),
        pytest.param(
            (Accept(), Complete()),
            ["order_issued", "order_accepted", "order_completed", "follow_up_opened"],
            id="done: only a later order goes there",
        ),
    ],
)
def test_a_new_department_takes_the_order_that_is_not_yet_done(before: tuple[Any, ...], expected: list[str]) -> None:
    hand = received().does(*before)
    hand.hear(classified("security_dept"))

    assert hand.facts() == expected
    assert hand.known.department == "security_dept"


@pytest.mark.parametrize(
    ("later", "severity"),
    [
        pytest.param((), "minor", id="nobody has judged it since"),
        pytest.param((classified(severity="important", at="2025-04-05 00:00"),), "important", id="somebody has"),
    ],
)
def test_an_upgrade_taken_back_leaves_what_a_person_has_judged_since(later: tuple[Any, ...], severity: str) -> None:
    at = "2025-04-04 00:00"
    back = UpgradeAnnulled(rule="CK-CMP-21", was="major", severity="minor", effective_at=local(at), by_fact="m9")
    hand = received()
    for fact in (upgraded(at), *later, back):
        hand.hear(fact)

    assert hand.known.severity == severity


@pytest.mark.parametrize("upgrade_first", [True, False])
@pytest.mark.parametrize(
    ("upgrade_at", "severity"),
    [
        pytest.param("2025-04-04 00:00", "major", id="the upgrade is later"),
        pytest.param("2025-03-04 10:30", "important", id="the reclassification is later"),
    ],
)
def test_of_two_speakers_of_severity_the_later_effect_holds(
    upgrade_first: bool,  # noqa: FBT001  a table's column
    upgrade_at: str,
    severity: str,
) -> None:
    hand, facts = received(), [classified(severity="important"), upgraded(upgrade_at)]
    for fact in reversed(facts) if upgrade_first else facts:
        hand.hear(fact)

    assert hand.known.severity == severity


def test_an_upgrade_heard_before_the_request_is_not_lost() -> None:
    hand = Hand()
    hand.hear(upgraded("2025-04-04 00:00"))
    assert CASE.columns(hand.known).site is None
    hand.hear(request())

    assert (hand.known.severity, hand.known.status) == ("major", Status.DISPATCHED)


@pytest.mark.parametrize(
    "fact",
    [
        ClockBreached(clock="CK-CMP-10", due_at=TUESDAY, severity="minor"),
        RequestRaisedAgain(channel="phone", by="p-1"),
        RequestAmended(changed=("unit",), by="p-1"),
    ],
    ids=lambda fact: fact.name,
)
def test_what_means_nothing_here_is_ignored_with_a_why(fact: Any) -> None:
    hand = received()
    before = hand.known
    step = hand.hear(fact)

    assert (step.why, hand.known) == ("means_nothing_here", before)


@pytest.mark.parametrize("before", [(), (Accept(),), (Accept(), Start())], ids=["issued", "accepted", "begun"])
def test_a_matter_that_joins_an_incident_loses_its_order_and_gets_a_new_one_when_it_leaves(
    before: tuple[Any, ...],
) -> None:
    hand = received().does(*before)
    hand.hear(LINKED)
    joined = hand.known
    hand.hear(UNLINKED)

    assert (joined.status, joined.order) == (Status.JOINED, "SZ1-20250304-001-1")
    assert CASE.columns(joined).parent == INCIDENT
    assert (hand.known.status, hand.known.order) == (Status.DISPATCHED, "SZ1-20250304-001-2")


def test_a_matter_received_for_an_incident_gets_no_order() -> None:
    hand = received(incident=INCIDENT, department=None)

    assert (hand.facts(), hand.known.status) == ([], Status.JOINED)


@pytest.mark.parametrize(
    ("category", "department"),
    [
        pytest.param("cleaning", "cleaning_dept", id="by the pack's routing"),
        pytest.param("Sanitation (imported)", "desk", id="nobody answers: the desk"),
    ],
)
def test_a_request_without_a_department_still_goes_somewhere(category: str, department: str) -> None:
    assert received(category=category, department=None).last().department == department


PAST: list[Any] = [
    pytest.param((), ["order_issued"], None, id="open"),
    pytest.param(
        (("closed", "2025-03-06 00:00"),),
        ["order_issued", "order_completed", "case_closed"],
        "historical",
        id="closed without a completion implies one",
    ),
    pytest.param(
        (("accepted", "2025-03-04 12:00"), ("completed", "2025-03-05 12:00"), ("closed", "2025-03-06 00:00")),
        ["order_issued", "order_accepted", "order_completed", "case_closed"],
        "historical",
        id="completed and closed",
    ),
    pytest.param(
        (("completed", "2025-03-05 12:00"),),
        ["order_issued", "order_completed", "follow_up_opened"],
        None,
        id="completed, not yet asked",
    ),
    pytest.param(
        (("started", "2025-03-05 12:00"), ("satisfied", "2025-03-07 12:00")),
        [
            "order_issued",
            "order_started",
            "order_completed",
            "follow_up_opened",
            "follow_up_recorded",
            "case_closed",
        ],
        "satisfied",
        id="satisfied",
    ),
    pytest.param(
        (("completed", "2025-03-05 12:00"), ("unsatisfied", "2025-03-06 12:00")),
        [
            "order_issued",
            "order_completed",
            "follow_up_opened",
            "follow_up_recorded",
            "case_reopened",
            "order_issued",
        ],
        None,
        id="unsatisfied",
    ),
    pytest.param(
        (("replied", "2025-03-05 12:00"), ("withdrawn", "2025-03-06 12:00"), ("closed", "2025-03-07 00:00")),
        ["order_issued", "reply_given", "case_closed"],
        "withdrawn",
        id="what comes after an ending changes nothing",
    ),
]


@pytest.mark.parametrize(("acts", "expected", "ending"), PAST)
def test_an_imported_case_is_folded_in_one_go(
    acts: tuple[tuple[ActName, str], ...], expected: list[str], ending: str | None
) -> None:
    hand = Hand(at=local("2025-06-01 12:00"))
    hand.hear(request(history=history(*acts)))
    known = {TUESDAY, *(local(at) for _, at in acts)}

    assert (hand.facts(), hand.known.ending) == (expected, ending)
    assert {say.at for say in hand.said} <= known
    assert [say.at for say in hand.said] == sorted(say.at for say in hand.said if say.at)


def test_a_request_naming_what_the_directory_does_not_know_yet_waits() -> None:
    hand = Hand(book=Book())
    heading: Any = None
    heard: Any = type("Heard", (), {"heading": heading, "fact": request()})

    assert not FOLDS.ready(heard, hand.book)
    assert FOLDS.ready(heard, received().book)


def test_a_state_survives_its_encoding() -> None:
    codec = StateCodec(CASE)
    hand = received().does(Accept(), Complete())

    assert codec.decode(codec.encode(hand.known), 1) == hand.known
