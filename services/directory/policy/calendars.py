"""What a site's calendars become when its record is written: none is lost, and no version says two things.

Deadlines name the version they were reckoned with, and explain themselves by it for as long as their case is kept.

Source: design section 7.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.organisation.records import CalendarRecord, Evidence


@dataclass(frozen=True, slots=True)
class Kept:
    """The calendar in force and those before it, oldest first."""

    calendar: CalendarRecord
    past: tuple[CalendarRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Who puts a calendar in force, and when."""

    by: str
    at: datetime


class VersionTaken(ValueError):
    """The site has had another calendar under that version; `version` names it."""

    def __init__(self, version: str) -> None:
        super().__init__(f"calendar version {version} says something else already")
        self.version = version


def kept_with(asked: CalendarRecord, kept: Kept, approval: Approval) -> Kept:
    """The calendars after *asked* is written; one that says what is in force already changes nothing.

    Raises:
        VersionTaken: *asked* says something else under a version the site has or had.
    """
    if asked.version == kept.calendar.version:
        if not same_content(asked, kept.calendar):
            raise VersionTaken(asked.version)
        return kept
    if any(past.version == asked.version for past in kept.past):
        raise VersionTaken(asked.version)
    return Kept(approved(asked, approval), (*kept.past, kept.calendar))


def same_content(one: CalendarRecord, other: CalendarRecord) -> bool:
    """Whether two calendars count alike, whatever they are called and whoever approved them."""
    return replace(one, version="", evidence=None) == replace(other, version="", evidence=None)


def approved(record: CalendarRecord, approval: Approval) -> CalendarRecord:
    """The record with its evidence signed by who really puts it in force; one without evidence stays so."""
    if record.evidence is None:
        return record
    told = record.evidence
    return replace(record, evidence=Evidence(told.source, told.dated, approval.by, approval.at))
