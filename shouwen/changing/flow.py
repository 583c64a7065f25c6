"""A change against a running system: which sites, what would move, put in force, and how the moving stands."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from shared.organisation.calendar_changes import changed_calendar
from shared.organisation.records import CalendarRecord, Site
from shouwen.changing.paper import Paper
from shouwen.door import Door, SaidNo
from shouwen.importing.telling import Teller
from shouwen.words import Refused

PAGE = 500
FOLLOW_WITHIN = 60.0
LOOK_EVERY = 0.2
_SITE: TypeAdapter[Site] = TypeAdapter(Site)
_RECORD: TypeAdapter[CalendarRecord] = TypeAdapter(CalendarRecord)


@dataclass(slots=True)
class Outlook:
    """What a change would do to the open cases of a site.

    Attributes:
        moved: Clocks that would move, from their due instant to another.
        kept: Clocks that stay whatever the calendar: set by a decision, a limit, or late already.
        provisional: Years no notice is known of, and into which deadlines reach.
    """

    open_cases: int = 0
    moved: list[dict[str, Any]] = field(default_factory=list)
    kept: int = 0
    provisional: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Draft:
    """A site and the calendar it is to have; the one it has where nothing changes."""

    site: Site
    calendar: CalendarRecord

    @property
    def changes(self) -> bool:
        """Whether anything would be different."""
        return self.calendar.version != self.site.calendar.version

    @property
    def body(self) -> dict[str, Any]:
        """The calendar as requests carry it."""
        body: dict[str, Any] = _RECORD.dump_python(self.calendar, mode="json", exclude={"evidence"})
        return body


async def estates(door: Door, named: Sequence[str] = ()) -> list[Site]:
    """The sites of those codes or ids, in that order; every site where none is named.

    Raises:
        Refused: One of them does not exist.
    """
    known = await _sites(door)
    if not named:
        return sorted(known, key=lambda site: site.code)
    by_name = {site.code: site for site in known} | {site.id: site for site in known}
    unknown = [name for name in named if name not in by_name]
    if unknown:
        missing, codes = ", ".join(unknown), ", ".join(sorted(site.code for site in known)[:30])
        raise Refused(f"没有这个项目：{missing}。现有：{codes}", f"No such site: {missing}. There are: {codes}")
    return list({by_name[name].id: by_name[name] for name in named}.values())


async def _sites(door: Door) -> list[Site]:
    found: list[Site] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await door.read("/api/directory/records/site", cursor=cursor, limit=PAGE)
        found += [_SITE.validate_python(item["body"]) for item in page["items"]]
        cursor = page["cursor"]
    return found


def drafted(site: Site, paper: Paper) -> Draft:
    """What *paper* makes of a site's calendar."""
    return Draft(site, changed_calendar(site, paper.change, dated=paper.dated))


async def foreseen(door: Door, draft: Draft) -> Outlook:
    """The open cases the draft would move.

    Raises:
        SaidNo: The calendar is wrong, or the reader may not change it.
    """
    outlook, cursor = Outlook(), ""
    while True:
        asked = {"site": draft.site.id, "calendar": draft.body, "cursor": cursor}
        told = await door.post("/api/escalation/calendars/preview", asked)
        outlook.open_cases = told["open_cases"]
        outlook.moved += told["moved"]
        outlook.kept += told["kept"]
        outlook.provisional = sorted({*outlook.provisional, *told["provisional"]})
        cursor = told["cursor"]
        if cursor is None:
            return outlook


async def put_in_force(door: Door, draft: Draft, paper: Paper) -> str:
    """Approve the draft; the answer is the refusal's words, empty where it was taken."""
    body = {
        "calendar": draft.body,
        "evidence": {"source": paper.source, "dated": str(paper.dated)},
        "replaces": draft.site.calendar.version,
    }
    try:
        await door.put(f"/api/directory/sites/{draft.site.id}/calendar", body)
    except SaidNo as refusal:
        return str(refusal)
    return ""


async def followed(door: Door, drafts: Sequence[Draft], teller: Teller) -> dict[str, dict[str, Any]]:
    """How the moving stands at each site: waited for until done, for a minute at most."""
    loop = asyncio.get_running_loop()
    deadline, standing = loop.time() + FOLLOW_WITHIN, dict[str, dict[str, Any]]()
    for done, draft in enumerate(drafts, 1):
        while True:
            told = await door.read(f"/api/escalation/calendars/{draft.site.id}")
            if (told["swept"] and told["version"] == draft.calendar.version) or loop.time() > deadline:
                break
            await asyncio.sleep(LOOK_EVERY)
        standing[draft.site.id] = told
        teller.at(done, draft.site.code)
    return standing
