"""Sheets to fill in: headings, lists to choose from, an example that is not read, and a page that explains."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any, Literal

import xlsxwriter

from services.intake.policy.masters.columns import Column, Sheet, Value
from services.intake.policy.masters.headings import EXAMPLE_HEADING, EXAMPLE_MARK, NOT_READ
from services.intake.policy.masters.known import Choice, Choices
from services.intake.policy.masters.records import Kind
from services.intake.policy.masters.sheets import SHEETS

Language = Literal["zh", "en"]
BOM = "\ufeff"
"""Without it Excel reads Chinese as noise."""
ROWS_PREPARED = 5000
"""Rows of a column that a list to choose from is laid on; its formats hold for the whole column."""
NOTES, LISTS = "说明 Notes", "选项 Lists"
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
FONT = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
_FORMATS = {
    Value.DAY: "yyyy-mm-dd",
    Value.INSTANT: "yyyy-mm-dd hh:mm",
    Value.MONEY: "#,##0.00",
    Value.AREA: "General",
    Value.COUNT: "0",
}
_INPUT_MOST = 250
"""Characters of the message Excel shows beside a cell."""


def template_xlsx(kind: Kind | None, language: Language, choices: Choices) -> bytes:
    """A workbook with the sheet of *kind*, or of every kind."""
    file = BytesIO()
    book = xlsxwriter.Workbook(file, OPTIONS | {"in_memory": True})
    pages = _Pages(book, language, choices)
    for sheet in _sheets(kind):
        pages.sheet(sheet)
    pages.notes(_sheets(kind))
    pages.lists()
    book.close()
    return file.getvalue()


def template_csv(kind: Kind, language: Language, choices: Choices) -> bytes:
    """The headings of *kind* and an example as CSV."""
    columns = SHEETS[kind].columns
    text = StringIO()
    headings = [EXAMPLE_HEADING, *(heading(column, language) for column in columns)]
    examples = [EXAMPLE_MARK, *(example(column, language, choices) for column in columns)]
    csv.writer(text).writerows([headings, examples])
    return (BOM + text.getvalue()).encode()


def heading(column: Column, language: Language) -> str:
    """The heading of a column; a star says that it is needed."""
    return f"{getattr(column.name, language)}{' *' if column.required else ''}"


def example(column: Column, language: Language, choices: Choices) -> str:
    """What the example row says in *column*; for the site's own words the first of them."""
    listed = words_of(column, choices)
    if column.value is Value.GIVEN:
        return getattr(listed[0].name, language) if listed else column.example
    named = next((choice.name for choice in listed if choice.name.zh == column.example), None)
    return column.example if named is None else getattr(named, language)


def words_of(column: Column, choices: Choices) -> Sequence[Choice]:
    """The words a cell of *column* may hold, as far as they can be listed; empty where anything may stand."""
    if column.value is Value.WORD:
        return column.choices
    types = choices.case_types
    given: Mapping[str, Sequence[Choice]] = {
        "case_type": tuple(Choice(each.id, each.name) for each in types),
        "category": _distinct(word for each in types for word in each.categories),
        "severity": _distinct(word for each in types for word in each.severities),
        "department": choices.departments,
        "handler": choices.people,
    }
    return given[column.id] if column.value is Value.GIVEN else ()


def _distinct(words: Iterator[Choice]) -> tuple[Choice, ...]:
    """Each word once: two case types may share a category."""
    return tuple({word.name.zh: word for word in words}.values())


def _sheets(kind: Kind | None) -> list[Sheet]:
    return list(SHEETS.values()) if kind is None else [SHEETS[kind]]


