"""The image as an installation builds it: it prepares the servers, serves everything, is not root, stops when told."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from testcontainers.core.container import DockerContainer

from shouwen.embedded import PostgresServer
from shouwen.embedded.ports import LOOPBACK, any_free
from shouwen.places import SERVICES
from tests.support.containers import output, run_to_its_end
from tests.support.servers import running_nats, temporary_directory
from tests.support.waiting import eventually

USER = "10001:10001"


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Settings that reach servers of this machine from a container in the machine's own network."""
    port = any_free()
    settings = {"listen_addresses": LOOPBACK, "port": str(port)}
    with temporary_directory() as directory, running_nats() as nats:
        database = PostgresServer(directory / "postgres", settings=settings)
        database.start()
        try:
            yield {
                "SHOUWEN_DATABASE_URL": f"postgresql+asyncpg://shouwen@{LOOPBACK}:{port}/shouwen",
                "SHOUWEN_NATS_URL": nats.url,
                "SHOUWEN_SECRET": "a secret of the tests",
                "SHOUWEN_POOL_SIZE": "20",
                "SHOUWEN_PASSWORD": "a good password",
            }
        finally:
            database.stop()


def product(image: str, environment: dict[str, str], *command: str) -> DockerContainer:
    """The image with a read-only file system, as compose.yaml runs it."""
    container = DockerContainer(image).with_command(list(command)).with_envs(**environment).with_tmpfs_mount("/tmp")
    return container.with_kwargs(network_mode="host", read_only=True, security_opt=["no-new-privileges:true"])


@contextmanager
def serving_everything(image: str, environment: dict[str, str]) -> Iterator[tuple[str, DockerContainer]]:
    port = str(any_free())
    url = f"http://{LOOPBACK}:{port}"
    with product(image, environment, "serve", *SERVICES, "--port", port, "--gateway", url) as container:
        yield url, container


async def test_it_prepares_the_servers_and_serves_every_service(
    product_image: str, environment: dict[str, str]
) -> None:
    assert "EV: created" in run_to_its_end(product(product_image, environment, "provision"))

    with serving_everything(product_image, environment) as (url, container):
        async with httpx2.AsyncClient(base_url=url, timeout=20, trust_env=False) as client:
            answer = await eventually(lambda: health(client), patience=60)
            assert answer is not None
            assert set(answer["services"]) == set(SERVICES)
            token = run_to_its_end(product(product_image, environment, "administrator")).strip()
            await eventually(lambda: knows(client, token))
            page = await client.get("/sign-in")
            assert "首问" in page.text
            await every_stylesheet_and_script_is_there(client, page.text)
        wrapped = container.get_wrapped_container()
        assert wrapped.attrs["Config"]["User"] == USER
        wrapped.stop(timeout=30)
        assert wrapped.wait()["StatusCode"] == 0, output(container)


async def health(client: httpx2.AsyncClient) -> dict[str, Any] | None:
    try:
        answer = await client.get("/healthz")
    except httpx2.TransportError:
        return None
    return json.loads(answer.content) if answer.status_code == 200 else None


async def knows(client: httpx2.AsyncClient, token: str) -> bool:
    answer = await client.get("/api/directory/records/site", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code == 200


async def every_stylesheet_and_script_is_there(client: httpx2.AsyncClient, page: str) -> None:
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert found
    assert {place: (await client.get(place)).status_code for place in found} == dict.fromkeys(found, 200)


def test_without_settings_it_says_which_are_missing(product_image: str) -> None:
    with product(product_image, {}, "serve", "intake") as container:
        ended = container.get_wrapped_container().wait()
        assert ended["StatusCode"] == 1
        assert "SHOUWEN_DATABASE_URL" in output(container)
