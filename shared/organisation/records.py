"""What the directory says about sites, departments, people and rosters: whole, effective-dated records.

An interval of two instants includes the first and not the second; ``until=None`` is "until further notice".

Source: design sections 4 and 8, requirements section 2.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from shared.organisation.outsiders import Contract
from shared.timekeeping.calendar import Span, StartDay, Statutory, zone_named

_DAYS_A_WEEK, _MINUTES_A_DAY = 7, 1440


@dataclass(frozen=True, slots=True)
class Named:
    """A name a person sees: Chinese first, English second."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Activation:
    """From *since* on, new cases of the site open under this pack version."""

    pack: str
    version: int
    since: datetime

    def __post_init__(self) -> None:
        _require_order(self.since, None)


@dataclass(frozen=True, slots=True)
class Profile:
    """A pack beside the base pack: its case types that the base lacks, from *since* until before *until* (PR-1)."""

    pack: str
    version: int
    since: datetime
    until: datetime | None = None

    def __post_init__(self) -> None:
        _require_order(self.since, self.until)

    def at(self, instant: datetime) -> bool:
        """Whether it is in force then."""
        return self.since <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date with hours of its own: empty *hours* = closed, otherwise open then, weekend or not."""

    day: date
    hours: tuple[Span, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """The official notice of one year's public holidays.

    Attributes:
        source: Its title and number, as it can be looked up.
        published: When it was published.
        off: Days off, weekends between them included.
        make_up: Weekend days that are worked instead.
    """

    year: int
    source: str
    published: date
    off: tuple[date, ...]
    make_up: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a version of a calendar reads as it does, and who put it in force.

    Attributes:
        source: The notice or decision it follows.
        dated: Date of that notice or decision.
    """

    source: str
    dated: date
    approved_by: str
    approved_at: datetime


@dataclass(frozen=True, slots=True)
class CalendarRecord:
    """When a site is open.

    Attributes:
        version: Changes whenever the content does; promises carry it.
        weekly: Opening hours, Monday to Sunday, in the site's zone.
        statutory: Whose public holidays and make-up working days apply.
        special_days: Exceptions of the site; they win over statutory days.
        start_day: How working days are counted from a closed day.
        notices: Years the site knows from the notice itself; each wins over the built-in table of that year.
        evidence: None for what was entered without one.
    """

    version: str
    weekly: tuple[tuple[Span, ...], ...]
    statutory: Statutory = "cn"
    special_days: tuple[SpecialDay, ...] = ()
    start_day: StartDay = "next_working_day"
    notices: tuple[Notice, ...] = ()
    evidence: Evidence | None = None


class NoPackYet(LookupError):
    """The site ran no pack at that instant; activate one from an earlier date."""


@dataclass(frozen=True, slots=True)
class Site:
    """One estate and the rules it runs.

    Attributes:
        code: Short and unique; case numbers begin with it.
        zone: IANA name, for display and calendar rules.
        packs: Every activation, past ones included, in any order.
        parameters: Site parameters by name, such as ``immediate_ack_minutes``.
        phone: Number given to callers, if any.
        past_calendars: Calendars in force before, oldest first: deadlines reckoned by them explain themselves.
        profiles: Packs beside the base pack, past ones included.
    """

    id: str
    code: str
    name: Named
    zone: str
    packs: tuple[Activation, ...]
    calendar: CalendarRecord
    parameters: dict[str, str | int] = field(default_factory=dict)
    phone: str | None = None
    past_calendars: tuple[CalendarRecord, ...] = ()
    profiles: tuple[Profile, ...] = ()

    def __post_init__(self) -> None:
        zone_named(self.zone)

    def pack_at(self, instant: datetime) -> Activation:
        """Return the activation in force at *instant*; one that begins exactly then is in force.

        Raises:
            NoPackYet: The first activation lies after *instant*.

        Source: PR-2.
        """
        begun = [activation for activation in self.packs if activation.since <= instant]
        if not begun:
            raise NoPackYet(f"site {self.code} ran no pack at {instant.isoformat()}")
        return max(begun, key=lambda activation: activation.since)


@dataclass(frozen=True, slots=True)
class Department:
    """A department or vendor of a site.

    Attributes:
        kind: The role id packs route to, such as ``engineering_dept``.
        internal: False for an outside party, which may have a contract.
        wecom: URL of the department's group robot, if any.
    """

    id: str
    site: str
    name: Named
    kind: str
    internal: bool = True
    wecom: str | None = None
    contract: Contract | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A person holds *role* at *site* from *since* (included) to *until* (not included)."""

    site: str
    role: str
    since: datetime
    until: datetime | None = None
    department: str | None = None

    def __post_init__(self) -> None:
        _require_order(self.since, self.until)

    def at(self, instant: datetime) -> bool:
        """Whether the appointment is in force at *instant*."""
        return _within(instant, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away from *since* (included) to *until* (not included); *substitute* answers, if named."""

    since: datetime
    until: datetime
    substitute: str | None = None

    def __post_init__(self) -> None:
        _require_order(self.since, self.until)

    def at(self, instant: datetime) -> bool:
        """Whether the person is away at *instant*."""
        return _within(instant, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can answer for a role.

    Attributes:
        appointments: All of them, past ones included.
        absences: All of them; where two overlap the one that began last counts.
        wecom: URL of the person's group robot, if any.
    """

    id: str
    name: str
    phone: str | None = None
    appointments: tuple[Appointment, ...] = ()
    absences: tuple[Absence, ...] = ()
    wecom: str | None = None

    def absence_at(self, instant: datetime) -> Absence | None:
        """Return the absence that covers *instant*, the latest begun of several, or None."""
        away = [absence for absence in self.absences if absence.at(instant)]
        return max(away, key=lambda absence: absence.since, default=None)


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly stretch of duty of one person.

    Attributes:
        weekday: Day on which it starts, 0 = Monday.
        start_minute: Minutes from local midnight, included.
        end_minute: Minutes from local midnight, not included; at or before the start it means the next day.
        person: Person id.
    """

    weekday: int
    start_minute: int
    end_minute: int
    person: str

    def __post_init__(self) -> None:
        if not 0 <= self.weekday < _DAYS_A_WEEK:
            raise ValueError("weekday must be 0 (Monday) to 6 (Sunday)")
        if not 0 <= self.start_minute < _MINUTES_A_DAY or not 0 <= self.end_minute <= _MINUTES_A_DAY:
            raise ValueError("a shift starts at minute 0 to 1439 and ends at minute 0 to 1440")

    @property
    def overnight(self) -> bool:
        """Whether the shift ends on the day after it starts."""
        return self.end_minute <= self.start_minute


@dataclass(frozen=True, slots=True)
class Roster:
    """Who is on duty for *role* at *site*, week by week in the site's zone.

    In force from *since* (included) to *until* (not included).
    """

    id: str
    site: str
    role: str
    shifts: tuple[Shift, ...]
    since: datetime
    until: datetime | None = None

    def __post_init__(self) -> None:
        _require_order(self.since, self.until)

    def at(self, instant: datetime) -> bool:
        """Whether the roster is in force at *instant*."""
        return _within(instant, self.since, self.until)


def _within(instant: datetime, since: datetime, until: datetime | None) -> bool:
    return since <= instant and (until is None or instant < until)


def _require_order(since: datetime, until: datetime | None) -> None:
    if since.tzinfo is None or (until is not None and until.tzinfo is None):
        raise ValueError("an instant of a record must carry a time zone")
    if until is not None and until <= since:
        raise ValueError("a record must end after it begins")
