"""Matters already open when a site goes live: from a row of its previous register to a case of the past."""

from datetime import datetime

from services.intake.commands.words import CallerGiven, ImportCase
from services.intake.policy.masters.records import CATEGORY, Matter
from shared.contracts.history import Act, ActName, History

_DONE: dict[str, tuple[ActName, ...]] = {
    "accepted": ("accepted",),
    "started": ("accepted", "started"),
    "completed": ("accepted", "started", "completed"),
}
"""What has happened with a matter in a state. The register knows the state, not since when."""


def source_of(site: str) -> str:
    """Names the register the matters of *site* come from; with the number there, each is brought once."""
    return f"go_live:{site}"


def brought(matter: Matter, site: str, now: datetime) -> ImportCase:
    """The command that makes *matter* a case; nobody is told about what was due before *now*.

    Raises:
        pydantic.ValidationError: A field is longer or other than a case can hold.
    """
    acts = tuple(Act(act=act, at=now, by=matter.handler) for act in _DONE.get(matter.state, ()))
    return ImportCase(
        site=site,
        case_type=matter.case_type,
        category=matter.category or CATEGORY,
        severity=matter.severity,
        unit=matter.unit,
        department=matter.department,
        caller=CallerGiven(name=matter.contact or None, phone=matter.phone),
        content=matter.content,
        demand=matter.note,
        received_at=matter.received_at,
        customer_limit=matter.due_at,
        history=History(source=source_of(site), key=matter.id, acts=acts, quiet_until=now),
    )


def as_of(command: ImportCase, going_live: datetime) -> ImportCase:
    """The same, judged when the file was read, as of the instant the load was applied."""
    acts = tuple(act.model_copy(update={"at": going_live}) for act in command.history.acts)
    history = command.history.model_copy(update={"acts": acts, "quiet_until": going_live})
    return command.model_copy(update={"history": history})
