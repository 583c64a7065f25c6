"""What came from outside is shown on a terminal, never obeyed by it."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from shouwen.cli import app
from shouwen.commands.tables import TELLING, lines, listing, plain, table
from shouwen.commands.verify import Telling
from shouwen.verifying.comparing import Difference
from shouwen.verifying.curing import Outcome
from shouwen.verifying.flow import Verdict
from shouwen.words import Words


@pytest.mark.parametrize("said", ["\x1b[31mred", "a\rb", "a\nb", "\u202eback", "\x00"])
def test_characters_a_terminal_obeys_are_replaced(said: str) -> None:
    assert plain(said) == "".join(each if each.isprintable() else "\ufffd" for each in said)
    assert all(each.isprintable() for each in plain(said))


def test_json_keeps_its_lines_and_nothing_else() -> None:
    assert lines({"a": "赵\u202e"}) == '{\n  "a": "赵\ufffd"\n}'


def drawn(width: int) -> Console:
    return Console(file=StringIO(), width=width, soft_wrap=True, highlight=False, markup=False)


def written(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_what_people_copy_stays_on_one_line() -> None:
    console = drawn(60)
    console.print(table(["id", "service", "why"], [("9710171aa4a0", "escalation", "a long reason " * 20)]))
    assert "9710171aa4a0  escalation" in written(console)


CASE = "case-0195887a3c4f7b21a0c5d6e7f8091aff"


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_listing_keeps_the_names_of_each_row_whole_on_any_terminal(width: int) -> None:
    console = drawn(width)
    row = ("9710171aa4a0", "escalation", CASE, 2, "died of \x1b[2J" + "k" * 4000)
    listing(console, ("编号\nid", "服务\nservice", "实体\nentity", "等待\nwaiting", "原因\nwhy"), [row])
    told = written(console)
    assert f"9710171aa4a0  escalation  {CASE}" in told
    assert ("等待 waiting 2" in told) is (width < 130)
    assert told.count("k") < TELLING
    assert "\x1b" not in told


@pytest.mark.parametrize("words", [["verify"], ["verify", "--repair"], ["dlq", "list"], ["parked"]])
def test_a_directory_without_a_system_is_refused_and_not_made(words: list[str], tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, [*words, "--data", str(tmp_path / "mistyped")])
    assert ended.exit_code == 2
    assert "mistyped 里没有系统" in ended.output
    assert "No system has ever run on" in ended.output
    assert not list(tmp_path.iterdir())


def test_the_name_of_an_entity_is_not_obeyed_by_the_terminal() -> None:
    console = drawn(120)
    telling = Telling(console, console.status(""))
    difference = Difference("case-\x1b[2J[bold]", "dispatch", Words("多了", "more"))
    telling.differences(Verdict((difference,), 1, 1, complete=True))
    telling.outcome(Outcome("case-\x1b[2J", "dispatch", False, Words("没有", "no")))
    assert "\x1b" not in written(console)
    assert "[bold]" in written(console)
