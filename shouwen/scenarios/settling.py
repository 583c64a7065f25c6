"""What the directory would say to a scenario's site, by its own rules."""

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from services.directory.api.settling import sentence_of, setting_refused
from services.directory.policy.going_live import Settled, spoilt_list, unsettled
from services.directory.policy.references import Known
from services.directory.policy.site_settings import wrong_settings
from shared.contracts.fold import Refusal
from shared.organisation.records import Site
from shared.packs.schema import to_wire
from shouwen.scenarios.cast import Packs

SITES: TypeAdapter[Site] = TypeAdapter(Site)


def body_of(site: Site) -> dict[str, Any]:
    """The record as the directory keeps it."""
    body: dict[str, Any] = SITES.dump_python(site, mode="json")
    return body


@lru_cache(maxsize=64)
def known_of(packs: Packs) -> Known:
    """What the directory knows of these packs."""
    known = Known()
    for pack in packs.of:
        known.add("pack", to_wire(pack))
    return known


def saved(site: Site) -> Refusal | None:
    """What the directory would refuse of the site's settings; None where it takes them."""
    body = body_of(site)
    wrong = [setting_refused(one) for one in wrong_settings(body)]
    return wrong[0] if wrong else _refusal(spoilt_list(body))


def gone_live(site: Site, packs: Packs) -> Refusal | None:
    """Why the site cannot go live; None where it can."""
    return _refusal(tuple(one for one in unsettled(body_of(site), known_of(packs)) if one.refused))


def _refusal(wrong: tuple[Settled, ...]) -> Refusal | None:
    found = [Refusal(why=one.lack.value, text=sentence_of(one), status=422, field=one.path) for one in wrong]
    return found[0] if found else None
