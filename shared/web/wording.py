"""The one catalogue: Chinese sentences in the code, English ones beside them in ``locale/en``.

A Chinese reader needs no catalogue; an English one gets the translation, or the Chinese sentence where none exists
(a test refuses that).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel.messages.pofile import read_po

from shared.contracts.wording import Text
from shared.organisation.records import Named
from shared.timekeeping.zones import limit_shown

Language = Literal["zh", "en"]
LOCALE = Path(__file__).parent / "locale"
DEFAULT_ZONE = "Asia/Shanghai"


@cache
def english() -> Mapping[str, str]:
    """Every English sentence by its Chinese source, read once per process."""
    sentences: dict[str, str] = {}
    for path in sorted((LOCALE / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if message.id and message.string:
                    sentences[str(message.id)] = str(message.string)
    return sentences


def language_of(accepted: str | None) -> Language:
    """The language for an ``Accept-Language`` header: English only when it is preferred over Chinese."""
    weighed = sorted(_weights(accepted or ""), key=lambda choice: -choice[1])
    for tag, _ in weighed:
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


def _weights(accepted: str) -> Iterable[tuple[str, float]]:
    for part in accepted.split(","):
        tag, _, quality = part.strip().lower().partition(";q=")
        try:
            yield tag, float(quality) if quality else 1.0
        except ValueError:
            yield tag, 0.0


@dataclass(frozen=True, slots=True)
class Voice:
    """Shows texts in one language and one zone.

    Attributes:
        zone: IANA name of the site's zone, for instants.
    """

    language: Language = "zh"
    zone: str = DEFAULT_ZONE

    def say(self, text: Text) -> str:
        """The sentence with its gaps filled; an instant in a sentence is a limit (:meth:`until`)."""
        gaps = {name: self._show(value) for name, value in text.gaps.items()}
        return self.translate(text.sentence).format_map(gaps)

    def translate(self, sentence: str) -> str:
        """A sentence of the catalogue, gaps left as they are."""
        return sentence if self.language == "zh" else english().get(sentence, sentence)

    def name(self, named: Named) -> str:
        """A name in this voice's language."""
        return named.zh if self.language == "zh" else named.en

    @property
    def joint(self) -> str:
        """What stands between two sentences on one line."""
        return "；" if self.language == "zh" else "; "

    def when(self, instant: datetime) -> str:
        """An instant as people write it, in the site's zone, to the minute."""
        return instant.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M")

    def until(self, instant: datetime) -> str:
        """A limit as people write it: midnight is 24:00 of the day that ends."""
        return limit_shown(instant, self.zone)

    def _show(self, value: object) -> str:
        if isinstance(value, Text):
            return self.say(value)
        if isinstance(value, Named):
            return self.name(value)
        if isinstance(value, datetime):
            return self.until(value)
        if isinstance(value, tuple):
            return ("、" if self.language == "zh" else ", ").join(self._show(part) for part in value)
        return str(value)
