"""The sites of a source: under which id each is kept, and the records that make what is missing."""

import re
from collections.abc import Container
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any

from shouwen.importing.mapping import Mapping

ALWAYS_OPEN = [[{"start": 0, "end": 1440}]] * 7
SINCE = "1970-01-01T00:00:00+00:00"
SLUG_MOST = 60


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """The site of a row.

    Attributes:
        id: The site's id.
        code: The source's word for it, its code if it has to be made; None for a site that must be there.
    """

    id: str
    code: str | None = None


def place_of(code: str) -> Place:
    """The place a source calls *code*."""
    return Place(site_id(code), code)


def site_id(code: str) -> str:
    """The id of a source's place: its word in small letters, the same for ever.

    Two words of a source never share an id: one that is not simply capitals carries a short digest.
    """
    slug = re.sub(r"[^\w-]+", "-", code.lower()).strip("-")[:SLUG_MOST] or "site"
    if slug.upper() == code:
        return slug
    return f"{slug}-{blake2s(code.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


def site_record(place: Place, mapping: Mapping, pack_version: int) -> dict[str, Any]:
    """The directory record of a site that runs the mapping's pack since 1970, at all hours."""
    code = place.code or place.id
    name = mapping.sites.name.replace("{code}", code)
    body = {
        "code": code,
        "name": {"zh": name, "en": name},
        "zone": mapping.zone,
        "packs": [{"pack": mapping.pack, "version": pack_version, "since": SINCE}],
        "calendar": {"version": "imported-1", "weekly": ALWAYS_OPEN, "statutory": "none"},
    }
    return {"record": "site", "key": place.id, "body": body}


def department_record(site: str, role: str, name: Any, taken: Container[str]) -> dict[str, Any]:
    """The directory record of a site's department behind *role*; *taken* are keys it may not have."""
    plain = f"{site}-{role}"
    key = plain if plain not in taken else f"{plain}-{blake2s(plain.encode(), digest_size=4).hexdigest()}"
    body = {"site": site, "kind": role, "name": name or {"zh": role, "en": role}}
    return {"record": "department", "key": key, "body": body}
