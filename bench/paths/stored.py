"""What a heard fact costs each service when ten times as many cases are stored."""

from datetime import timedelta

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
Costs = dict[str, list[float]]


async def measure(scale: Scale) -> list[Result]:
    """CPU of service and database a fact, with ten times the stored cases over with as many as now."""
    few, new = scale.of(5_000, 20_000), scale.of(2_000, 4_000)
    small = await _costs(few, new, scale)
    large = await _costs(few * TIMES, new, scale)
    return [
        compared(
            f"stored: a fact heard by {service}, with {few * TIMES:,} cases stored over {few:,}",
            large[service],
            small[service],
            better="lower",
            target=FLAT,
            unit="µs CPU",
            cpu_us=min(large[service]),
            note="CPU of the service and PostgreSQL",
        )
        for service in WANTED
    ]


async def _costs(stored: int, new: int, scale: Scale) -> Costs:
    with provisioned_place() as place:
        token = await _store(place, stored)
        await log_cases(place, new, token)
        return {service: [await _cost(place, service) for _ in range(scale.of(1, 3))] for service in WANTED}


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
