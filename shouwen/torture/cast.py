"""Who and what there is in every simulated world: the sample group, its people, and what can be reported there."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from shared.contracts.fold import Actor, Grant
from shared.organisation.records import Department, Person, Roster, Site
from shared.packs.loader import builtin
from shared.rules.book import Book
from shared.rules.forms import FormField
from shouwen.demo.loading import sample_group
from shouwen.demo.records import records


@dataclass(frozen=True, slots=True)
class Matter:
    """Something a resident can report."""

    site: str
    case_type: str
    category: str
    severity: str
    form: tuple[FormField, ...] = ()


@cache
def book() -> Book:
    """The directory of the sample group; nobody changes it while a world lives."""
    made = Book()
    kinds: dict[str, tuple[TypeAdapter[Any], Any]] = {
        "site": (TypeAdapter(Site), made.put_site),
        "department": (TypeAdapter(Department), made.put_department),
        "person": (TypeAdapter(Person), made.put_person),
        "roster": (TypeAdapter(Roster), made.put_roster),
    }
    for pack in builtin():
        made.put_pack(pack)
    for record in records(sample_group()):
        if record["record"] in kinds:
            adapter, put = kinds[record["record"]]
            put(adapter.validate_python(record["body"]))
    return made


@cache
def people() -> tuple[Actor, ...]:
    """Everybody of the sample group, each with every right: what is refused then is refused by the rules."""
    everybody = sorted(
        (r["body"] for r in records(sample_group()) if r["record"] == "person"), key=lambda body: str(body["id"])
    )
    return tuple(_actor(body) for body in everybody)


def _actor(body: dict[str, Any]) -> Actor:
    roles: dict[str, tuple[str, ...]] = {}
    for held in body["appointments"]:
        roles[held["site"]] = (*roles.get(held["site"], ()), held["role"])
    return Actor(
        account=f"a-{body['id']}", name=body["name"], person=body["id"], grants=(Grant("*", "admin"),), roles=roles
    )


@cache
def matters() -> tuple[Matter, ...]:
    """Everything that can be reported somewhere."""
    packs = {pack.id: pack for pack in builtin()}
    return tuple(
        Matter(site["id"], kind.id, category.id, severity.id, kind.form)
        for site in sample_group()["sites"]
        for pack in (packs[site["pack"]], packs["G-SAFETY"])
        for kind in pack.case_types.values()
        for category in kind.categories
        for severity in kind.severities
    )
