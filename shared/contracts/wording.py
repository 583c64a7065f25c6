"""A sentence for a person, kept apart from its language until it is shown."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Union

from shared.organisation.records import Named

type_of_value = Union[str, int, float, datetime, Named, "Text", tuple["Text", ...]]


@dataclass(frozen=True, slots=True)
class Text:
    """A Chinese source sentence with named gaps, and what fills them.

    The sentence is the key of the one catalogue (``shared/web/locale``); it is rendered at the edge, in the reader's
    language and the site's zone, so a pure rule never decides either.

    Attributes:
        sentence: Chinese text with ``{gap}`` places; never built from user input.
        gaps: What fills the places: plain values stay as they are, instants are shown in the site's zone, nested texts
            are translated, names are said in that language, tuples of texts are joined with 、 or a comma.
    """

    sentence: str
    gaps: dict[str, type_of_value] = field(default_factory=dict)


def text(sentence: str, **gaps: type_of_value) -> Text:
    """Make a :class:`Text`; ``text("现在不能{act}", act=text("完成"))``."""
    return Text(sentence, gaps)
