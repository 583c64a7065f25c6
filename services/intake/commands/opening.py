"""From a decision to open a case to the fact that says so, and to the state kept of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.intake.commands.refusing import NotPossible, unknown_word
from services.intake.commands.words import OuterGiven
from services.intake.policy.forming import NO_FORM, Form
from services.intake.policy.promising import limits_of, promised
from services.intake.policy.recurring import place_digest
from services.intake.policy.ruling import CIRCUMSTANCES, Under
from services.intake.state import Beyond, Case
from shared.contracts.fold import Ask, Moment
from shared.contracts.history import History
from shared.contracts.intake import Caller, Channel, RequestReceived, Validity
from shared.contracts.origins import OpenedBy, Outer, Planned
from shared.rules.clocks import Promise
from shared.rules.forms import Filled
from shared.rules.words import Flag
from shared.timekeeping.calendar import zone_named

NAMED_AT_MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Everything decided about a case that opens; fields as in `RequestReceived`.

    Attributes:
        department: Role id by the pack's routing, also for a matter that joins an incident.
        flags: Circumstances and switches; the marks of the form join them.
    """

    under: Under
    category: str
    department: str
    severity: str
    criteria: tuple[str, ...] = ()
    validity: Validity = "unjudged"
    flags: frozenset[str] = frozenset()
    channel: Channel
    unit: str | None = None
    received_at: datetime
    logged_at: datetime
    occurred_at: datetime | None = None
    late_entry: bool = False
    first_receiver: str
    anonymous: bool = False
    customer_limit: datetime | None = None
    department_limit: datetime | None = None
    incident: str | None = None
    split_from: str | None = None
    opens_incident: bool = False
    drill: bool = False
    history: History | None = None
    filled: Form = NO_FORM
    planned: Planned | None = None
    outer: Outer | None = None
    opened_by: OpenedBy | None = None
    private: Caller

    @property
    def all_flags(self) -> frozenset[str]:
        """Circumstances, switches and marks; an anonymous caller without a phone is nobody to call (FU-3)."""
        contact = self.private.phone or self.private.resident or not self.anonymous
        return self.flags | self.filled.marks | (frozenset[str]() if contact else {Flag.NO_CONTACT.value})

    @property
    def form(self) -> Filled:
        """What is public of the form."""
        return self.filled.public

    @property
    def planned_due(self) -> datetime | None:
        """When a planned duty has to be done."""
        return self.planned.due_at if self.planned else None


def request_of(opening: Opening, ask: Ask, moment: Moment, sequence: int) -> RequestReceived:
    """The fact, with the promises it carries."""
    under = opening.under
    return RequestReceived(
        number=number_of(under, opening.logged_at, sequence),
        site=under.site.id,
        pack=under.pack.id,
        pack_version=under.pack.version,
        case_type=under.case_type.id,
        category=opening.category,
        severity=opening.severity,
        criteria=opening.criteria,
        validity=opening.validity,
        flags=tuple(sorted(opening.all_flags)),
        channel=opening.channel,
        unit=opening.unit,
        department=None if opening.incident else opening.department,
        received_at=opening.received_at,
        logged_at=opening.logged_at,
        occurred_at=opening.occurred_at,
        late_entry=opening.late_entry,
        first_receiver=opening.first_receiver,
        registered_by=by(ask),
        anonymous=opening.anonymous,
        customer_limit=opening.customer_limit,
        department_limit=opening.department_limit,
        promises=_promised(opening, moment),
        incident=opening.incident,
        split_from=opening.split_from,
        opens_incident=opening.opens_incident,
        drill=opening.drill,
        history=opening.history,
        form=opening.filled.public,
        planned=opening.planned,
        outer=opening.outer,
        opened_by=opening.opened_by,
        directory_seq=moment.book.seq,
        private=_with_form(opening),
    )


def _with_form(opening: Opening) -> Caller:
    personal = opening.filled.personal
    return opening.private.model_copy(update={"form": personal}) if personal else opening.private


def _promised(opening: Opening, moment: Moment) -> tuple[Promise, ...]:
    under = opening.under
    matter = under.matter(
        category=opening.category, severity=opening.severity, validity=opening.validity, flags=opening.all_flags
    )
    return promised(
        under,
        matter,
        counted_from=opening.received_at,
        calendar=moment.book.calendar(under.site.id),
        limits=limits_of(opening, under),
    )


def case_of(fact: RequestReceived) -> Case:
    """The state kept after *fact*."""
    return Case(
        number=fact.number,
        site=fact.site,
        pack=fact.pack,
        version=fact.pack_version,
        case_type=fact.case_type,
        category=fact.category,
        severity=fact.severity,
        severity_at=fact.received_at,
        criteria=fact.criteria,
        validity=fact.validity,
        flags=fact.flags,
        channel=fact.channel,
        unit=fact.unit,
        department=fact.department,
        received_at=fact.received_at,
        logged_at=fact.logged_at,
        counted_from=fact.received_at,
        customer_limit=fact.customer_limit,
        department_limit=fact.department_limit,
        first_receiver=fact.first_receiver,
        late_entry=fact.late_entry,
        incident=fact.incident,
        split_from=fact.split_from,
        opens_incident=fact.opens_incident,
        drill=fact.drill,
        promises=fact.promises,
        form=fact.form,
        outer=beyond(fact.outer),
        planned_due=fact.planned.due_at if fact.planned else None,
        place=place_digest(fact.private.place),
    )


def outer_of(given: OuterGiven | None) -> Outer | None:
    """As the fact says it."""
    return Outer(line=given.line, number=given.number, deadline=given.deadline) if given is not None else None


def beyond(outer: Outer | None) -> Beyond | None:
    """As the state keeps it."""
    return Beyond(outer.line, outer.number, outer.deadline) if outer is not None else None


def number_of(under: Under, at: datetime, sequence: int) -> str:
    """The number people read out: site code, local date, sequence (design section 10)."""
    local = at.astimezone(zone_named(under.site.zone))
    return f"{under.site.code}-{local.date().isoformat()[2:].replace('-', '')}-{sequence}"


def by(ask: Ask) -> str:
    """Who asks, as facts name him."""
    return ask.actor.person or ask.actor.account


def circumstances(flags: Iterable[str]) -> frozenset[str]:
    """The circumstances stated, each known."""
    stated = frozenset(flags)
    for word in sorted(stated - CIRCUMSTANCES):
        raise NotPossible(unknown_word("flag", word, sorted(CIRCUMSTANCES)))
    return stated


def receiver_of(person: str | None, *, site: str, ask: Ask, moment: Moment) -> str:
    """The first receiver: the person named, who must exist, else the asker (FC-2)."""
    if person is None:
        return by(ask)
    staff = moment.book.staff
    if staff.person(person) is None:
        here = sorted({one for (at, _), holders in staff.holders.items() if at == site for one in holders})
        raise NotPossible(unknown_word("first_receiver", person, here[:NAMED_AT_MOST]))
    return person
