"""Intake over HTTP: log, follow and change requests; incidents; imports; who lives where; loads of master data.

Source: design section 10.
"""

from services.intake.api import (
    changes,
    estate,
    form,
    imports,
    incidents,
    master_papers,
    masters,
    requests,
)
from services.intake.api.means import Means
from services.intake.ports.loads import Papers


def routes(means: Means, papers: Papers) -> None:
    """Add every route of intake to the process's application, paths relative to its mount."""
    api = means.process.api
    for part in (requests, changes, incidents, imports, estate, form, masters):
        part.add(api, means)
    master_papers.add(api, means, papers)
