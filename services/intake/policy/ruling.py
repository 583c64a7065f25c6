"""Under which rules a request stands: its site, its pack, its case type."""

from dataclasses import dataclass
from datetime import datetime

from shared.organisation.records import Department, NoPackYet, Site
from shared.rules.book import Book, UnknownCaseType, UnknownPack
from shared.rules.conditions import Matter
from shared.rules.grading import parameter, switches_on
from shared.rules.limits import whole
from shared.rules.model import CaseType, Pack
from shared.rules.words import CaseKind, Flag, Validity

CIRCUMSTANCES = frozenset(Flag) - {Flag.SOLVED_SAME_DAY, Flag.SOLVED_LATER, Flag.UNSATISFIED, Flag.NO_CONTACT}
"""Circumstances the desk may state; those left out follow from the completion, from what the customer answered, and
from whether he has left a way to reach him."""

LATE_ENTRY_MINUTES = 30
"""Product default for a pack that names no ``late_entry_minutes`` (requirements §9.1)."""


@dataclass(frozen=True, slots=True)
class Under:
    """The rules a request stands under."""

    site: Site
    pack: Pack
    case_type: CaseType

    def matter(
        self, *, category: str, severity: str, validity: str = Validity.UNJUDGED, flags: frozenset[str]
    ) -> Matter:
        """The circumstances as conditions of the pack see them; *flags* with the switches of the case."""
        return Matter(severity, Validity(validity), category, flags)

    def switches(self) -> frozenset[str]:
        """Variants the site has on now; a case keeps those it opened with."""
        return switches_on(self.pack, self.site.parameters)

    def late_entry_minutes(self) -> int:
        """Minutes after which an entry counts as late."""
        stated = whole(parameter(self.pack, "late_entry_minutes", self.site.parameters))
        return LATE_ENTRY_MINUTES if stated is None else stated


def rules_at(book: Book, *, site: str, case_type: str, at: datetime) -> Under:
    """The rules a request logged at that instant opens under.

    Raises:
        UnknownSite, UnknownPack, UnknownCaseType, NoPackYet: There are none.

    Source: PR-2, PR-5.
    """
    pack, found = book.case_type(site, case_type, at)
    return Under(book.site(site), pack, found)


def rules_of_the_past(book: Book, *, site: str, case_type: str, received_at: datetime, now: datetime) -> Under:
    """The rules of an imported request: those of its day, or today's where the site ran no pack then."""
    try:
        return rules_at(book, site=site, case_type=case_type, at=received_at)
    except (NoPackYet, UnknownPack):
        return rules_at(book, site=site, case_type=case_type, at=now)


def rules_pinned(book: Book, *, site: str, pack: str, version: int, case_type: str) -> Under:
    """The rules a case pinned when it opened, for one of its pack's case types.

    Raises:
        UnknownCaseType: Its pack has no such case type.
    """
    pinned = book.pack(pack, version)
    if case_type not in pinned.case_types:
        raise UnknownCaseType(case_type, known=tuple(pinned.case_types))
    return Under(book.site(site), pinned, pinned.case_types[case_type])


def incident_type(book: Book, *, site: str, at: datetime) -> str:
    """The case type of an incident where nobody named one: the site's own, else the safety pack's emergency."""
    visible = [found for _, found in book.case_types(site, at)]
    for kind in (CaseKind.INCIDENT, CaseKind.EMERGENCY):
        for found in visible:
            if found.kind is kind:
                return found.id
    raise UnknownCaseType("incident", known=tuple(found.id for found in visible))


def department_of(book: Book, *, site: str, role: str | None) -> Department | None:
    """The site's department behind a role of the pack; None where it has none."""
    return book.department_for(site, role) if role is not None else None
