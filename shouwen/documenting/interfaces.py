"""The HTTP interface of each service, as OpenAPI; built without opening a connection."""

from importlib import import_module
from typing import Any

from pydantic import SecretStr

from shared.process.service import ServiceProcess, surroundings
from shared.process.settings import RuntimeSettings
from shouwen.places import SERVICES

SPOKEN_TO = tuple(name for name in SERVICES if name != "console")
"""Services that other software talks to; the console's pages are for people."""

NOWHERE = RuntimeSettings(
    database_url="postgresql+asyncpg://nobody@nowhere.invalid/none",
    nats_url="nats://nowhere.invalid",
    secret=SecretStr("describes, never signs"),
)


def openapi(service: str) -> dict[str, Any]:
    """The OpenAPI document of one service; its paths are relative to ``/api/<service>``."""
    around = surroundings(NOWHERE, replica="documents")
    process: ServiceProcess = import_module(f"services.{service}.app").build(around)
    return process.api.openapi()
