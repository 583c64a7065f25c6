"""The whole of intake that is pure, in one object."""

from services.intake.commands import obey
from services.intake.reactions import react
from services.intake.state import Case
from shared.contracts.fold import Columns, Folds, Kind


def columns(case: Case) -> Columns:
    """Where the case is found: by site, by status, under its incident."""
    return Columns(site=case.site, status=case.index_status, parent=case.incident)


FOLDS = Folds(
    service="intake",
    hears=("dispatch", "escalation"),
    kinds=(Kind(prefix="case", state=Case, react=react, obey=obey, columns=columns),),
)
