"""What a site has to have said before it goes live: the parameters its packs ask for, the emergency numbers.

Source: requirements N-45, R-46, ESC-3a; AS-185, AS-186.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.directory.policy.profiles import PackKey, shadowed, shown
from services.directory.policy.references import Known
from shared.organisation.emergency import PREFIX, emergency_numbers
from shared.organisation.records import Named

Body = Mapping[str, Any]


class Lack(StrEnum):
    """What is wrong with a site's settings."""

    PARAMETER = "parameter_missing"
    NUMBER = "emergency_number_missing"
    SHADOWED = "case_type_shadowed"


@dataclass(frozen=True, slots=True)
class Settled:
    """One thing that is missing, or said in vain.

    Attributes:
        path: JSON pointer within the site's body.
        refused: Whether the site cannot go live with it.
        named: What it is.
        pack: Whose rule asks for it, or which pack shadows it.
    """

    lack: Lack
    path: str
    named: Named
    refused: bool = False
    pack: str = ""
    shadowed: str = ""


def unsettled(body: Body, known: Known) -> tuple[Settled, ...]:
    """Everything a site of that *body* still lacks, what stands in the way first."""
    found = (*_parameters(body, known), *_numbers(body), *_shadowed(body, known))
    return tuple(sorted(found, key=lambda one: not one.refused))


def spoilt_list(body: Body) -> tuple[Settled, ...]:
    """Whom a list of emergency numbers may not leave out, once a site has one."""
    listed = emergency_numbers(body.get("parameters") or {})
    if all(one.number is None for one in listed):
        return ()
    return tuple(one for one in _numbers(body) if one.refused)


def _parameters(body: Body, known: Known) -> Iterator[Settled]:
    said = body.get("parameters") or {}
    for pack in dict.fromkeys(_packs(body)):
        for name, wanted in known.required.get(pack, {}).items():
            if not str(said.get(name, "")).strip() and not name.startswith(PREFIX):
                yield Settled(Lack.PARAMETER, f"/parameters/{name}", wanted, refused=True, pack=shown(pack))


def _packs(body: Body) -> Iterator[PackKey]:
    for one in (*body["packs"], *(body.get("profiles") or ())):
        yield one["pack"], one["version"]


def _numbers(body: Body) -> Iterator[Settled]:
    for one in emergency_numbers(body.get("parameters") or {}):
        if one.number is None:
            yield Settled(Lack.NUMBER, f"/parameters/{PREFIX}{one.id}", one.name, refused=one.required)


def _shadowed(body: Body, known: Known) -> Iterator[Settled]:
    for one in shadowed(body, known.case_types):
        named = Named(one.case_type, one.case_type)
        yield Settled(Lack.SHADOWED, f"/profiles/{one.place}", named, pack=one.base, shadowed=one.profile)
