"""A view of a case as it is stored: what says nothing is left out."""

from typing import Any

import msgspec

from services.reporting.folds import FOLDS
from services.reporting.state.view import CaseView
from shared.storage.slots import StateCodec
from tests.support.reporting_builders import Log, directory, folded, received
from tests.support.reporting_life import START, whole_life

BOOK = directory()


def test_a_view_survives_being_stored() -> None:
    codec, view = StateCodec(FOLDS.kinds[0]), folded(whole_life(), BOOK)
    assert codec.decode(codec.encode(view), 1) == view


def test_a_view_stored_with_everything_that_says_nothing_is_read_all_the_same() -> None:
    """As the release before wrote them: every field of every part is there."""
    codec, view = StateCodec(FOLDS.kinds[0]), folded(whole_life()[:4], BOOK)
    assert view != CaseView()
    assert codec.decode(msgspec.msgpack.encode(spelled_out(view)), 1) == view


def test_what_says_nothing_of_a_case_is_not_stored() -> None:
    log = Log()
    log.say(received(START), START)
    stored = msgspec.msgpack.decode(StateCodec(FOLDS.kinds[0]).encode(folded(log.facts, BOOK)))
    assert {name for name, said in stored.items() if said} == {"opening", "graded", "last_fact_at"}
    assert "withdrawn_at" not in stored["opening"]


def spelled_out(part: Any) -> Any:
    if isinstance(part, msgspec.Struct):
        return {name: spelled_out(getattr(part, name)) for name in part.__struct_fields__}
    if isinstance(part, tuple):
        return [spelled_out(one) for one in part]
    if isinstance(part, dict):
        return {name: spelled_out(one) for name, one in part.items()}
    return part
