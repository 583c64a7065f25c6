"""Every sentence in both languages, in the site's zone."""

from datetime import timedelta
from string import Formatter

import pytest

from services.notify.channels.rendering import both_languages
from services.notify.policy import wording
from shared.web.wording import english
from tests.support.notify_builders import NOON, book, fold, raised, received, told

EVERY = (
    *wording.RAISED.values(),
    *wording.WARNED.values(),
    *wording.CORRECTED.values(),
    *wording.DECIDED.values(),
    wording.ORDERED,
    wording.ORDERED_AGAIN,
    wording.TRANSFERRED,
    wording.WANTED,
    wording.CALL_LATER,
    wording.REMINDED,
    wording.ACKNOWLEDGE,
)


def test_a_breach_is_told_with_its_instants_on_the_clock_of_the_site() -> None:
    step = fold(received(), raised(told("ann"), at=NOON + timedelta(minutes=1)), book=book("ann"))[-1]
    zh, en = both_languages(step.want[0].payload)
    assert zh == (
        "【一号苑】SZ1-20250304-0001（leak，major）的“CK-CMP-13”已于 2025-03-04 12:01 超时，请处理。"
        "请在 2025-03-04 12:16 前确认收到。"
    )
    assert en == (
        "[Estate One] SZ1-20250304-0001 (leak, major): “CK-CMP-13” was due at 2025-03-04 12:01"
        " and is overdue; please act. "
        "Please acknowledge by 2025-03-04 12:16."
    )


@pytest.mark.parametrize("sentence", EVERY)
def test_every_sentence_has_an_english_twin_with_the_same_gaps(sentence: str) -> None:
    def gaps(words: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(words) if name}

    assert gaps(english().get(sentence, "")) == gaps(sentence)
