"""Streams and durables, brought into being from ``deploy/streams.toml`` by one command.

Source: design.md §4 (declared by one provisioning command, never by a service at start).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, StreamConfig
from nats.js.errors import NotFoundError

EV = "EV"


@dataclass(frozen=True, slots=True)
class Plan:
    """What should exist."""

    streams: tuple[StreamConfig, ...]
    durables: Mapping[str, ConsumerConfig]


def read_plan(path: Path) -> Plan:
    """Read the declaration.

    Raises:
        FileNotFoundError, tomllib.TOMLDecodeError: With the path or the line at fault.
    """
    declared = tomllib.loads(path.read_text("utf-8"))
    streams = tuple(_stream(name, spec) for name, spec in declared["streams"].items())
    settings = dict(declared["durables"])
    hears = settings.pop("hears")
    return Plan(streams, {name: _durable(name, speakers, settings) for name, speakers in hears.items()})


def _stream(name: str, spec: Mapping[str, Any]) -> StreamConfig:
    options = dict(spec) | {"discard": DiscardPolicy(spec["discard"])}
    return StreamConfig(name=name, **options)


def _durable(name: str, speakers: list[str], settings: Mapping[str, Any], *, after: int = 0) -> ConsumerConfig:
    return ConsumerConfig(
        durable_name=name,
        ack_policy=AckPolicy.EXPLICIT,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE if after else DeliverPolicy.ALL,
        opt_start_seq=after + 1 if after else None,
        filter_subjects=[f"ev.{speaker}.>" for speaker in speakers],
        **settings,
    )


async def provision(nc: Client, plan: Plan) -> list[str]:
    """Create what is missing and update what differs; run it as often as you like.

    Returns:
        One line a stream and durable: what was done.
    """
    js = nc.jetstream()
    streams = [f"{stream.name}: {await _ensure_stream(js, stream)}" for stream in plan.streams]
    return streams + [f"{EV}/{name}: {await _ensure_durable(js, durable)}" for name, durable in plan.durables.items()]


async def _ensure_stream(js: Any, stream: StreamConfig) -> str:
    try:
        await js.stream_info(stream.name)
    except NotFoundError:
        await js.add_stream(stream)
        return "created"
    await js.update_stream(stream)
    return "kept"


async def _ensure_durable(js: Any, durable: ConsumerConfig) -> str:
    try:
        await js.consumer_info(EV, durable.durable_name)
    except NotFoundError:
        await js.add_consumer(EV, durable)
        return "created"
    return "kept"


async def rewind(nc: Client, durable: str, *, after: int) -> None:
    """Recreate a durable so that it delivers everything after stream sequence *after* again.

    For a database that was restored to an older state: versions drop what it already has.
    """
    js = nc.jetstream()
    old = (await js.consumer_info(EV, durable)).config
    await js.delete_consumer(EV, durable)
    old.deliver_policy = DeliverPolicy.BY_START_SEQUENCE
    old.opt_start_seq = after + 1
    await js.add_consumer(EV, old)
