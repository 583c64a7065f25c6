"""The sites of a source: under which id each is kept, and the record that makes a missing one."""

import re
from hashlib import blake2s
from typing import Any

from shouwen.importing.mapping import Mapping

ALWAYS_OPEN = [[{"start": 0, "end": 1440}]] * 7
SINCE = "1970-01-01T00:00:00+00:00"
SLUG_MOST = 60


def site_id(code: str) -> str:
    """The id of a source's place: its word in small letters, the same for ever.

    Two words of a source never share an id: one that is not simply capitals carries a short digest.
    """
    slug = re.sub(r"[^\w-]+", "-", code.lower()).strip("-")[:SLUG_MOST] or "site"
    if slug.upper() == code:
        return slug
    return f"{slug}-{blake2s(code.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


def site_record(code: str, mapping: Mapping, pack_version: int) -> dict[str, Any]:
    """The directory record of a site that runs the mapping's pack since 1970, at all hours."""
    name = mapping.sites.name.replace("{code}", code)
    body = {
        "code": code,
        "name": {"zh": name, "en": name},
        "zone": mapping.zone,
        "packs": [{"pack": mapping.pack, "version": pack_version, "since": SINCE}],
        "calendar": {"version": "imported-1", "weekly": ALWAYS_OPEN, "statutory": "none"},
    }
    return {"record": "site", "key": site_id(code), "body": body}
