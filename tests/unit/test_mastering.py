"""What the terminal says about loads of master data."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from shouwen.commands.master import form_of, kind_named
from shouwen.mastering.telling import findings, loads, summary
from shouwen.mastering.watching import Watching
from shouwen.words import Refused, Words

UPLOADING = Words("上传", "uploading")


def job(state: str = "checked", **fields: Any) -> dict[str, Any]:
    return {"state": state, "progress": {"done": 0, "total": 0}, "counts": {}} | fields


def test_what_changes_is_one_sentence_in_the_order_of_a_file() -> None:
    counts = {"residents": {"new": 120, "changed": 3, "same": 9, "ended": 2}, "units": {"new": 60, "back": 0}}
    said = summary(job(counts=counts))
    assert said.zh == "房屋：新增 60 套；住户：新增 120 户，变更 3 户，终止 2 户"
    assert said.en == "units: 60 new; residents: 120 new, 3 changed, 2 ended"


def test_what_changes_nothing_is_not_said() -> None:
    assert summary(job(counts={"units": {"same": 4, "wrong": 1}})) == Words("", "")


def test_a_mistake_is_told_by_place_value_and_remedy_and_the_rest_is_counted() -> None:
    one = {"sheet": "住户", "row": 4, "letter": "D", "value": "110"}
    one |= {name: {"zh": name, "en": name.upper()} for name in ("column", "wrong", "right")}
    first, rest = findings([one], 9)
    assert first == "住户!D4 column「110」：wrong；right / WRONG；RIGHT"
    assert "8 more" in rest
    assert len(list(findings([one], 1))) == 1


def test_a_load_is_told_on_one_line_that_a_narrow_terminal_does_not_cut() -> None:
    one = job("refused", job="load-1", at="2026-11-22T17:11:28+08:00", by="安", name="住户.csv", findings_total=3)
    told = "load-1  2026-11-22 17:11  有错误，未写入 has findings, not applied  安  住户.csv  —  错误 findings 3"
    assert list(loads([one])) == [told]
    assert "Nothing was loaded" in next(iter(loads([])))


def test_a_stage_without_a_known_end_is_said_once_and_one_with_it_ends_whole() -> None:
    console = Console(file=StringIO(), width=200, highlight=False)
    with Watching(console) as watching:
        watching.at(UPLOADING, 7, 10)
        watching.at(UPLOADING, 10, 10)
        for _ in range(3):
            watching.look(job("reading"))
        watching.look(job("checked"))
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()
    assert [line.split(":")[0] for line in lines] == ["上传 uploading", "正在读取 being read …"]
    assert "10/10" in lines[0]


@pytest.mark.parametrize(("word", "kind"), [("units", "units"), ("房屋", "units"), ("open matters", "matters")])
def test_a_sheet_is_known_by_any_of_its_names(word: str, kind: str) -> None:
    assert kind_named(word) == kind


def test_a_sheet_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match="residents 住户"):
        kind_named("pets")


@pytest.mark.parametrize("name", ["a.pdf", "a", ".xlsx.txt"])
def test_a_file_is_xlsx_or_csv(name: str) -> None:
    assert form_of(Path("a.XLSX")) == "xlsx"
    with pytest.raises(Refused, match="xlsx"):
        form_of(Path(name))
