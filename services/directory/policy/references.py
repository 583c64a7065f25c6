"""What a record refers to must be there; the one table of who names whom."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.directory.policy.profiles import clashes
from shared.organisation.records import Named

SAFETY_PACK = "G-SAFETY"
Body = Mapping[str, Any]


class Fault(StrEnum):
    """What is wrong with a reference."""

    NO_SITE = "no_site"
    NO_DEPARTMENT = "no_department"
    NO_PERSON = "no_person"
    NO_ACCOUNT = "no_account"
    NO_PACK = "no_pack"
    NO_ROLE = "no_role"
    PROFILES_CLASH = "profiles_clash"
    CODE_TAKEN = "code_taken"
    USERNAME_TAKEN = "username_taken"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One reference at fault.

    Attributes:
        path: JSON pointer within the record's body.
        named: What the body says there.
        instead: What could stand there, where the choice is short.
    """

    path: str
    fault: Fault
    named: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What may be referred to.

    Attributes:
        codes: Site id by code; ``usernames`` account id by username, lower case.
        packs_of: Packs a site ever runs, profiles included, as (id, version).
        roles: Roles a pack speaks of, by (id, version).
        case_types: Case types a pack has, likewise.
        required: Parameters a site has to set before it goes live, by name, likewise.
    """

    sites: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    packs_of: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    usernames: dict[str, str] = field(default_factory=dict)
    roles: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    case_types: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)
    required: dict[tuple[str, int], dict[str, Named]] = field(default_factory=dict)

    def add(self, record: str, body: Body) -> None:
        """Take in a record; bodies need only what is referred to."""
        adding = _ADD.get(record)
        if adding is not None:
            adding(self, body)

    def roles_at(self, site: str) -> frozenset[str]:
        """Every role of the packs the site runs, and of the safety pack."""
        safety = (pack for pack in self.roles if pack[0] == SAFETY_PACK)
        packs = {*self.packs_of.get(site, ()), *safety}
        return frozenset().union(*(self.roles.get(pack, frozenset()) for pack in packs))


def _add_site(known: Known, body: Body) -> None:
    known.sites.add(body["id"])
    known.codes[body["code"]] = body["id"]
    packs = (*body["packs"], *(body.get("profiles") or ()))
    known.packs_of[body["id"]] = tuple((one["pack"], one["version"]) for one in packs)


def _add_department(known: Known, body: Body) -> None:
    known.departments[body["id"]] = body["site"]


def _add_person(known: Known, body: Body) -> None:
    known.people.add(body["id"])


def _add_account(known: Known, body: Body) -> None:
    known.accounts.add(body["id"])
    known.usernames[body["username"].casefold()] = body["id"]


def _add_pack(known: Known, body: Body) -> None:
    key = body["id"], body["version"]
    known.roles[key] = frozenset(body["roles"])
    known.case_types[key] = frozenset(body.get("case_types") or ())
    known.required[key] = {
        name: Named(**(one.get("name") or {"zh": name, "en": name}))
        for name, one in (body.get("parameters") or {}).items()
        if one.get("required")
    }


_ADD: Mapping[str, Callable[[Known, Body], None]] = {
    "site": _add_site,
    "department": _add_department,
    "person": _add_person,
    "account": _add_account,
    "pack": _add_pack,
}


def wrong_references(record: str, body: Body, known: Known) -> tuple[Wrong, ...]:
    """Everything *body* refers to that is not in *known*, in the body's order."""
    checking = _CHECK.get(record)
    return tuple(checking(body, known)) if checking else ()


def _site(path: str, site: str, known: Known) -> Iterable[Wrong]:
    if site not in known.sites:
        yield Wrong(path, Fault.NO_SITE, site)


def _person(path: str, person: str | None, known: Known) -> Iterable[Wrong]:
    if person is not None and person not in known.people:
        yield Wrong(path, Fault.NO_PERSON, person)


def _role(path: str, role: str, site: str, known: Known) -> Iterable[Wrong]:
    roles = known.roles_at(site)
    if site in known.sites and role not in roles:
        yield Wrong(path, Fault.NO_ROLE, role, tuple(sorted(roles)))


def _check_site(body: Body, known: Known) -> Iterable[Wrong]:
    if known.codes.get(body["code"], body["id"]) != body["id"]:
        yield Wrong("/code", Fault.CODE_TAKEN, body["code"])
    for part in ("packs", "profiles"):
        for place, one in enumerate(body.get(part) or ()):
            if (one["pack"], one["version"]) not in known.roles:
                there = tuple(sorted(f"{pack} v{version}" for pack, version in known.roles))
                yield Wrong(f"/{part}/{place}", Fault.NO_PACK, f"{one['pack']} v{one['version']}", there)
    for clash in clashes(body, known.case_types):
        named = f"{clash.case_type} ({clash.one}, {clash.other})"
        yield Wrong(f"/profiles/{clash.place}", Fault.PROFILES_CLASH, named)


def _check_department(body: Body, known: Known) -> Iterable[Wrong]:
    yield from _site("/site", body["site"], known)
    yield from _role("/kind", body["kind"], body["site"], known)


def _check_person(body: Body, known: Known) -> Iterable[Wrong]:
    for place, one in enumerate(body["appointments"]):
        yield from _site(f"/appointments/{place}/site", one["site"], known)
        yield from _role(f"/appointments/{place}/role", one["role"], one["site"], known)
        yield from _department(f"/appointments/{place}/department", one, known)
    for place, one in enumerate(body["absences"]):
        yield from _person(f"/absences/{place}/substitute", one["substitute"], known)


def _department(path: str, appointment: Body, known: Known) -> Iterable[Wrong]:
    department, site = appointment["department"], appointment["site"]
    if department is not None and known.departments.get(department) != site:
        there = tuple(sorted(id_ for id_, where in known.departments.items() if where == site))
        yield Wrong(path, Fault.NO_DEPARTMENT, department, there)


def _check_roster(body: Body, known: Known) -> Iterable[Wrong]:
    yield from _site("/site", body["site"], known)
    yield from _role("/role", body["role"], body["site"], known)
    for place, shift in enumerate(body["shifts"]):
        yield from _person(f"/shifts/{place}/person", shift["person"], known)


def _check_account(body: Body, known: Known) -> Iterable[Wrong]:
    yield from _person("/person", body["person"], known)
    if known.usernames.get(body["username"].casefold(), body["id"]) != body["id"]:
        yield Wrong("/username", Fault.USERNAME_TAKEN, body["username"])
    for place, grant in enumerate(body["grants"]):
        if grant["site"] != "*":
            yield from _site(f"/grants/{place}/site", grant["site"], known)


def _check_token(body: Body, known: Known) -> Iterable[Wrong]:
    if body["account"] not in known.accounts:
        yield Wrong("/account", Fault.NO_ACCOUNT, body["account"])


_CHECK: Mapping[str, Callable[[Body, Known], Iterable[Wrong]]] = {
    "site": _check_site,
    "department": _check_department,
    "person": _check_person,
    "roster": _check_roster,
    "account": _check_account,
    "token": _check_token,
}
