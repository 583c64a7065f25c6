"""Loads the sample group through the same interfaces anybody else uses."""

import asyncio
from importlib.resources import files
from typing import Any

import httpx2
import yaml
from httpx2 import codes

from shouwen.demo.records import records, residents

LOOKS, LOOK_EVERY = 300, 0.1
"""How often, and with how many seconds between, intake is asked for a site the directory has just been given."""


def sample_group() -> dict[str, Any]:
    """The sample group as written in ``group.yaml``."""
    group: dict[str, Any] = yaml.safe_load(files("shouwen.demo").joinpath("group.yaml").read_text("utf-8"))
    return group


async def load(url: str, *, token: str, password: str) -> list[tuple[str, str, str]]:
    """Write the sample group into the system at *url*; running it again changes nothing.

    Args:
        url: Root of the system.
        token: API token of an administrator.
        password: Given to every sample account.

    Returns:
        Username and what it stands for in Chinese and English, for every sample account.

    Raises:
        httpx2.HTTPStatusError: The system refused something; its answer says what.
    """
    group = sample_group()
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
        (await client.post("/api/directory/records", json={"records": records(group)})).raise_for_status()
        for account in group["accounts"]:
            path = f"/api/directory/accounts/{account['username']}/password"
            (await client.put(path, json={"password": password})).raise_for_status()
        for site in group["sites"]:
            await write_roll(client, group, site)
    return [(a["username"], a["means"]["zh"], a["means"]["en"]) for a in group["accounts"]]


async def write_roll(client: httpx2.AsyncClient, group: dict[str, Any], site: dict[str, Any]) -> None:
    """Write the residents of *site*, as soon as intake has heard that there is such a site.

    Raises:
        httpx2.HTTPStatusError: Intake refused them, or knows no such site after half a minute.
    """
    path, roll = f"/api/intake/sites/{site['id']}/residents", residents(group, site)
    for _ in range(LOOKS):
        answer = await client.put(path, json=roll)
        if answer.status_code != codes.NOT_FOUND:
            break
        await asyncio.sleep(LOOK_EVERY)
    answer.raise_for_status()
