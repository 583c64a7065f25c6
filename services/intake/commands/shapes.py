"""Kinds of value in what people ask of intake: instants, lists of words, ids, histories."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.contracts.fields import LINE_MOST, BadText, Line
from shared.contracts.history import History
from shared.contracts.wording import text

WORDS_MOST = 20
ACTS_MOST = 100
_LINE = re.compile("[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+")

LiveChannel = Literal["visit", "phone", "letter", "fax", "online", "radio", "patrol", "superior"]
Consenting = Literal["CN-1", "CN-2", "CN-3", "CN-4", "CN-5", "CN-6", "CN-7", "CN-8", "CN-9", "CN-10"]


def _plain(history: History) -> History:
    """Names of a source reach every hearer's tables, so they are as clean as a person's words."""
    words = (history.source, history.key, *(act.by for act in history.acts if act.by is not None))
    if len(history.acts) > ACTS_MOST:
        raise BadText(text("经过最多 {most} 步", most=ACTS_MOST))
    if not all(0 < len(word.strip()) <= LINE_MOST and _LINE.fullmatch(word) for word in words):
        raise BadText(text("来源、原编号和经办人应为一行文字，1 到 {most} 个字", most=LINE_MOST))
    return history


Past = Annotated[History, AfterValidator(_plain)]
Words = Annotated[tuple[Line, ...], Field(max_length=WORDS_MOST)]
CaseId = Annotated[Line, Field(pattern=r"^case-[0-9a-f]{32}$")]
