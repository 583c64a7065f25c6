"""A case of a manual made up for the purpose: steps, gates, money, rolls and questions of every kind."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.dispatch.commands import TakeStep
from shared.contracts.fold import Actor, Refusal
from shared.organisation.records import Named
from shared.packs.loader import builtin_pack
from shared.rules.asking import FollowUpRule
from shared.rules.conditions import Condition
from shared.rules.forms import Choice, FieldKind, FormField
from shared.rules.model import CaseType
from shared.rules.money import MoneyItem, MoneyKind, MoneyMove, Move
from shared.rules.steps import Gate, RollMove, RollRule, StepOutcome, StepRule
from tests.support.dispatch_builders import WORKER, Hand, actor, book_of, request

NAME = Named("一步", "a step")
PASS, FAIL = StepOutcome("pass", NAME), StepOutcome("fail", NAME, reopens=("inspect",))
WORKERS = FormField("workers", NAME, FieldKind.LINES, required=True, personal=True)
SUM = FormField("sum", NAME, FieldKind.MONEY)
DEPOSIT = MoneyItem("deposit", Named("押金", "Deposit"), MoneyKind.DEPOSIT, "owner", "x", Decimal("1000.00"))
PASSES = MoneyItem("passes", Named("证件押金", "Passes"), MoneyKind.DEPOSIT, "firm", "x", Decimal(50), per="number")
HELD_UP = tuple(gate for gate in Gate if gate is not Gate.CLOSE)


def step(id_: str, **more: Any) -> StepRule:
    """A step that asks for nothing but what is said here."""
    return StepRule(id_, NAME, "x", **more)


def case_of(
    *steps: StepRule, form: dict[str, str] | None = None, asked: tuple[FormField, ...] = (), **changes: Any
) -> Hand:
    """A complaint received with *form* whose procedure has these steps; *changes* are other fields of its type."""
    book, pack = book_of(), builtin_pack("P001/3")
    kind: CaseType = replace(pack.case_types["complaint"], steps=steps, form=asked, **changes)
    book.put_pack(replace(pack, case_types={**pack.case_types, kind.id: kind}))
    hand = Hand(book)
    hand.hear(request(form=form or {}))
    return hand


def holder(*roles: str) -> Actor:
    """Somebody with no right but to look, who holds these roles."""
    return actor("view", roles=roles)


ASKED = FollowUpRule(
    required=True,
    who=("butler",),
    closers=("project_manager",),
    form=(
        FormField("polite", NAME, FieldKind.YES_NO, required=True),
        FormField("why", NAME, FieldKind.TEXT, required=True, when=Condition(flags=("polite=no",)), personal=True),
    ),
)
NOT_ASKED = FollowUpRule()
NUMBER = FormField("number", NAME, FieldKind.COUNT, required=True)
KIND = FormField("kind", NAME, FieldKind.CHOICE, choices=(Choice("rude", NAME), Choice("slow", NAME)))
PAY = step("pay", form=(NUMBER,), money=(MoneyMove("deposit", Move.PAY), MoneyMove("passes", Move.PAY)))
REFUND = step("refund", form=(SUM,), repeats=True, money=(MoneyMove("deposit", Move.REFUND, "sum"),))
ISSUE = step("issue", form=(WORKERS,), rolls=(RollRule("passes", "workers", RollMove.PUT),), repeats=True)


def take(word: str, **more: Any) -> TakeStep:
    """Take a step, or one with its outcome."""
    id_, _, outcome = word.partition("=")
    return TakeStep(step=id_, outcome=outcome or None, **more)


def refused(hand: Hand, command: Any, who: Actor = WORKER) -> Refusal:
    """The refusal, which changed nothing."""
    before, said = hand.known, hand.facts()
    verdict = hand.ask(command, who)
    assert isinstance(verdict, Refusal), verdict
    assert (hand.known, hand.facts()) == (before, said)
    return verdict
