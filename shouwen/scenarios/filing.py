"""Issues of registers in a scenario: signed, filed and destroyed by reporting's own rules."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.reporting.api.refusing import refusal, signing_roles
from services.reporting.policy.filing import (
    RETENTION,
    Filed,
    bar_to_destroy,
    bar_to_file,
    bar_to_sign,
    kept_until,
    years_kept,
)
from services.reporting.ports.registers import Paper
from shared.contracts.fold import Refusal
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.cast import SITE
from shouwen.scenarios.model import Act
from shouwen.scenarios.registers import paper_of, usual_month

Said = Mapping[str, Any]


def sign(stage: Stage, act: Act, said: Said) -> Refusal | None:
    """Sign the issue of a month or week."""
    key, filed, paper = _taken_out(stage, said)
    actor, now = stage.actor(act.by), stage.world.now
    roles = signing_roles(actor.person, actor.roles_at(SITE), paper.register, stage.world.book, SITE, now)
    bar = bar_to_sign(paper.register, filed, paper.digest, roles=roles, over=paper.over, now=now)
    if bar is None:
        stage.filings[key] = replace(
            filed,
            signed_by=actor.person,
            signed_as=paper.register.signed_by,
            signed_at=now,
            signed_digest=paper.digest,
        )
    return refusal(bar, paper) if bar is not None else None


def put_away(stage: Stage, act: Act, said: Said) -> Refusal | None:
    """File the issue."""
    key, filed, paper = _taken_out(stage, said)
    now = stage.world.now
    bar = bar_to_file(paper.register, filed, paper.digest, over=paper.over, now=now)
    if bar is None:
        stage.filings[key] = replace(filed, archived_by=act.by or None, archived_at=now)
    return refusal(bar, paper) if bar is not None else None


def destroy(stage: Stage, _act: Act, said: Said) -> Refusal | None:
    """Destroy a filed issue."""
    key, filed, paper = _taken_out(stage, said)
    now, site = stage.world.now, stage.world.book.site(SITE)
    years = years_kept(paper.register, site.parameters.get(RETENTION))
    bar = bar_to_destroy(filed, years, site.zone, now)
    if bar is None:
        del stage.filings[key]
        return None
    return refusal(bar, paper, kept_until(filed.archived_at or now, years, site.zone))


def _taken_out(stage: Stage, said: Said) -> tuple[tuple[str, str], Filed, Paper]:
    key = (str(said["register"]), str(said.get("month") or usual_month(stage)))
    return key, stage.filings.get(key, Filed()), paper_of(stage, *key)
