"""A gap is given up only when nothing else would help, and what that does is said before."""

from dataclasses import replace

import pytest

from shouwen.giving_up import Gap
from shouwen.words import Refused

NEVER_SAID = Gap("escalation", "case-1", "intake", heard=1, waiting=(7, 8), said=1, copies={}, dead=None)
LOST = replace(NEVER_SAID, said=9)


@pytest.mark.parametrize(
    ("gap", "lost", "instead"),
    [
        pytest.param(replace(LOST, dead="abc"), True, "see `shouwen dlq`", id="a dead letter"),
        pytest.param(replace(LOST, waiting=(2,)), True, "write that record", id="the directory"),
        pytest.param(replace(LOST, copies={2: "log"}), True, "Version 2 is still in the log", id="in the log"),
        pytest.param(replace(LOST, copies={2: "outbox"}), True, "still in the outbox", id="in the outbox"),
        pytest.param(replace(LOST, copies={2: "archive"}), True, "still in the archive", id="in the archive"),
        pytest.param(LOST, False, "--lost counts it as heard", id="it was said"),
        pytest.param(NEVER_SAID, True, "nothing is lost", id="it was never said"),
    ],
)
def test_it_is_refused_with_what_to_do_instead(gap: Gap, lost: bool, instead: str) -> None:  # noqa: FBT001
    with pytest.raises(Refused) as refused:
        gap.require_hopeless(lost=lost)
    assert instead in refused.value.words.en
    assert refused.value.words.zh


def test_what_it_would_do_is_said_before() -> None:
    NEVER_SAID.require_hopeless(lost=False)
    assert "2 letters, versions 7 to 8, are laid aside" in NEVER_SAID.foretold().en
    LOST.require_hopeless(lost=True)
    assert "Versions 2 to 6 count as heard without having been; 2 that wait go on" in LOST.foretold().en
    assert "Versions 2 to 3 count" in replace(LOST, said=3).foretold().en
