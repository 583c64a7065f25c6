"""The closed words of a pack are the same Chinese on every page, wherever their English stands."""

from collections.abc import Mapping

import pytest

from services.console.policy import tellings
from services.reporting.views import words
from shared.organisation.records import Named
from shared.packs.loader import builtin
from shared.rules import phrases
from shared.rules.model import Pack
from shared.rules.words import Means, Outside


def test_everybody_outside_and_every_means_has_a_name() -> None:
    assert phrases.OUTSIDE.keys() == set(Outside)
    assert phrases.MEANS.keys() == set(Means)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        pytest.param(phrases.OUTSIDE, tellings.OUTSIDE, id="whom the console asks to tell"),
        pytest.param(phrases.MEANS, tellings.MEANS, id="how"),
        pytest.param(phrases.OUTSIDE, words.OUTSIDE, id="who was told, in registers and timelines"),
        pytest.param(phrases.MEANS, words.MEANS, id="how they were"),
    ],
)
def test_services_say_who_and_how_as_the_manual_and_the_notice_do(
    named: Mapping[str, Named], said: Mapping[str, str]
) -> None:
    assert {id_: name.zh for id_, name in named.items()} == said


@pytest.mark.parametrize("pack", builtin(), ids=lambda pack: str(pack.id))
def test_every_parameter_of_a_manual_has_a_name(pack: Pack) -> None:
    assert [id_ for id_, one in pack.parameters.items() if phrases.parameter_said(id_, one) is None] == []
