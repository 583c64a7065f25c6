"""A file nobody vouches for is read within bounds or refused in words."""

from pathlib import Path

import pytest

from shouwen.calendars import reading
from shouwen.calendars.reading import document_at
from shouwen.words import Refused


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "no JSON", id="empty"),
        pytest.param(b'{"cases": [}', "1:12", id="the place of the mistake"),
        pytest.param(b"[]", "JSON object", id="a list"),
        pytest.param(b"\xff\xfe{}", "UTF-8", id="another encoding"),
        pytest.param(b"PK\x03\x04", "no JSON", id="a workbook"),
        pytest.param(b"[" * 200_000, "too deeply", id="nested without end"),
        pytest.param(b'{"cases": [NaN]}', "NaN", id="no number"),
        pytest.param(b'{"cases": ' + b"9" * 10_000 + b"}", "cannot be read", id="an endless number"),
        pytest.param(b'{"cases": [], "cases": []}', "'cases'", id="a name twice"),
        pytest.param(b'{"schema_version": 2}', "schema_version", id="another version"),
    ],
)
def test_what_is_no_file_of_rows_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "rows.json"
    path.write_bytes(content)

    with pytest.raises(Refused, match=words):
        document_at(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(Refused, match="cannot be read"):
            document_at(path)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    with path.open("wb") as stream:
        stream.truncate(reading.BYTES_MOST + 1)

    with pytest.raises(Refused, match="split it"):
        document_at(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_bytes(b'\xef\xbb\xbf{"cases": []}')

    assert document_at(path) == {"cases": []}
