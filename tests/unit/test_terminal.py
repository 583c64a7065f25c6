"""What came from outside is shown on a terminal, never obeyed by it."""

import pytest

from shouwen.commands.tables import lines, plain


@pytest.mark.parametrize("said", ["\x1b[31mred", "a\rb", "a\nb", "\u202eback", "\x00"])
def test_characters_a_terminal_obeys_are_replaced(said: str) -> None:
    assert plain(said) == "".join(each if each.isprintable() else "\ufffd" for each in said)
    assert all(each.isprintable() for each in plain(said))


def test_json_keeps_its_lines_and_nothing_else() -> None:
    assert lines({"a": "赵\u202e"}) == '{\n  "a": "赵\ufffd"\n}'
