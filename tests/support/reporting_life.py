"""The facts of one case from its request to its end, as reporting hears them."""

from shared.contracts.dispatch import (
    CaseClosed,
    CaseReopened,
    FollowUpOpened,
    FollowUpRecorded,
    OrderAccepted,
    OrderAssigned,
    OrderCompleted,
    OrderIssued,
    ReplyGiven,
    StepTaken,
)
from shared.contracts.envelope import Fact, Heard
from shared.contracts.escalation import (
    CaseRaised,
    ClockArmed,
    ClockBreached,
    ClockStopped,
    SeverityUpgraded,
)
from shared.contracts.intake import (
    RequestAmended,
    RequestClassified,
)
from shared.contracts.notify import NoticeDelivered
from tests.support.packs import local
from tests.support.reporting_builders import Log, armed, received, stopped

START, DUE = "2025-03-04 10:00", "2025-03-05 10:00"


def issued(round_: int = 1) -> OrderIssued:
    return OrderIssued(site="s000", order=f"S000-1-{round_}", number=round_, department="d-eng", round=round_)


def asked(answer: str, round_: int = 1) -> FollowUpRecorded:
    return FollowUpRecorded.model_validate({"answer": answer, "method": "phone", "round": round_, "by": "p-li"})


def reclassified(severity: str, at: str, **more: str) -> RequestClassified:
    return RequestClassified.model_validate(
        {
            "case_type": "complaint",
            "category": "cleaning",
            "severity": severity,
            "validity": "valid",
            "effective_at": local(at),
            "by": "p-li",
        }
        | more
    )


def upgraded(at: str) -> SeverityUpgraded:
    return SeverityUpgraded(rule="UP-1", was="minor", severity="major", effective_at=local(at))


def whole_life() -> list[Heard]:
    log = Log()
    said: list[tuple[Fact, str]] = [
        (received(START), START),
        (issued(), START),
        (ClockArmed(clocks=(armed("CK-CMP-02", START, DUE),), because="received"), START),
        (NoticeDelivered(notice="n1", person="p-li", channel="inbox"), START),
        (OrderAccepted(by="p-li"), "2025-03-04 10:05"),
        (OrderAssigned(assignee="p-li", by="p-wang"), "2025-03-04 10:06"),
        (ReplyGiven(kind="first", method="phone", by="p-li"), "2025-03-04 10:10"),
        (reclassified("minor", "2025-03-04 11:00"), "2025-03-04 11:00"),
        (upgraded("2025-03-05 09:00"), "2025-03-05 09:00"),
        (ClockBreached(clock="CK-CMP-02", due_at=local(DUE), severity="minor"), DUE),
        (
            CaseRaised(reason="breach", raise_id="r1", level=0, roles=("assignee",), people=(), severity="minor"),
            DUE,
        ),
        (RequestAmended(changed=("form",), form={"area": "3"}, flags=("area=3",), by="p-li"), "2025-03-05 10:00"),
        (StepTaken(step="visit", form={"seen": "no"}, marks=("visit=fail",), by="p-li"), "2025-03-05 11:00"),
        (OrderCompleted(by="p-li"), "2025-03-05 12:00"),
        (
            ClockStopped(clocks=(stopped("CK-CMP-02", START, DUE, "late"),), because="completed"),
            "2025-03-05 12:00",
        ),
        (FollowUpOpened(who=("desk_officer",), method="phone", round=1), "2025-03-05 12:00"),
        (asked("unsatisfied"), "2025-03-06 09:00"),
        (CaseReopened(because="unsatisfied", round=2, by="p-li"), "2025-03-06 09:00"),
        (issued(2), "2025-03-06 09:00"),
        (OrderCompleted(by="p-li", round=2), "2025-03-06 12:00"),
        (asked("satisfied", 2), "2025-03-06 15:00"),
        (CaseClosed(ending="satisfied", by="p-li"), "2025-03-06 15:00"),
    ]
    for fact, at in said:
        log.say(fact, at)
    return log.facts
