"""One row: the command that brings it, or why it is unusable. Reads nothing but what it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from shared.contracts.fields import LINE_MOST, PROSE_MOST, Line, Prose
from shared.contracts.wording import Text
from shared.web.wording import Voice
from shouwen.importing.dates import FUTURE, IMPOSSIBLE, BadDate, Reader
from shouwen.importing.mapping import Mapping
from shouwen.importing.places import site_id
from shouwen.importing.reading import Layout
from shouwen.words import Words

EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
BLANK = Words("不能为空", "must not be blank")
DAMAGED = Words("有不是 UTF-8 的字符", "has characters that are not UTF-8")
UNMAPPED = Words("映射里没有这个类别", "the mapping does not name this category")
CLOSED_EARLY = Words("结束早于受理，按受理时间结束", "closed before it was received; taken as closed when received")
NO_END = Words("按未结案导入", "imported as still open")
MENDED = Words("文字有坏字符或过长，已修整", "the text had damaged characters or was too long and was mended")
_LINE: TypeAdapter[str] = TypeAdapter(Line)
_PROSE: TypeAdapter[str] = TypeAdapter(Prose)


class Unusable(Exception):
    """A row that cannot become a case."""

    def __init__(self, part: str, value: str, words: Words) -> None:
        """Name the *part* at fault, what stood there, and why not."""
        super().__init__(words.en)
        self.part, self.value, self.words = part, value, words


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row that is imported, but not quite as written."""

    part: str
    value: str
    words: Words


@dataclass(frozen=True, slots=True)
class Case:
    """A row ready to be sent.

    Attributes:
        line: Where it begins in the file.
        site: The source's own word for the place.
        body: The import command as JSON.
    """

    line: int
    key: str
    site: str
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
        site = self._line("site", self._cell("site", cells))
        received_at = self._received(cells)
        category = self._category(self._cell("category", cells))
        closed_at, early = self._closed(cells, received_at)
        prose, mended = self._prose(cells)
        body = {
            "site": site_id(site),
            "case_type": self.mapping.case_type,
            "category": category,
            "keep_category": self.mapping.categories.keep,
            "received_at": received_at.isoformat(),
            "history": self._history(key, closed_at),
        }
        if self.mapping.severity is not None:
            body["severity"] = self.mapping.severity
        return Case(line, key, site, body | prose, (*early, *mended))

    def _history(self, key: str, closed_at: datetime | None) -> dict[str, Any]:
        acts = [{"act": self.mapping.closed_as, "at": closed_at.isoformat()}] if closed_at is not None else []
        return {"source": self.mapping.source, "key": key, "acts": acts, "quiet_until": self.now.isoformat()}

    def _cell(self, part: str, cells: Sequence[str]) -> str:
        place = self.layout.places.get(part)
        return cells[place] if place is not None else ""

    def _line(self, part: str, value: str) -> str:
        if not value:
            raise Unusable(part, value, BLANK)
        try:
            return _LINE.validate_python(value)
        except ValidationError as wrong:
            raise Unusable(part, value, words_of(wrong)) from None

    def _received(self, cells: Sequence[str]) -> datetime:
        instant = self._instant("received", cells, Reader(self.mapping, self.now).received)
        if instant < EARLIEST:
            raise Unusable("received", self._cell("received", cells), IMPOSSIBLE)
        return instant

    def _closed(self, cells: Sequence[str], received_at: datetime) -> tuple[datetime | None, tuple[Doubt, ...]]:
        written = self._cell("closed", cells)
        if not written:
            return None, ()
        try:
            instant = self._instant("closed", cells, Reader(self.mapping, self.now).closed)
        except Unusable as bad:
            # The matter was received whatever became of it; an end nobody can read is not made up.
            return None, (Doubt("closed", written, _both(bad.words, NO_END)),)
        if instant < received_at:
            return received_at, (Doubt("closed", written, CLOSED_EARLY),)
        return instant, ()

    def _instant(self, part: str, cells: Sequence[str], read: Callable[[str], datetime]) -> datetime:
        written = self._cell(part, cells)
        if not written:
            raise Unusable(part, written, BLANK)
        try:
            return read(written)
        except BadDate as bad:
            raise Unusable(part, written, bad.words) from None
        except (OverflowError, ValueError):
            raise Unusable(part, written, FUTURE) from None

    def _category(self, written: str) -> str:
        rules = self.mapping.categories
        if not written:
            if rules.blank == "reject":
                raise Unusable("category", written, BLANK)
            return rules.blank
        if written in rules.map:
            return rules.map[written]
        if not rules.keep:
            raise Unusable("category", written, UNMAPPED)
        return self._line("category", written)

    def _prose(self, cells: Sequence[str]) -> tuple[dict[str, str], tuple[Doubt, ...]]:
        """Free text never costs a case: what no form may carry is taken out and said."""
        given = {part: _one_kind_of_line_end(self._cell(part, cells)) for part in ("content", "place", "unit")}
        whole = {part: _mended(value) for part, value in given.items() if value}
        if "unit" in whole:
            whole["unit"] = " ".join(whole["unit"].split())[:LINE_MOST]
        doubts = tuple(Doubt(part, given[part], MENDED) for part, value in whole.items() if value != given[part])
        return {part: value for part, value in whole.items() if value}, doubts


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
