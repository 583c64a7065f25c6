"""Intake over HTTP: log, follow and change requests; incidents; imports; who lives where.

Source: design section 10.
"""

from services.intake.api import changes, estate, form, imports, incidents, requests
from services.intake.api.means import Means
from services.intake.ports import Cases, Estate, Numbers
from shared.process.service import ServiceProcess


def routes(process: ServiceProcess, *, numbers: Numbers, estate_register: Estate, cases: Cases) -> None:
    """Add every route of intake to the process's application, paths relative to its mount."""
    means = Means(process, numbers, estate_register, cases)
    for part in (requests, changes, incidents, imports, estate, form):
        part.add(process.api, means)
