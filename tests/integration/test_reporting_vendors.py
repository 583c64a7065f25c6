"""The monthly statement of what outside parties missed by their contracts."""

from shared.contracts.dispatch import OrderIssued, OrderTransferred
from shared.contracts.escalation import ClockArmed, ClockBreached, ClockStopped
from tests.support.packs import local
from tests.support.reporting_builders import Log, armed, stopped
from tests.support.reporting_system import asking, case, hear, opened, read, reporting_on

START, LATER = "2025-03-04 10:00", "2025-03-05 10:00"
ACCEPT, RESTORE = "CK-VEN-ACCEPT", "CK-VEN-RESTORE"


def two_parties() -> Log:
    """One order goes to the lift company, which answers and then misses its term; then to the lock smith."""
    log = Log()
    opened(log, 1, START)
    log.say(OrderIssued(site="s000", order="o-1", number=1, department="lift_vendor"), START, case(1))
    clocks = (armed(ACCEPT, START, "2025-03-04 10:30", None), armed(RESTORE, START, "2025-03-04 12:00", None))
    log.say(ClockArmed(clocks=clocks, because="issued"), START, case(1))
    ended = (stopped(ACCEPT, START, "2025-03-04 10:30", "met"),)
    log.say(ClockStopped(clocks=ended, because="accepted"), "2025-03-04 10:10", case(1))
    log.say(
        ClockBreached(clock=RESTORE, due_at=local("2025-03-04 12:00"), severity="minor"), "2025-03-04 12:00", case(1)
    )
    log.say(OrderTransferred(by="p-li", was="lift_vendor", department="d-eng"), LATER, case(1))
    return log


async def test_a_statement_names_who_missed_what_also_after_the_order_went_elsewhere(fresh_db: str) -> None:
    async with reporting_on(fresh_db) as process, asking(process) as client:
        await hear(process, two_parties())
        march = await read(client, "/vendors", site="s000", month="2025-03")
        april = await read(client, "/vendors", site="s000", month="2025-04")
        hidden = await client.get("/vendors", params={"site": "elsewhere", "month": "2025-03"})
    assert [(one["department"], one["clock"], one["due"], one["met"]) for one in march["items"]] == [
        ("lift_vendor", ACCEPT, 1, 1),
        ("lift_vendor", RESTORE, 1, 0),
    ]
    (missed,) = march["missed"]
    assert (missed["number"], missed["department"], missed["clock_name"]) == ("S000-0001", "lift_vendor", "合同：修复")
    assert (april["items"], april["missed"], hidden.status_code) == ([], [], 404)
