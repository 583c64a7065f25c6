"""Whatever a file holds, judging it ends, raises nothing, and what was not understood is told."""

import io
import tempfile
import zipfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.policy.masters.known import Known
from services.intake.policy.masters.records import Resident
from services.intake.views.judged import judged
from tests.support.sheet_builders import RESIDENTS, TODAY, ZONE, by_hand, row, said, workbook

UNITS = frozenset({"1-101"})
ANY = st.text(st.characters(codec="utf-8"), max_size=12)
CELLS = st.one_of(
    st.none(),
    st.integers(min_value=-(10**20), max_value=10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.booleans(),
    st.sampled_from(["1-101", "王芳", "13800138000", "业主", "2020-05-01", "110", "转801", "=1+1", "1.38E+10"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
)


@settings(max_examples=150)
@given(st.lists(st.lists(CELLS, max_size=9), max_size=6))
def test_any_cells_become_records_or_findings(rows: list[list[object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = workbook(Path(folder) / "a.xlsx", {"住户": [RESIDENTS, *rows]})
        records, findings = said(path, Known(units=UNITS))
    told = {finding.row for finding in findings} | {record.at.row for record in records}
    filled = {number for number, cells in enumerate(rows, start=2) if any(_holds(cell) for cell in cells)}
    assert filled <= told
    for record in records:
        assert isinstance(record, Resident)
        assert record.unit
        assert record.name
        assert (record.phone is None) == (record.reach is None)


def _holds(cell: object) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        path.write_bytes(content)
        found = list(judged(path, "a", Known(), TODAY, ZONE))
    assert found


@settings(max_examples=300)
@given(st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_a_workbook_with_any_byte_changed_is_read_or_refused(place: int, value: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = by_hand(Path(folder) / "a.xlsx", row("房号", "姓名") + row("1-101", "王芳"))
        content = bytearray(path.read_bytes())
        content[place % len(content)] = value
        path.write_bytes(content)
        records, findings = said(path, Known(units=UNITS))
    assert records or findings


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.sampled_from(["房号", "姓名", "1-101", "王芳", "<", "&", '"', "/", "c", "row", ANY]), ANY))
)
def test_any_xml_is_read_or_refused(pieces: list[tuple[object, str]]) -> None:
    sheet = "".join(f"{left}{right}" for left, right in pieces)
    with tempfile.TemporaryDirectory() as folder:
        path = by_hand(Path(folder) / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": sheet})
        records, _ = said(path, Known(units=UNITS))
    assert records == []


@settings(max_examples=200)
@given(st.text(st.characters(codec="utf-8"), max_size=200), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_any_text_is_read_or_refused(content: str, encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(f"房号,姓名\r\n1-101,王芳\r\n{content}".encode(encoding))
        records, findings = said(path, Known(units=UNITS))
    assert records or findings


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12), max_size=5))
def test_archives_of_anything_are_refused(names: list[str]) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in dict.fromkeys(names):
            archive.writestr(name, "x")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(file.getvalue())
        records, (finding,) = said(path)
    assert records == []
    assert finding.code in {"not_a_sheet", "damaged", "too_many_parts"}
