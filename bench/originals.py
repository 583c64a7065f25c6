"""The few cases that are really logged before they are copied: three estates, several severities and departments."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Any

import httpx2

from bench.estate import MATTER, administrator, bearing, found
from bench.measuring import until
from bench.surroundings import Place, serving, serving_together

SYSTEM = ("directory", "intake", "dispatch", "escalation", "reporting", "notify")
HEARERS = SYSTEM[1:]
KINDS = {
    "haijing": (("minor", "important", "major"), ("engineering", "cleaning")),
    "yunshan": (("minor", "important", "major"), ("facilities", "cleaning")),
    "wanqu": (("minor", "major"), ("engineering_repair", "cleaning")),
}
"""Severities and categories of the estates of the sample group."""
NOT_YET = (401, 403, 404, 409, 503)
ACTS: Sequence[tuple[str, Any]] = (
    ("accept", {}),
    ("start", {}),
    ("complete", {"text": "好了"}),
    ("follow-up", {"answer": "satisfied", "method": "visit", "text": "满意"}),
)
Urls = Mapping[str, str]
PATIENCE = 60.0
QUIET_LOOKS = 3


@contextmanager
def system(place: Place) -> Iterator[Urls]:
    """Every service as a process of its own; their addresses by name."""
    with serving(place, *SYSTEM) as programs:
        yield {program.name: program.url for program in programs}


async def log_originals(place: Place, sites: Sequence[str] = tuple(KINDS), *, finished: bool = False) -> str:
    """Found the estates, log one case of every kind, wait until every service knows them, end the services.

    Args:
        place: Servers with nothing logged yet.
        sites: Which of the estates the matters are about.
        finished: Also log one of every kind that is seen through to its end.

    Returns:
        The administrator's token.
    """
    with serving_together(place, *SYSTEM) as program:
        urls = dict.fromkeys(SYSTEM, program.url)
        token = administrator(place)
        await found(program.url, token)
        async with httpx2.AsyncClient(timeout=30, headers=bearing(token)) as client:
            for body in matters(sites):
                await accepted(client, f"{program.url}/api/intake/requests", body)
                if finished:
                    await see_through(client, urls, await accepted(client, f"{program.url}/api/intake/requests", body))
        await heard_out(urls, token)
    return token


async def see_through(client: httpx2.AsyncClient, urls: Urls, logged: dict[str, Any]) -> None:
    """Take a case to a satisfied end."""
    for act, said in ACTS:
        await accepted(client, f"{urls['dispatch']}/api/dispatch/cases/{logged['entity']}/{act}", said)


def matters(sites: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One matter for every site, severity and category."""
    for site in sites:
        for severity, category in product(*KINDS[site]):
            yield MATTER | {"site": site, "severity": severity, "category": category}


async def accepted(client: httpx2.AsyncClient, url: str, body: Any) -> dict[str, Any]:
    """The answer to a command, once the service knows what it names.

    Raises:
        RuntimeError: It is refused for another reason.
    """

    async def done() -> dict[str, Any] | None:
        response = await client.post(url, json=body)
        if not response.is_success and response.status_code not in NOT_YET:
            raise RuntimeError(f"{url} refused: {response.text[:500]}")
        answer: dict[str, Any] | None = response.json() if response.is_success else None
        return answer

    answer = await until(done, patience=PATIENCE, every=0.05)
    assert answer is not None
    return answer


async def heard_out(urls: Urls, token: str) -> None:
    """Until no service has anything left to hear, to say or to unpark."""
    quiet = 0
    async with httpx2.AsyncClient(timeout=30, headers=bearing(token)) as client:

        async def under_way() -> int:
            told = [await client.get(f"{urls[name]}/api/{name}/backlog") for name in HEARERS]
            return sum(sum(answer.raise_for_status().json().values()) for answer in told)

        async def silent() -> bool:
            nonlocal quiet
            quiet = 0 if await under_way() else quiet + 1
            return quiet >= QUIET_LOOKS

        await until(silent, patience=PATIENCE, every=0.2)
