"""The directory as every fold sees it: one snapshot in memory.

The runtime alone changes it, through the ``put_…`` methods, while it applies the DIRECTORY stream;
folds and routes only look things up.

Source: design sections 2, 4 and 8.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from shared.organisation.records import Department, Person, Roster, Site
from shared.organisation.site_calendar import calendar_of
from shared.organisation.staff import Staff
from shared.rules.model import CaseType, Pack
from shared.timekeeping.calendar import Calendar

SAFETY_PACK = "G-SAFETY"
"""Id of the built-in pack that runs at every site beside its own (PR-5)."""


class UnknownSite(LookupError):
    """No site of that id has been heard of; `id` names it."""

    def __init__(self, id: str) -> None:  # noqa: A002 -- the record's own word
        super().__init__(f"no site {id} in the directory")
        self.id = id


class UnknownPack(LookupError):
    """No pack of that id and version has been heard of; `id` and `version` name it."""

    def __init__(self, id: str, version: int | None = None) -> None:  # noqa: A002 -- the record's own word
        super().__init__(f"no pack {id} version {version or 'any'} in the directory")
        self.id = id
        self.version = version


class UnknownCaseType(LookupError):
    """Neither the site's pack nor the safety pack has that case type; `known` lists those that do exist."""

    def __init__(self, id: str, known: tuple[str, ...]) -> None:  # noqa: A002 -- the record's own word
        super().__init__(f"no case type {id}; there are {', '.join(known)}")
        self.id = id
        self.known = known


