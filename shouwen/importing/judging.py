"""One row: the command that brings it, or why it is unusable. Reads nothing but what it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.contracts.fields import LINE_MOST, PROSE_MOST, Line, Prose
from shared.contracts.wording import Text
from shared.web.wording import Voice
from shouwen.importing.dates import FUTURE, IMPOSSIBLE, BadDate, Reader, Stated
from shouwen.importing.mapping import Mapping
from shouwen.importing.places import Place
from shouwen.importing.reading import Layout
from shouwen.importing.rows import BLANK, Doubt, Unusable
from shouwen.importing.translating import category_of, channel_of, department_of, severity_of, site_of
from shouwen.words import Words

EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
DAMAGED = Words("有不是 UTF-8 的字符", "has characters that are not UTF-8")
CLOSED_EARLY = Words("结束早于受理，按受理时间结束", "closed before it was received; taken as closed when received")
NO_END = Words("按未结案导入", "imported as still open")
NO_LIMIT = Words("期限未导入", "imported without a limit")
DUE_EARLY = Words("期限不晚于受理；期限未导入", "due no later than it was received; imported without a limit")
OVER_WITHOUT_END = Words(
    "状态为已结，但没有结束时间；按未结案导入", "over by its status, but without an end; imported as still open"
)
OPEN_WITH_END = Words("状态为未结，但有结束时间；按已结案导入", "open by its status, but has an end; imported as ended")
MENDED = Words("文字有坏字符或过长，已修整", "the text had damaged characters or was too long and was mended")
PROSE, LINES = ("content", "place"), ("unit", "caller", "phone")
CALLER = {"caller": "name", "phone": "phone"}
"""Parts of a row that make up the caller, and what the command calls them."""
_LINE: TypeAdapter[str] = TypeAdapter(Line)
_PROSE: TypeAdapter[str] = TypeAdapter(Prose)


@dataclass(frozen=True, slots=True)
class Case:
    """A row ready to be sent.

    Attributes:
        line: Where it begins in the file.
        place: The site it belongs to.
        body: The import command as JSON.
    """

    line: int
    key: str
    place: Place
    body: dict[str, Any]
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the rows of one file; a row is a list of trimmed cells."""

    mapping: Mapping
    layout: Layout
    now: datetime

    def shape(self, cells: Sequence[str]) -> Sequence[str]:
        """The cells of a whole row; blank ones beyond the header are dropped.

        Raises:
            Unusable: Fewer or more cells than the header has.
        """
        wanted = len(self.layout.header)
        if len(cells) < wanted or any(cells[wanted:]):
            words = Words(
                f"有 {len(cells)} 格，表头有 {wanted} 格", f"has {len(cells)} cells where the header has {wanted}"
            )
            raise Unusable("", ",".join(cells), words)
        return cells[:wanted]

    def key(self, cells: Sequence[str]) -> str:
        """The key of a row, or Unusable."""
        return self._line("key", self._cell("key", cells))

    def case(self, line: int, cells: Sequence[str]) -> Case:
        """The case of a row, or Unusable."""
        key = self.key(cells)
        place = site_of(self.mapping, self._line_or_blank("site", cells))
        received, shifted = self._received(cells)
        words = self._words(cells)
        closed_at, ended = self._closed(cells, received)
        limit, limited = self._limit(cells, received)
        prose, mended = self._prose(cells)
        body = {
            "site": place.id,
            "case_type": self.mapping.case_type,
            "keep_category": self.mapping.categories.keep,
            "received_at": received.isoformat(),
            "history": self._history(key, closed_at),
        }
        doubts = (*shifted, *ended, *self._standing(cells, closed_at), *limited, *mended)
        return Case(line, key, place, body | words | limit | prose, doubts)

    def _words(self, cells: Sequence[str]) -> dict[str, str]:
        """The source's words as words of ours; what is left out takes its usual course."""
        mapping = self.mapping
        found = {
            "category": self._line("category", category_of(mapping, self._cell("category", cells))),
            "severity": severity_of(mapping, self._cell("severity", cells)),
            "department": department_of(mapping, self._cell("department", cells)),
        }
        if mapping.columns.channel is not None:
            found["channel"] = channel_of(mapping, self._cell("channel", cells))
        return {name: word for name, word in found.items() if word is not None}

    def _history(self, key: str, closed_at: datetime | None) -> dict[str, Any]:
        acts = [{"act": self.mapping.closed_as, "at": closed_at.isoformat()}] if closed_at is not None else []
        return {"source": self.mapping.source, "key": key, "acts": acts, "quiet_until": self.now.isoformat()}

    def _cell(self, part: str, cells: Sequence[str]) -> str:
        place = self.layout.places.get(part)
        return cells[place] if place is not None else ""

    def _line_or_blank(self, part: str, cells: Sequence[str]) -> str:
        written = self._cell(part, cells)
        return self._line(part, written) if written else ""

    def _line(self, part: str, value: str) -> str:
        if not value:
            raise Unusable(part, value, BLANK)
        try:
            return _LINE.validate_python(value)
        except ValidationError as wrong:
            raise Unusable(part, value, words_of(wrong)) from None

    def _received(self, cells: Sequence[str]) -> tuple[datetime, tuple[Doubt, ...]]:
        stated = self._instant("received", cells, Reader(self.mapping, self.now).received)
        if stated.at < EARLIEST:
            raise Unusable("received", self._cell("received", cells), IMPOSSIBLE)
        return stated.at, self._odd("received", cells, stated)

    def _closed(self, cells: Sequence[str], received_at: datetime) -> tuple[datetime | None, tuple[Doubt, ...]]:
        written = self._cell("closed", cells)
        if not written:
            return None, ()
        reader = Reader(self.mapping, self.now)
        try:
            stated = self._instant("closed", cells, lambda value: reader.closed(value, received_at))
        except Unusable as bad:
            # The matter was received whatever became of it; an end nobody can read is not made up.
            return None, (Doubt("closed", written, _both(bad.words, NO_END)),)
        if stated.at < received_at:
            return received_at, (Doubt("closed", written, CLOSED_EARLY),)
        return stated.at, self._odd("closed", cells, stated)

    def _limit(self, cells: Sequence[str], received_at: datetime) -> tuple[dict[str, str], tuple[Doubt, ...]]:
        written = self._cell("due", cells)
        if not written:
            return {}, ()
        try:
            stated = self._instant("due", cells, Reader(self.mapping, self.now).due)
        except Unusable as bad:
            return {}, (Doubt("due", written, _both(bad.words, NO_LIMIT)),)
        if stated.at <= received_at:
            return {}, (Doubt("due", written, DUE_EARLY),)
        return {self.mapping.due_is: stated.at.isoformat()}, self._odd("due", cells, stated)

    def _odd(self, part: str, cells: Sequence[str], stated: Stated) -> tuple[Doubt, ...]:
        return (Doubt(part, self._cell(part, cells), stated.doubt),) if stated.doubt is not None else ()

    def _standing(self, cells: Sequence[str], closed_at: datetime | None) -> tuple[Doubt, ...]:
        """A status that says otherwise than the end does; the end counts."""
        word, rules = self._cell("status", cells), self.mapping.statuses
        if word in rules.open and closed_at is not None:
            return (Doubt("status", word, OPEN_WITH_END),)
        if word in rules.closed and not self._cell("closed", cells):
            return (Doubt("status", word, OVER_WITHOUT_END),)
        return ()

    def _instant(self, part: str, cells: Sequence[str], read: Callable[[str], Stated]) -> Stated:
        written = self._cell(part, cells)
        if not written:
            raise Unusable(part, written, BLANK)
        try:
            return read(written)
        except BadDate as bad:
            raise Unusable(part, written, bad.words) from None
        except (OverflowError, ValueError):
            raise Unusable(part, written, FUTURE) from None

    def _prose(self, cells: Sequence[str]) -> tuple[dict[str, Any], tuple[Doubt, ...]]:
        """Free text never costs a case: what no form may carry is taken out and said."""
        given = {part: _one_kind_of_line_end(self._cell(part, cells)) for part in (*PROSE, *LINES)}
        whole = {part: _mended(value) for part, value in given.items() if value}
        whole |= {part: " ".join(whole[part].split())[:LINE_MOST] for part in LINES if part in whole}
        doubts = tuple(Doubt(part, given[part], MENDED) for part, value in whole.items() if value != given[part])
        said: dict[str, Any] = {part: value for part, value in whole.items() if value and part not in CALLER}
        caller = {name: whole[part] for part, name in CALLER.items() if whole.get(part)}
        return (said | {"caller": caller} if caller else said), doubts


def _both(fault: Words, taken: Words) -> Words:
    return Words(f"{fault.zh}；{taken.zh}", f"{fault.en}; {taken.en}")


def _one_kind_of_line_end(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _mended(value: str) -> str:
    try:
        return _PROSE.validate_python(value)
    except ValidationError:
        shown = value.encode("utf-8", "replace").decode()
        return "".join(mark if mark.isprintable() or mark in "\n\t" else " " for mark in shown)[:PROSE_MOST].strip()


def words_of(wrong: ValidationError) -> Words:
    """What a field type finds wrong, in both languages."""
    error = wrong.errors(include_url=False)[0]
    if error["type"] == "string_too_long":
        return Words(f"太长，最多 {LINE_MOST} 个字", f"too long; at most {LINE_MOST} characters")
    stated = getattr(error.get("ctx", {}).get("error"), "args", ())
    if not (stated and isinstance(stated[0], Text)):
        return DAMAGED
    return Words(Voice("zh").say(stated[0]), Voice("en").say(stated[0]))
