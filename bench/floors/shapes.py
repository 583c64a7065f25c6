"""A request as msgspec reads it: the same fields and types the contract has, checked while decoding."""

from datetime import datetime

import msgspec


class Named(msgspec.Struct):
    """A name in two languages."""

    zh: str
    en: str


class Promise(msgspec.Struct):
    """What the caller was told."""

    clock: str
    kind: str
    name: Named
    due_at: datetime | None
    why: str
    basis: str
    amount: int | None
    product_default: bool
    source: str
    calendar: str = ""


class Caller(msgspec.Struct):
    """Who called."""

    name: str | None = None
    phone: str | None = None
    resident: str | None = None
    content: str = ""
    demand: str = ""
    place: str = ""


class Request(msgspec.Struct):
    """``request_received``."""

    number: str
    site: str
    pack: str
    pack_version: int
    case_type: str
    category: str
    severity: str
    channel: str
    received_at: datetime
    logged_at: datetime
    first_receiver: str
    registered_by: str
    criteria: tuple[str, ...] = ()
    validity: str = "unjudged"
    flags: tuple[str, ...] = ()
    unit: str | None = None
    department: str | None = None
    occurred_at: datetime | None = None
    late_entry: bool = False
    anonymous: bool = False
    customer_limit: datetime | None = None
    department_limit: datetime | None = None
    promises: tuple[Promise, ...] = ()
    incident: str | None = None
    opens_incident: bool = False
    drill: bool = False
    directory_seq: int = 0
    private: Caller = msgspec.field(default_factory=Caller)


request_of = msgspec.json.Decoder(Request).decode
"""Reads a body, or raises ``msgspec.ValidationError``."""
