"""Intake over HTTP: log, follow and change requests; incidents; imports; who lives where; loads of master data.

Source: design section 10.
"""

from services.intake.api import (
    alike,
    changes,
    estate,
    form,
    helping,
    imports,
    incidents,
    master_papers,
    masters,
    plans,
    requests,
    splitting,
)
from services.intake.api.means import Means
from services.intake.ports.loads import Papers


def routes(means: Means, papers: Papers) -> None:
    """Add every route of intake to the process's application, paths relative to its mount."""
    api = means.process.api
    for part in (alike, requests, splitting, changes, incidents, imports, estate, form, helping, masters, plans):
        part.add(api, means)
    master_papers.add(api, means, papers)
