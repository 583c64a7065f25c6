"""Streams and durables, brought into being from ``deploy/streams.toml`` by one command.

Source: design.md §4 (declared by one provisioning command, never by a service at start).
"""

import tomllib
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, DiscardPolicy, RetentionPolicy, StreamConfig
from nats.js.errors import APIError, NotFoundError

from shared.process.connecting import CannotStart

EV = "EV"
SYSTEM = "shouwen_system"
"""Key of the system's id in the metadata of ``EV``."""
STREAM: Mapping[str, Any] = {
    "subjects": [],
    "retention": RetentionPolicy.LIMITS,
    "discard": DiscardPolicy.OLD,
    "max_age": 0,
    "max_bytes": -1,
    "max_msgs": -1,
    "max_msgs_per_subject": -1,
    "duplicate_window": 0,
    "allow_atomic": False,
    "allow_direct": False,
    "deny_delete": False,
    "deny_purge": False,
}
"""Fields of a stream that are compared, with what stands where nothing is declared."""
DURABLE: Mapping[str, Any] = {
    "filter_subjects": [],
    "ack_policy": AckPolicy.EXPLICIT,
    "ack_wait": 30,
    "max_deliver": -1,
    "max_ack_pending": 1000,
    "max_waiting": 512,
}
"""The same of a durable."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as declared."""

    place: str
    field: str
    stands: Any
    declared: Any

    def __str__(self) -> str:
        return f"{self.place} {self.field} = {self.stands} ≠ {self.declared}"


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


async def provision(nc: Client, plan: Plan, *, system: str | None = None) -> list[str]:
    """Create what is missing and change what differs; run it as often as you like.

    Args:
        nc: Connection to the broker.
        plan: What should exist.
        system: Id the log shall carry; None leaves it as it is.

    Returns:
        One line a stream and durable: created, kept, or each field that was changed.

    Raises:
        CannotStart: The broker refuses a change; says which.
    """
    js = nc.jetstream()
    streams = [await _ensure_stream(js, _marked(stream, system)) for stream in plan.streams]
    return streams + [await _ensure_durable(js, name, durable) for name, durable in plan.durables.items()]


def _marked(stream: StreamConfig, system: str | None) -> StreamConfig:
    return replace(stream, metadata={SYSTEM: system}) if system and stream.name == EV else stream


async def _ensure_stream(js: JetStreamContext, stream: StreamConfig) -> str:
    name = str(stream.name)
    try:
        has = (await js.stream_info(name)).config
    except NotFoundError:
        await js.add_stream(stream)
        return f"{name}: created"
    mark = {key: value for key, value in (has.metadata or {}).items() if key == SYSTEM}
    wanted = replace(has, metadata=stream.metadata or mark, **_declared(stream, STREAM))
    changes = differences(name, has, stream, STREAM)
    if changes or wanted.metadata != mark:
        await _changed(js.update_stream(wanted), changes)
    return _told(name, changes)


async def _ensure_durable(js: JetStreamContext, name: str, durable: ConsumerConfig) -> str:
    place = f"{EV}/{name}"
    try:
        has = (await js.consumer_info(EV, name)).config
    except NotFoundError:
        await js.add_consumer(EV, durable)
        return f"{place}: created"
    changes = differences(place, has, durable, DURABLE)
    if changes:
        # Where it stands in the stream is not declared and stays.
        await _changed(js.add_consumer(EV, replace(has, **_declared(durable, DURABLE))), changes)
    return _told(place, changes)


async def _changed(change: Coroutine[Any, Any, object], changes: Sequence[Difference]) -> None:
    try:
        await change
    except APIError as refused:
        told = "; ".join(map(str, changes))
        raise CannotStart(
            f"NATS 不允许这样修改（{refused.description}）：{told}。请改回 deploy/streams.toml。"
            f" NATS does not allow this change ({refused.description}): {told}. Put deploy/streams.toml back."
        ) from refused


def _told(place: str, changes: Sequence[Difference]) -> str:
    return f"{place}: " + (", ".join(f"{c.field} {c.stands} → {c.declared}" for c in changes) or "kept")


def differences(
    place: str, has: StreamConfig | ConsumerConfig, declared: StreamConfig | ConsumerConfig, fields: Mapping[str, Any]
) -> list[Difference]:
    """Where a stream or durable is not as declared, in fields that change what happens."""
    found = []
    for field, default in fields.items():
        stands, wanted = (_plain(getattr(one, field), default) for one in (has, declared))
        if stands != wanted:
            found.append(Difference(place, field, stands, wanted))
    return found


def _plain(value: Any, default: Any) -> Any:
    value = default if value is None else value
    return sorted(value) if isinstance(value, list) else getattr(value, "value", value)


def _declared(config: StreamConfig | ConsumerConfig, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {field: default if (said := getattr(config, field)) is None else said for field, default in fields.items()}


async def require_declared(nc: Client, plan: Plan, services: Sequence[str]) -> None:
    """Refuse to start on streams, or durables of *services*, that are not as declared.

    Raises:
        CannotStart: Names every field, what stands and what is declared, and the remedy.
    """
    js, found = nc.jetstream(), list[Difference]()
    for stream in plan.streams:
        found += differences(str(stream.name), await _there(js.stream_info(str(stream.name))), stream, STREAM)
    for name in [name for name in services if name in plan.durables]:
        has = await _there(js.consumer_info(EV, name))
        found += differences(f"{EV}/{name}", has, plan.durables[name], DURABLE)
    if found:
        told = "; ".join(map(str, found))
        raise CannotStart(
            f"与 deploy/streams.toml 的声明不同：{told}。请运行 shouwen provision。"
            f" Not as deploy/streams.toml declares: {told}; run `shouwen provision`."
        )


async def _there(asked: Coroutine[Any, Any, Any]) -> Any:
    try:
        return (await asked).config
    except NotFoundError:
        raise CannotStart(
            "消息流或读者不存在，请先运行 shouwen provision。"
            " A stream or reader does not exist; run `shouwen provision`."
        ) from None
