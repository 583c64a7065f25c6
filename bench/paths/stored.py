"""What a heard fact costs each service when ten times as many cases are stored."""

from datetime import timedelta

from bench.measuring import taking_turns
from bench.originals import log_originals
from bench.paths.hop import WANTED, Shape, drain, log_cases
from bench.result import Result, compared
from bench.scale import Scale
from bench.seeding import multiply, originals, spread, tidy
from bench.surroundings import Place, provisioned_place
from shared.timekeeping.clock import SystemClock

FLAT = 1.2
TIMES = 10
SCHEMAS = ("intake", "dispatch", "escalation", "reporting", "notify")


async def measure(scale: Scale) -> list[Result]:
    """CPU of service and database a fact, with ten times the stored cases over with as many as now."""
    few, new = scale.of(5_000, 20_000), scale.of(2_000, 4_000)
    with provisioned_place() as large, provisioned_place() as small:
        for place, stored in ((large, few * TIMES), (small, few)):
            await log_cases(place, new, await _store(place, stored))
        return [await _compared(service, large, small, few, scale) for service in WANTED]


async def _compared(service: str, large: Place, small: Place, few: int, scale: Scale) -> Result:
    many, fewer = await taking_turns(lambda: _cost(large, service), lambda: _cost(small, service), scale.of(2, 5))
    return compared(
        f"stored: a fact heard by {service}, with {few * TIMES:,} cases stored over {few:,}",
        many,
        fewer,
        better="lower",
        target=FLAT,
        unit="µs CPU",
        cpu_us=min(many),
        note="CPU of the service and PostgreSQL",
    )


async def _store(place: Place, count: int) -> str:
    token = await log_originals(place)
    known = await originals(place.dsn)
    soon = SystemClock().now() + timedelta(days=1)
    copies = spread(known, count=count, first=1, begins=soon, ends=soon + timedelta(days=20))
    await multiply(place.dsn, copies, schemas=SCHEMAS)
    await tidy(place.dsn, schemas=SCHEMAS)
    return token


async def _cost(place: Place, service: str) -> float:
    drained = await drain(place, service, Shape())
    return drained.cpu_us + drained.database_us
