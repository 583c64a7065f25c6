"""Prompt cards: which of them staff see while they log a matter or work on one.

Source: requirements §8.1.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from services.console.policy.forms import said
from shared.rules.model import Pack
from shared.rules.prompts import Prompt

Card = dict[str, Any]


def cards_for(packs: Iterable[Pack], language: str, *, on: str | None, case_type: str | None) -> list[Card]:
    """The cards of a moment and of a case type; where packs differ, all of them, each with its source."""
    return [_card(pack, one, language) for pack in packs for one in pack.prompts if _shows(one, on, case_type)]


def _shows(prompt: Prompt, on: str | None, case_type: str | None) -> bool:
    moments: Sequence[str] = prompt.on
    return on in moments or case_type in prompt.case_types


def _card(pack: Pack, prompt: Prompt, language: str) -> Card:
    return {
        "id": prompt.id,
        "pack": pack.id,
        "name": said(prompt.name, language),
        "points": [said(point, language) for point in prompt.points],
        "caution": said(prompt.caution, language) if prompt.caution else "",
        "source": prompt.source,
    }
