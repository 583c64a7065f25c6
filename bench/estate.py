"""What every path needs to know: the sample group in the directory, and matters to hand in."""

from typing import Any

import httpx2

from bench.measuring import until
from bench.surroundings import Place
from shouwen.demo.loading import sample_group
from shouwen.demo.records import records

SITE = "haijing"
MATTER: dict[str, Any] = {
    "site": SITE,
    "case_type": "complaint",
    "category": "engineering",
    "severity": "minor",
    "channel": "phone",
    "caller": {"name": "赵文", "phone": "13900000001"},
    "content": "楼上漏水，厨房吊顶已经滴水，请尽快派人来看。",
}


def administrator(place: Place) -> str:
    """A bearer token that may do everything."""
    return place.command("administrator").splitlines()[-1]


def bearing(token: str) -> dict[str, str]:
    """Headers of a request of the administrator."""
    return {"Authorization": f"Bearer {token}"}


async def found(directory_url: str, token: str) -> None:
    """Write the sample group (sites, departments, people, rosters) into the directory, without passwords."""
    async with httpx2.AsyncClient(timeout=30, headers=bearing(token)) as client:
        written = {"records": records(sample_group())}
        url = f"{directory_url}/api/directory/records"

        async def accepted() -> bool:
            response = await client.post(url, json=written)
            if response.status_code not in {200, 201, 401, 503}:
                raise RuntimeError(f"the sample group was refused: {response.text[:500]}")
            return response.is_success

        await until(accepted, patience=30, every=0.1)
