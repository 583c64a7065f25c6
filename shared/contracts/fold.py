"""What a fold is given and what it answers: the only words between a service's rules and the runtime.

``(state of the entity here, one message, its event time, rules) -> (new state, facts to say, effects wanted, why)``

Source: design.md §2B.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.wording import Text
from shared.rules.book import Book

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Grant:
    """What an account may do at one site; ``site`` is ``*`` for all sites.

    Attributes:
        right: ``view``, ``desk`` (log, amend, follow up), ``work`` (accept, assign, complete), ``lead`` (desk and work,
            corrections, closing by authority) or ``admin``. Any of them implies ``own``: to be asked what orders of
            one's own there are.
    """

    site: str
    right: str


IMPLIED: Mapping[str, frozenset[str]] = {
    "view": frozenset({"own", "view"}),
    "desk": frozenset({"own", "view", "desk"}),
    "work": frozenset({"own", "view", "work"}),
    "lead": frozenset({"own", "view", "desk", "work", "lead"}),
    "admin": frozenset({"own", "view", "desk", "work", "lead", "admin"}),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an account with its grants, and the person behind it with the pack roles held at each site.

    Attributes:
        account: Account id; ``system`` for the runtime itself.
        name: Shown in timelines.
        person: Person id, when the account is somebody's.
        grants: Rights by site.
        roles: Pack roles by site id at the time of asking (appointments).
        outside: Kinds of orders, by site at which the person belongs to an outside party; nothing else there is his
            to see (requirements §9.7).
    """

    account: str
    name: str
    person: str | None = None
    grants: tuple[Grant, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    outside: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def can(self, right: str, site: str, kind: str | None = None) -> bool:
        """Whether *right* is granted at *site*, on an order for a department of that *kind*."""
        if site in self.outside and right != "own" and kind not in self.outside[site]:
            return False
        return any(g.site in ("*", site) and right in IMPLIED.get(g.right, ()) for g in self.grants)

    def sites(self, right: str = "view") -> tuple[str, ...]:
        """Sites where *right* is granted; ``("*",)`` for all."""
        named = tuple(g.site for g in self.grants if right in IMPLIED.get(g.right, ()))
        return ("*",) if "*" in named else named

    def roles_at(self, site: str) -> tuple[str, ...]:
        """Pack roles held at *site*."""
        return tuple(self.roles.get(site, ()))


SYSTEM = Actor(account="system", name="系统", grants=(Grant("*", "admin"),))


class Moment(Struct, frozen=True):
    """What a fold knows beside its state and the message.

    Attributes:
        at: Event time of the message, or the due instant of a step; aware UTC.
        now: When it is being handled, read once a message; aware UTC. Decisions use ``at``.
        book: The directory as known here.
        cause: Id of the message being handled; None for commands and time.
        beside: For a command: the states of all entities it names, by entity, before any of them is folded.
    """

    at: datetime
    now: datetime
    book: Book
    cause: str | None = None
    beside: Mapping[str, Any] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Say:
    """A fact to say about the entity in hand.

    Attributes:
        at: When it happened; None means the moment's ``at``.
        correlation: The case it belongs to, when that is not the entity itself.
    """

    fact: Fact
    at: datetime | None = None
    correlation: str | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """An effect on the outside world; a fold only ever asks for it.

    Attributes:
        key: Names the effect for ever; the same key is carried out once.
        kind: Which sender carries it out, e.g. ``inbox`` or ``wecom``.
        recipient: Effects of one kind and recipient that are due together may be bundled into one.
        not_before: Earliest instant; None means at once.
        payload: Plain JSON values.
    """

    key: str
    kind: str
    recipient: str
    payload: Mapping[str, Any]
    not_before: datetime | None = None


class Step(Struct, frozen=True, kw_only=True):
    """The answer of a fold; ``why`` is always set, also for doing nothing.

    Attributes:
        unwant: Keys of effects that have become pointless; one that has left already stays as it is.
    """

    why: str
    state: Any
    say: tuple[Say, ...] = ()
    want: tuple[Want, ...] = ()
    unwant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A command that is not possible now: what stands in the way and what would be possible.

    Attributes:
        why: Machine word, e.g. ``not_possible_now``, ``unknown_category``.
        text: The sentence for the person.
        status: HTTP status: 404 unknown, 403 no right, 409 not possible now, 412 stale, 422 bad field.
        field: Path of the field at fault, e.g. ``/category``.
        hint: The way out.
        state: State the entity is in.
        possible: Acts possible instead.
        more: What else is wrong, each at a field of its own.
    """

    why: str
    text: Text
    status: int = 409
    field: str | None = None
    hint: Text | None = None
    state: str | None = None
    possible: tuple[str, ...] = ()
    more: tuple["Refusal", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A person's command to one entity, or to several that must change together.

    Attributes:
        entities: The first is the one addressed; the rest are folded in the same transaction.
        command: What is asked, in the service's own words.
        at: When the server received it, aware UTC; only imports state another time.
        right: What the actor must be allowed to do at the entity's site.
        if_match: The spoken version the asker has seen; None does not check.
        key: Idempotency key, unique per account.
        digest: Hash of the request's body, to tell a repeat from a reuse of the key.
        fresh: The one of *entities* given its id for this command: nobody else knows it, so it has no row yet to lock.
    """

    entities: tuple[str, ...]
    command: Any
    actor: Actor
    at: datetime
    right: str = "view"
    if_match: int | None = None
    key: str | None = None
    digest: str = ""
    fresh: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was carried out.

    Attributes:
        version: The service's own spoken version after it; what the next ``If-Match`` names.
        facts: What was said about the entity addressed, in order.
    """

    entity: str
    version: int
    state: Any
    why: str
    facts: tuple[tuple[Heading, Fact], ...] = ()


class Columns(Struct, frozen=True):
    """Index columns of an entity's row: where it is, how it stands, what it hangs under."""

    site: str | None = None
    status: str | None = None
    parent: str | None = None


def nothing_due(_state: Any) -> datetime | None:
    """For kinds without time."""
    return None


def nothing_to_fire(state: Any, _moment: Moment) -> Step:
    """For kinds without time."""
    return Step(why="nothing_due", state=state)


def deaf(state: Any, _heard: Heard, _moment: Moment) -> Step:
    """For kinds that only obey commands."""
    return Step(why="not_mine", state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[S]):
    """How one kind of entity is folded in one service.

    Attributes:
        prefix: Entities are named ``<prefix>-<id>``.
        state: Frozen dataclass of the state; encoded with msgspec.
        schema: Number of the state's shape; ``upcast`` turns an older encoded state into this one.
        react: Total: a fact may be ignored with a why, never refused.
        obey: Only commands can be refused.
        due: The next instant at which time alone changes the state; None if it never does.
        fire: Apply the one step due at ``due(state)``; must move ``due`` on.
        columns: Index columns.
        rank: Among steps due together the lowest goes first (gravest first).
    """

    prefix: str
    state: type[S]
    react: Callable[[S | None, Heard, Moment], Step] = deaf
    obey: Callable[[S | None, Ask, Moment], Step | Refusal]
    due: Callable[[S], datetime | None] = nothing_due
    fire: Callable[[S, Moment], Step] = nothing_to_fire
    columns: Callable[[S], Columns] = lambda _state: Columns()
    rank: Callable[[S], int] = lambda _state: 0
    schema: int = 1
    upcast: Callable[[int, bytes], bytes] = lambda _schema, encoded: encoded


def entities_of(heard: Heard) -> tuple[str, ...]:
    """The usual keys of a fact: the entity it is about."""
    return (heard.heading.entity,)


@dataclass(frozen=True, kw_only=True)
class Folds:
    """A whole service, pure: what it hears, which entities a message touches, how each is folded.

    Attributes:
        service: Its name, also its database schema and the speaker of its facts.
        hears: Speakers it listens to; one durable each.
        kinds: Every kind of entity it keeps.
        keys: Every entity a fact touches here, from the fact alone; the runtime adds the fact's own entity.
        ready: Whether the directory already knows what the fact names; if not, the message waits.
    """

    service: str
    hears: tuple[str, ...]
    kinds: tuple[Kind[Any], ...]
    keys: Callable[[Heard], tuple[str, ...]] = entities_of
    ready: Callable[[Heard, Book], bool] = lambda _heard, _book: True

    def kind_of(self, entity: str) -> Kind[Any] | None:
        """The kind whose prefix names *entity*; None when this service keeps no such kind."""
        return self._by_prefix.get(entity.partition("-")[0])

    @cached_property
    def _by_prefix(self) -> Mapping[str, Kind[Any]]:
        return {kind.prefix: kind for kind in self.kinds}