class _Pages:
    """Writes the pages of one workbook."""

    def __init__(self, book: Any, language: Language, choices: Choices) -> None:
        self._book, self._language, self._choices = book, language, choices
        self._lists: list[tuple[str, list[str]]] = []
        self._needed = book.add_format(FONT | {"bold": True, "border": 1, "text_wrap": True, "bg_color": "#FFE699"})
        self._optional = book.add_format(FONT | {"bold": True, "border": 1, "text_wrap": True, "bg_color": "#EEEEEE"})
        self._plain = book.add_format(FONT | {"text_wrap": True})
        self._cells = {value: book.add_format(FONT | {"num_format": _FORMATS.get(value, "@")}) for value in Value}
        grey = {"italic": True, "font_color": "#808080"}
        self._greyed = {
            value: book.add_format(FONT | grey | {"num_format": _FORMATS.get(value, "@")}) for value in Value
        }

    def sheet(self, sheet: Sheet) -> None:
        """The page of one kind: headings that stay in sight, an example, columns formatted for what they hold."""
        page = self._book.add_worksheet(getattr(sheet.name, self._language))
        page.freeze_panes(1, 0)
        page.set_row(0, 30)
        page.set_column(0, 0, 14, self._cells[Value.LINE])
        page.write_string(0, 0, EXAMPLE_HEADING, self._optional)
        page.write_string(1, 0, EXAMPLE_MARK, self._greyed[Value.LINE])
        for place, column in enumerate(sheet.columns, start=1):
            page.set_column(place, place, column.width, self._cells[column.value])
            form = self._needed if column.required else self._optional
            page.write_string(0, place, heading(column, self._language), form)
            self._example(page, place, column)
            self._choice(page, place, column)

    def _example(self, page: Any, place: int, column: Column) -> None:
        said, form = example(column, self._language, self._choices), self._greyed[column.value]
        if not said:
            page.write_blank(1, place, None, form)
        elif column.value in {Value.DAY, Value.INSTANT}:
            page.write_datetime(1, place, datetime.fromisoformat(said), form)
        elif column.value in {Value.COUNT, Value.AREA, Value.MONEY}:
            page.write_number(1, place, float(said), form)
        else:
            page.write_string(1, place, said, form)

    def _choice(self, page: Any, place: int, column: Column) -> None:
        """What Excel offers and says beside the cells of a column."""
        words = [getattr(choice.name, self._language) for choice in words_of(column, self._choices)]
        told = {"input_title": column.name.zh[:32], "input_message": getattr(column.hint, self._language)[:_INPUT_MOST]}
        rule = {"validate": "any"}
        if words:
            rule = {"validate": "list", "source": self._listed(words), "error_type": "stop"}
        page.data_validation(1, place, ROWS_PREPARED, place, rule | told)

    def _listed(self, words: list[str]) -> str:
        """Where the list stands: on a page of its own, because a list inside a rule holds 255 characters."""
        at = len(self._lists)
        self._lists.append((xlsxwriter.utility.xl_col_to_name(at), words))
        letter = self._lists[at][0]
        return f"='{LISTS}'!${letter}$2:${letter}${len(words) + 1}"

    def lists(self) -> None:
        """The page the lists stand on."""
        page = self._book.add_worksheet(LISTS)
        page.write_string(0, 0, NOT_READ, self._plain)
        for place, (_, words) in enumerate(self._lists):
            for row, word in enumerate(words, start=1):
                page.write_string(row, place, word, self._plain)

    def notes(self, sheets: Sequence[Sheet]) -> None:
        """The page that explains every column in both languages."""
        page = self._book.add_worksheet(NOTES)
        for place, width in enumerate((18, 22, 8, 60, 40)):
            page.set_column(place, place, width)
        for row, line in enumerate(_explained(sheets)):
            for place, said in enumerate(line):
                page.write_string(row, place, said, self._plain)


def _explained(sheets: Sequence[Sheet]) -> Iterator[tuple[str, ...]]:
    yield (NOT_READ,)
    yield from ((line,) for line in _RULES)
    for sheet in sheets:
        yield ("",)
        yield (f"{sheet.name.zh} {sheet.name.en}", f"{sheet.meaning.zh} · {sheet.meaning.en}")
        yield ("列", "Column", "* ", "填写什么 · What to write", "可选的词 · Words to choose from")
        for column in sheet.columns:
            words = "；".join(f"{choice.name.zh} {choice.name.en}" for choice in column.choices)
            hint = f"{column.hint.zh} · {column.hint.en}"
            yield column.name.zh, column.name.en, "*" if column.required else "", hint, words


_RULES = (
    "一个文件只属于一个小区。列的顺序不限；不用的列可以删去，标 * 的列必须有。",
    "One file belongs to one site. Columns may stand in any order; what is not used may be deleted, * is needed.",
    "灰色的示例行不会读入；在它下面填写。不要合并单元格，不要写公式。",
    "The grey example is not read; begin below it. Merge no cells, write no formulas.",
    "整列已设为文本，房号和电话因此保持原样；从别处复制时请用“选择性粘贴 → 数值”。",
    "Columns are formatted as text, so that rooms and phones stay as typed; paste from elsewhere as values.",
)
