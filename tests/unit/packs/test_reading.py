"""Pack files no reader can read, and where in a file a thing stands."""

from pathlib import Path

import pytest

from shared.packs.findings import PackInvalid
from shared.packs.loader import load_pack
from shared.packs.reading import lines_of
from tests.support.packing import RICH


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param("a", 1, id="a key"),
        pytest.param("a.two.x", 3, id="a thing in a list by its id"),
        pytest.param("a.1.x", 3, id="a thing in a list by its place"),
        pytest.param("a.two.gone", 3, id="what is not there, by what is around it"),
        pytest.param("gone", None, id="what is not there at all"),
        pytest.param("b.fire", 4, id="a key with a dot in it"),
    ],
)
def test_a_place_of_a_text_has_a_line(path: str, line: int | None) -> None:
    assert lines_of("a:\n  - {id: one}\n  - {id: two, x: 1}\nb.fire: 1\n").at(path) == line


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        pytest.param(RICH.encode("gb18030"), 4, "UTF-8", id="not UTF-8"),
        pytest.param(RICH.encode("utf-16"), 1, "UTF-8", id="two bytes a letter"),
        pytest.param(RICH.replace("version: 1", "version：1").encode(), 4, "plain colon", id="a full-width colon"),
        pytest.param(RICH.replace("    kind: custody", "\tkind: custody").encode(), 17, "not tabs", id="a tab"),
        pytest.param(RICH.replace("钥匙", "钥\x07匙", 1).encode(), 16, "control character", id="a bell"),
        pytest.param(RICH.replace("source: test", "source: a: b", 1).encode(), 5, "in quotes", id="a colon in words"),
    ],
)
def test_a_file_no_reader_can_read_names_line_and_remedy(tmp_path: Path, content: bytes, line: int, said: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(content)
    with pytest.raises(PackInvalid, match=said) as refused:
        load_pack(file)
    assert str(refused.value).startswith(f"mine.yaml:{line}: ")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(RICH.encode("utf-8-sig"))
    assert load_pack(file).id == "T/9"
