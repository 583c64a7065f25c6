"""As many cases as the whole system takes: logged, ordered, clocked and reported, latency bounded by backpressure."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from nats.aio.client import Client

from bench.backlog import connection, left
from bench.client import Load, accepting, keep_asking
from bench.estate import administrator, found
from bench.measuring import MICROSECONDS, MILLISECONDS, cpu_seconds, percentile, until
from bench.result import Result, seen
from bench.scale import Scale
from bench.surroundings import Place, Program, provisioned_place, serving

SERVICES = ("directory", "intake", "dispatch", "escalation", "reporting", "notify")
HEARERS = SERVICES[1:]
CONNECTIONS = 64
UNAVAILABLE = 503
PATIENCE = 300


@dataclass(frozen=True, slots=True)
class Round:
    """One burst and its end.

    Attributes:
        rate: Cases a second, from the first request until nobody had anything left to hear.
        cpu_us: CPU a case, by service and server.
        behind: Seconds the last service needed after the last request.
    """

    load: Load
    rate: float
    cpu_us: dict[str, float]
    behind: float

    @property
    def p99(self) -> float:
        """Of an accepted POST, in milliseconds."""
        return percentile(self.load.latencies, 99) * MILLISECONDS


async def measure(scale: Scale) -> list[Result]:
    """Cases a second, the slowest hundredth of the answers, how many were put off."""
    with provisioned_place() as place, serving(place, *SERVICES) as programs:
        urls = {program.name: program.url for program in programs}
        token = administrator(place)
        await found(urls["directory"], token)
        await accepting(urls["intake"], token)
        async with connection(place) as nc:
            rounds = [await _burst(place, nc, programs, token, scale.of(5.0, 15.0)) for _ in range(scale.of(1, 3))]
    costs = ", ".join(f"{name} {cost:.0f}" for name, cost in rounds[-1].cpu_us.items())
    put_off = sum(each.load.statuses[UNAVAILABLE] for each in rounds)
    answered = sum(each.load.statuses.total() for each in rounds)
    return [
        seen(
            "saturation: cases end to end, 64 connections",
            [each.rate for each in rounds],
            better="higher",
            unit="/s",
            cpu_us=min(sum(each.cpu_us.values()) for each in rounds),
            note=f"{costs} µs a case; all heard {rounds[-1].behind:.1f} s after the last request",
        ),
        seen(
            "saturation: p99 of POST, 64 connections",
            [each.p99 for each in rounds],
            better="lower",
            unit="ms",
            note=f"{put_off} of {answered} answered 503",
        ),
    ]


async def _burst(place: Place, nc: Client, programs: tuple[Program, ...], token: str, seconds: float) -> Round:
    intake = next(program.url for program in programs if program.name == "intake")
    pids = {program.name: program.pid for program in programs} | dict(zip(("NATS", "PG"), place.servers, strict=True))
    began, before = perf_counter(), _spent(pids)
    load = await keep_asking(intake, token, connections=CONNECTIONS, seconds=seconds)
    asked = perf_counter()

    async def quiet() -> bool:
        return not sum([await left(nc, service) for service in HEARERS])

    await until(quiet, patience=PATIENCE, every=0.05)
    ended = perf_counter()
    after = _spent(pids)
    cost = {name: (after[name] - before[name]) / load.accepted * MICROSECONDS for name in pids}
    return Round(load, load.accepted / (ended - began), cost, ended - asked)


def _spent(pids: Mapping[str, int]) -> dict[str, float]:
    return {name: cpu_seconds(pid) for name, pid in pids.items()}
