"""What rows of master data become once they are found right: one frozen record a kind.

Two records are equal when they say the same; where they stand in the file does not count.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

CATEGORY = "other"
"""Of a matter whose row names none; a case type without such a category needs one."""


class Kind(StrEnum):
    """A kind of master data: one sheet of a workbook, or one CSV."""

    BUILDINGS = "buildings"
    UNITS = "units"
    RESIDENTS = "residents"
    EQUIPMENT = "equipment"
    KEYS = "keys"
    DEPOSITS = "deposits"
    MATTERS = "matters"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: *sheet* as the file names it, *row* counted from 1 as the spreadsheet shows it.

    Attributes:
        columns: Ids of the columns the sheet has: of the fields of others its rows say nothing.
    """

    sheet: str
    row: int
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Building:
    """A building; *id* is what units name."""

    at: Place = field(compare=False)
    id: str
    name: str = ""
    floors: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    Attributes:
        building: Id of a building of the file or the site.
        area: Square metres.
        state: ``own``, ``let``, ``vacant``, ``renovating``, ``unsold`` or ``retired`` (the unit exists no more).
    """

    at: Place = field(compare=False)
    id: str
    building: str | None = None
    area: Decimal | None = None
    state: str | None = None
    note: str = ""

    @property
    def ended(self) -> bool:
        """Whether the row says that the unit exists no more."""
        return self.state == "retired"


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who lives at or owns a unit.

    Attributes:
        id: The number given, else unit and name: ``3-1201/王芳``.
        numbered: The file gives the number.
        phone: As typed.
        reach: The phone as E.164, an extension behind ``;ext=``.
        kind: ``owner``, ``tenant``, ``family`` or ``other``.
        moved_out: Last day; may lie in the future.
    """

    at: Place = field(compare=False)
    id: str
    unit: str
    name: str
    numbered: bool = field(default=False, compare=False)
    phone: str | None = None
    reach: str | None = None
    kind: str = "owner"
    moved_in: date | None = None
    moved_out: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Equipment:
    """A piece of equipment; *service_days* is the span between two services.

    Attributes:
        state: ``in_use``, ``stopped`` or ``scrapped``.
    """

    at: Place = field(compare=False)
    id: str
    name: str
    category: str = ""
    location: str = ""
    unit: str | None = None
    building: str | None = None
    state: str = "in_use"
    service_days: int | None = None

    @property
    def ended(self) -> bool:
        """Whether the row says that the equipment is no more."""
        return self.state == "scrapped"


@dataclass(frozen=True, slots=True)
class Key:
    """Keys of one unit kept in the cabinet.

    Attributes:
        copies: How many keys hang together, at least 1.
        entrusted_by: Who gave them into custody.
        state: ``in_cabinet``, ``lent`` or ``given_back`` (to who entrusted them).
        lent_at: UTC; a borrower and this time are set exactly while lent.
    """

    at: Place = field(compare=False)
    id: str
    unit: str
    copies: int
    cabinet: str = ""
    entrusted_by: str = ""
    received_on: date | None = None
    state: str = "in_cabinet"
    borrower: str = ""
    lent_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Whether the keys are no longer in custody."""
        return self.state == "given_back"


@dataclass(frozen=True, slots=True)
class Deposit:
    """Money held that is to be given back.

    Attributes:
        id: Number of the receipt.
        category: ``renovation``, ``pass``, ``key`` or ``other``.
        amount: In the site's currency, above zero, at most two decimals.
    """

    at: Place = field(compare=False)
    id: str
    category: str
    payer: str
    amount: Decimal
    received_on: date
    unit: str | None = None
    refunded_on: date | None = None
    note: str = ""

    @property
    def ended(self) -> bool:
        """Whether the money went back."""
        return self.refunded_on is not None


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter that is open already when the site goes live.

    Attributes:
        id: Its number in the previous register; brings it in once and for all.
        received_at: UTC; 00:00 of the day where the row names a day only.
        case_type, category, severity, department, handler: Ids where choices were given, else as typed.
        due_at: UTC; 24:00 of the day where the row names a day only.
        state: ``received``, ``accepted``, ``started`` or ``completed`` (waits for the follow-up).
    """

    at: Place = field(compare=False)
    id: str
    received_at: datetime
    case_type: str
    content: str
    unit: str | None = None
    contact: str = ""
    phone: str | None = None
    reach: str | None = None
    category: str | None = None
    severity: str | None = None
    department: str | None = None
    handler: str | None = None
    due_at: datetime | None = None
    state: str = "received"
    note: str = ""


Record = Building | Unit | Resident | Equipment | Key | Deposit | Matter

RECORDS: dict[Kind, type[Record]] = {
    Kind.BUILDINGS: Building,
    Kind.UNITS: Unit,
    Kind.RESIDENTS: Resident,
    Kind.EQUIPMENT: Equipment,
    Kind.KEYS: Key,
    Kind.DEPOSITS: Deposit,
    Kind.MATTERS: Matter,
}
"""The record of each kind."""
