"""No matter is taken back, or hung under another, while the house still holds money for it."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.msgpack import Decoder, Encoder

from services.intake.commands import Link, Withdraw
from services.intake.state import Case
from shared.contracts.dispatch import Entry, StepTaken
from shared.web.wording import Voice
from tests.support.intake_builders import OTHER, done, heard, logged, refused

NOON = "2025-03-04T12:00:00"


def entry(move: str, amount: str, debit: str, credit: str) -> Entry:
    return Entry.model_validate(
        {"item": "key_deposit", "move": move, "amount": amount, "payer": "x", "debit": debit, "credit": credit}
    )


def with_deposit(*entries: Entry) -> Case:
    state: Any = logged(site="s0", case_type="key_custody", category="other", form={"key_label": "x"})
    marks = ("borrower_kind=outsider", "lend=done")
    for number, moved in enumerate(entries, start=1):
        fact = StepTaken(step="lend", count=number, marks=marks, money=(moved,), by="p")
        state = heard(state, fact, NOON).state
    assert isinstance(state, Case)
    return state


PAID = entry("pay", "100.00", "cash", "held:key_deposit")


@pytest.mark.parametrize(
    "command", [Withdraw(reason="不借了"), Link(incident=OTHER, reason="并入")], ids=["withdrawn", "joined"]
)
def test_no_matter_ends_here_while_the_house_holds_money_for_it(command: Any) -> None:
    refusal = refused(with_deposit(PAID), command, NOON)
    assert (refusal.why, refusal.status) == ("money_held", 409)
    zh, en = (Voice(language).say(refusal.text) for language in ("zh", "en"))
    assert "钥匙押金 100.00 元" in zh
    assert "Key deposit 100.00 yuan" in en
    assert refusal.hint is not None
    assert "归还钥匙" in Voice("zh").say(refusal.hint)


def test_once_the_money_is_back_the_matter_may_be_withdrawn() -> None:
    kept = entry("deduct", "30.00", "held:key_deposit", "income:key_deposit")
    back = entry("refund", "70.00", "held:key_deposit", "cash")
    assert with_deposit(PAID, kept).held == {"key_deposit": Decimal("70.00")}
    assert with_deposit(PAID, kept, back).held == {}
    assert done(with_deposit(PAID, kept, back), Withdraw(reason="不借了"), NOON).why == "withdrawn"


def test_what_is_earned_is_not_held() -> None:
    fee = entry("pay", "5.00", "cash", "income:key_deposit")
    assert with_deposit(fee).held == {}


def test_what_is_held_survives_being_stored() -> None:
    case = with_deposit(PAID)
    assert Decoder(Case).decode(Encoder().encode(case)) == case