class Book:
    """Sites, departments, staff and packs, by id.

    Attributes:
        seq: DIRECTORY stream sequence applied last; decisions record it.
        staff: Index of people and rosters, for `shared.organisation.people.who`.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.staff = Staff()
        self._sites: dict[str, Site] = {}
        self._calendars: dict[str, Calendar] = {}
        self._departments: dict[str, dict[str, Department]] = {}
        self._vendors: dict[str, dict[str, Department]] = {}
        self._packs: dict[tuple[str, int], Pack] = {}
        self._offers: dict[str, _Visible] = {}

    def put_site(self, site: Site) -> None:
        """Take in a site, replacing what was known of it; ValueError if its calendar has no open hour."""
        self._calendars[site.id] = calendar_of(site)
        self._sites[site.id] = site
        self._offers.pop(site.id, None)

    def put_department(self, department: Department) -> None:
        """Take in a department, replacing what was known of it."""
        self._departments.setdefault(department.site, {})[department.id] = department
        vendors = self._vendors.setdefault(department.site, {})
        vendors.pop(department.id, None)
        if not department.internal:
            vendors[department.id] = department

    def put_person(self, person: Person) -> None:
        """Take in a person with all appointments, replacing what was known."""
        self.staff = self.staff.with_person(person)

    def put_roster(self, roster: Roster) -> None:
        """Take in a roster, replacing what was known of it."""
        self.staff = self.staff.with_roster(roster)

    def put_pack(self, pack: Pack) -> None:
        """Take in one version of a pack; other versions stay, because open cases pin them."""
        self._packs[pack.id, pack.version] = pack
        self._offers.clear()

    def sites(self) -> Iterator[Site]:
        """Every site, in the order first heard."""
        return iter(self._sites.values())

    def site(self, id: str) -> Site:  # noqa: A002 -- the record's own word
        """The site of that id, or UnknownSite."""
        try:
            return self._sites[id]
        except KeyError:
            raise UnknownSite(id) from None

    def pack(self, id: str, version: int) -> Pack:  # noqa: A002 -- the record's own word
        """The pack a case pinned, or UnknownPack."""
        try:
            return self._packs[id, version]
        except KeyError:
            raise UnknownPack(id, version) from None

    def packs(self) -> Iterator[Pack]:
        """Every pack known, all versions."""
        yield from self._packs.values()

    def pack_for(self, site: str, at: datetime) -> Pack:
        """The base pack new cases of the site open under at that instant (PR-2).

        Raises:
            UnknownSite, UnknownPack: Not in the directory (yet).
            NoPackYet: The site ran no pack at that instant.
        """
        active = self.site(site).pack_at(at)
        return self.pack(active.pack, active.version)

    def safety_pack(self, at: datetime) -> Pack:
        """The newest version of the safety pack in force at that instant, or UnknownPack."""
        versions = [pack for (id_, _), pack in self._packs.items() if id_ == SAFETY_PACK and _begun(pack, at)]
        if not versions:
            raise UnknownPack(SAFETY_PACK)
        return max(versions, key=lambda pack: pack.version)

    def case_types(self, site: str, at: datetime) -> tuple[tuple[Pack, CaseType], ...]:
        """Every case type of the site then, once each: its pack's, its profiles', the safety pack's (PR-1, PR-5)."""
        return tuple(self._visible(site, at).types.values())

    def packs_at(self, site: str, at: datetime) -> tuple[Pack, ...]:
        """The packs whose case types the site has then: base, profiles in the order listed, safety."""
        beside = (profile for profile in self.site(site).profiles if profile.at(at))
        profiles = (self.pack(profile.pack, profile.version) for profile in beside)
        return (self.pack_for(site, at), *profiles, self.safety_pack(at))

    def case_type(self, site: str, id: str, at: datetime) -> tuple[Pack, CaseType]:  # noqa: A002 -- see above
        """The case type a new case would open under, with its pack.

        Raises:
            UnknownCaseType: Neither pack has it.
        """
        visible = self._visible(site, at).types
        if id not in visible:
            raise UnknownCaseType(id, known=tuple(visible))
        return visible[id]

    def _visible(self, site: str, at: datetime) -> "_Visible":
        """What the site offers then; worked out once for each stretch of time in which nothing changes."""
        known = self._offers.get(site)
        if known is None or not known.at(at):
            known = self._offers[site] = _Visible(_types_of(self.packs_at(site, at)), *self._unchanged(site, at))
        return known

    def _unchanged(self, site: str, at: datetime) -> tuple[datetime | None, datetime | None]:
        """From when until when nothing begins or ends at the site."""
        here = self.site(site)
        ends = (end for one in here.profiles for end in (one.since, one.until))
        begins = (pack.since for (id_, _), pack in self._packs.items() if id_ == SAFETY_PACK)
        turns = [turn for turn in (*(one.since for one in here.packs), *ends, *begins) if turn is not None]
        return max((one for one in turns if one <= at), default=None), min((t for t in turns if t > at), default=None)

    def calendar(self, site: str) -> Calendar:
        """The site's opening hours, holidays and zone, or UnknownSite."""
        return self._calendars[self.site(site).id]

    def department_for(self, site: str, role: str) -> Department | None:
        """The site's department of that kind; its own before a vendor's; None where it has none."""
        kind = [d for d in self._departments.get(site, {}).values() if d.kind == role]
        return min(kind, key=lambda d: (not d.internal, d.id), default=None)

    def vendors(self, site: str) -> Mapping[str, Department]:
        """The outside parties of the site, by id."""
        return self._vendors.get(site, {})

    def departments(self, site: str) -> tuple[Department, ...]:
        """Every department and vendor of the site, by id."""
        return tuple(sorted(self._departments.get(site, {}).values(), key=lambda d: d.id))


@dataclass(frozen=True, slots=True)
class _Visible:
    """Case types by id, from *since* until before *until*."""

    types: dict[str, tuple[Pack, CaseType]]
    since: datetime | None
    until: datetime | None

    def at(self, instant: datetime) -> bool:
        return (self.since is None or self.since <= instant) and (self.until is None or instant < self.until)


def _types_of(packs: Iterable[Pack]) -> dict[str, tuple[Pack, CaseType]]:
    found: dict[str, tuple[Pack, CaseType]] = {}
    for pack in packs:
        for id_, case_type in pack.case_types.items():
            found.setdefault(id_, (pack, case_type))
    return found


def _begun(pack: Pack, at: datetime) -> bool:
    return pack.since is None or pack.since <= at
