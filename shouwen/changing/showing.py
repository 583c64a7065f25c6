"""Calendars, what a change would move, and how the moving stands, as a terminal shows it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.organisation.calendar_words import days_written, hours_written
from shared.organisation.records import CalendarRecord, Site
from shared.timekeeping.zones import limit_shown
from shouwen.changing.flow import Draft, Outlook

MOVED = ("案件\ncase", "时限\nclock", "名称\nname", "原定\nwas due", "改为\nwould be due")
WEEK = ("周一 Mon", "周二 Tue", "周三 Wed", "周四 Thu", "周五 Fri", "周六 Sat", "周日 Sun")
WIDEST = 40


def titled(site: Site) -> str:
    """A site by its code and both names."""
    return f"{site.code}  {site.name.zh} {site.name.en}"


def calendar_told(site: Site) -> Iterator[str]:
    """A site's calendar and its history, line by line."""
    now = site.calendar
    yield f"{titled(site)}  {site.zone}  版本 version {now.version}"
    yield f"  依据 evidence: {evidence_told(now)}"
    for day, spans in zip(WEEK, now.weekly, strict=True):
        yield f"  {day}  {hours_written(spans) or '休 closed'}"
    yield f"  法定节假日 public holidays: {'中国大陆 mainland China' if now.statutory == 'cn' else '不适用 none'}"
    yield f"  从休息日起算 counted from a closed day: {now.start_day}"
    for notice in now.notices:
        yield f"  {notice.year}  {notice.source}（{notice.published}）"
        yield f"    放假 off: {days_written(notice.off) or '—'}"
        yield f"    上班 worked: {days_written(notice.make_up) or '—'}"
    for special in now.special_days:
        yield f"  {special.day}  {hours_written(special.hours) or '关闭 closed'}  {special.note}".rstrip()
    for past in reversed(site.past_calendars):
        yield f"  曾用 before: {past.version}  {evidence_told(past)}"


def evidence_told(record: CalendarRecord) -> str:
    """The evidence of a version and who approved it."""
    proof = record.evidence
    if proof is None:
        return "未附依据 entered without one"
    return f"{proof.source}（{proof.dated}），{proof.approved_by} {proof.approved_at:%Y-%m-%d %H:%M}Z"


def moved_rows(draft: Draft, outlook: Outlook, most: int) -> list[tuple[str, ...]]:
    """The first *most* clocks that would move, 0 for all, with instants in the site's zone."""
    shown = outlook.moved[:most] if most else outlook.moved
    zone = draft.site.zone
    return [
        (
            one["number"],
            one["clock"],
            str(one["name"])[:WIDEST],
            _limit(one["due_at"], zone),
            _limit(one["would_be"], zone),
        )
        for one in shown
    ]


def _limit(stamp: str | None, zone: str) -> str:
    return limit_shown(datetime.fromisoformat(stamp), zone, seconds=True) if stamp else "—"


def outlook_told(draft: Draft, outlook: Outlook) -> Iterator[str]:
    """What would change at a site, in a line or two."""
    now, then = draft.site.calendar.version, draft.calendar.version
    if not draft.changes:
        yield f"{titled(draft.site)}  {now}：无变化 nothing would change"
        return
    counts = f"{len(outlook.moved)} 个时限会移动 clocks would move, {outlook.kept} 个不动 stay"
    yield f"{titled(draft.site)}  {now} → {then}：{outlook.open_cases} 件未结 open cases, {counts}"
    for year in outlook.provisional:
        yield f"  ⚠ {year} 年的放假通知未知，仍是暂定 no notice of {year} is known; those deadlines stay provisional"


def left_out(outlook: Outlook, most: int) -> str:
    """How many of the list were not shown; empty where all were."""
    rest = len(outlook.moved) - most if most else 0
    return f"  还有 {rest} 个，--most 0 全部列出 and {rest} more; --most 0 lists all" if rest > 0 else ""


def standing_told(site: Site, told: Mapping[str, Any]) -> Iterator[str]:
    """How the calendar of a site stands with its open cases, and its alarms."""
    moving = (
        "已按此版计算 all reckoned with it"
        if told["swept"]
        else f"正在移动，余 {told['left']} moving, {told['left']} left"
    )
    yield f"{titled(site)}  版本 version {told['version']}  {moving}，已移 moved {told['moved']}"
    for year in told["years"]:
        yield f"  {year['year']}  {_known(year)}"
    for alarm in told["provisional"]:
        count, year = alarm["deadlines"], alarm["year"]
        yield (
            f"  ⚠ 警报：{year} 年的放假通知未录入，已有 {count} 个期限落入该年"
            f" ALARM: the notice of {year} is missing and {count} open deadlines reach into it"
        )


def _known(year: Mapping[str, Any]) -> str:
    kinds = {"notice": "通知 notice", "table": "内置表 built-in table"}
    known = kinds.get(str(year["known_by"]), "未知，暂定 unknown, provisional")
    return f"{known}  {year['source'] or ''}".rstrip()


def as_data(drafts: Sequence[Draft], outlooks: Mapping[str, Outlook]) -> list[dict[str, Any]]:
    """The dry run for a program."""
    return [
        {
            "site": draft.site.id,
            "code": draft.site.code,
            "from_version": draft.site.calendar.version,
            "to_version": draft.calendar.version,
            "changes": draft.changes,
            "calendar": draft.body,
            "open_cases": outlooks[draft.site.id].open_cases,
            "moved": outlooks[draft.site.id].moved,
            "kept": outlooks[draft.site.id].kept,
            "provisional": outlooks[draft.site.id].provisional,
        }
        for draft in drafts
    ]
