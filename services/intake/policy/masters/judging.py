"""A whole file, judged: each row becomes a record or findings, and what only all rows show is found at the end."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, groupby, islice

from services.intake.policy.masters.across import Across
from services.intake.policy.masters.cells import Hidden, Read, SheetRow
from services.intake.policy.masters.findings import NOTHING, Finding
from services.intake.policy.masters.headings import LOOKED_AT, is_for_people, layout_of
from services.intake.policy.masters.known import Known
from services.intake.policy.masters.sheet_judging import Judged, Rows, Setting
from shared.organisation.records import Named


def judge(read: Iterable[Read], known: Known, today: date, zone: str) -> Iterator[Judged]:
    """Records and findings in the order of the file, then what only all rows together show.

    Args:
        read: Rows, those of one sheet together.
        known: What the site has already.
        today: The site's date.
        zone: The site's IANA zone, in which the file's times are meant.
    """
    across = Across(known)
    nothing = True
    for name, items in groupby(read, key=lambda item: item.sheet):
        for found in _sheet(name, items, Setting(known, today, zone), across):
            nothing = False
            yield found
    yield from across.end()
    if nothing:
        yield Finding("", 0, "", NOTHING, "", "nothing_said", _NOTHING, _FILL_IN)


def _sheet(name: str, items: Iterable[Read], setting: Setting, across: Across) -> Iterator[Judged]:
    later = iter(items)
    first = list(islice(later, LOOKED_AT))
    rows = [item for item in first if isinstance(item, SheetRow)]
    if not rows or is_for_people(rows[0]):
        return
    if any(isinstance(item, Hidden) for item in first):
        yield Finding(name, 0, "", NOTHING, "", "sheet_hidden", _HIDDEN, _UNHIDE)
    layout, faults = layout_of(name, rows)
    yield from faults
    if layout is None:
        return
    judge_rows = Rows(layout, setting, across)
    for item in chain(first, later):
        yield from judge_rows.item(item)


_NOTHING = Named("文件里没有填写任何内容", "Nothing is filled in")
_FILL_IN = Named("在模板的示例行下面填写", "Fill in the template, below its example")
_HIDDEN = Named("这张表被隐藏，填表的人看不见它", "The sheet is hidden; whoever fills it in cannot see it")
_UNHIDE = Named("取消隐藏，或删去这张表", "Unhide it, or delete the sheet")
