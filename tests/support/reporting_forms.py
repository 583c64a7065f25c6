"""A manual with forms, steps and money, its registers, and a month of cases under it."""

from dataclasses import replace
from typing import Any

from shared.contracts.dispatch import Entry, FormNote, StepTaken
from shared.contracts.escalation import ClockArmed, ClockBreached, ClockStopped
from shared.contracts.intake import Caller, RequestReceived
from shared.contracts.notify import NoticeSeenTo
from shared.contracts.origins import Outer, Planned
from shared.organisation.records import Activation, Named
from shared.packs.loader import builtin_pack
from shared.process.service import ServiceProcess
from shared.rules.book import Book
from shared.rules.conditions import Condition
from shared.rules.forms import Choice, FieldKind, FormField
from shared.rules.model import CaseType, Category, Pack
from shared.rules.money import MoneyItem, MoneyKind
from shared.rules.plans import Every, PlanRule
from shared.rules.registers import Column, Count, Measure, Register, Window, WindowKind
from shared.rules.steps import StepOutcome, StepRule
from shared.rules.words import CaseKind
from tests.support.packs import local
from tests.support.reporting_builders import EVER, Log, armed, directory, letter, received, stopped
from tests.support.reporting_system import case

PASS, FAIL = StepOutcome("pass", Named("合格", "Passed")), StepOutcome("fail", Named("不合格", "Failed"))
WORKS = FormField(
    "works",
    Named("工程类别", "Kind of works"),
    FieldKind.CHOICE,
    choices=(Choice("gas", Named("燃气", "Gas")), Choice("paint", Named("油漆", "Paint"))),
)
WORKERS = FormField("workers", Named("工人数", "Workers"), FieldKind.COUNT)
LICENCE = FormField("licence", Named("有执照", "Licensed"), FieldKind.YES_NO)
LEADER = FormField("leader", Named("负责人", "Leader"), FieldKind.TEXT, personal=True)
REMARK = FormField("remark", Named("说明", "Remark"), FieldKind.TEXT)
INSPECTOR = FormField("inspector", Named("验收人", "Inspector"), FieldKind.TEXT, personal=True)
WORKS_TYPE = CaseType(
    "works",
    Named("装修", "Works"),
    CaseKind.RENOVATION,
    (Category("home", Named("住宅", "Home"), "cleaning_dept"),),
    "x",
    form=(WORKS, WORKERS, LICENCE, LEADER),
    steps=(
        StepRule("inspect", Named("验收", "Inspect"), "x", form=(REMARK, INSPECTOR), outcomes=(PASS, FAIL)),
        StepRule("pay", Named("收款", "Take the money"), "x"),
    ),
    money=(MoneyItem("deposit", Named("押金", "Deposit"), MoneyKind.DEPOSIT, "owner", "x"),),
)
COLUMNS = (
    "number",
    "form.works",
    "form.workers",
    "form.licence",
    "form.leader",
    "form.remark",
    "form.inspector",
    "step.inspect.at",
    "step.inspect.by",
    "step.inspect.outcome",
    "planned.rule",
    "planned.period",
    "planned.due",
    "outer.line",
    "outer.number",
    "outer.deadline",
    "signed_by",
)
LEDGER = tuple(f"money.{part}" for part in ("at", "by", "item", "move", "amount", "payer", "debit", "credit", "cash"))
MONTH = Window(WindowKind.CALENDAR_MONTH)
GAS = Condition(flags=("works=gas",))
OTHERS = Condition(severities=("ordinary",), without=("works=gas",))


def register(name: str, columns: tuple[str, ...], **more: Any) -> Register:
    """A register over works, month by month unless told otherwise."""
    shown = tuple(Column(column, Named(column, column)) for column in columns)
    return Register(name, Named(name, name), ("works",), more.pop("window", MONTH), shown, "x", **more)


def measure(name: str, numerator: Count, denominator: Count, **more: Any) -> Measure:
    """A measure named after itself."""
    return Measure(name, Named(name, name), numerator, denominator, "x", **more)


MEASURES = (
    measure("K-a", Count.STEPS, Count.RECEIVED, numerator_of="inspect=pass", target_percent=50),
    measure(
        "K-b",
        Count.SUM,
        Count.SUM,
        numerator_of="workers",
        denominator_of="workers",
        numerator_when=GAS,
        target_field="workers",
    ),
    measure("K-c", Count.RECEIVED, Count.RECEIVED, numerator_when=GAS, denominator_when=OTHERS),
    measure("K-d", Count.LIMITS_KEPT, Count.LIMITS_OF, numerator_of="CK-1", denominator_of="CK-1"),
    measure("K-24", Count.LIMITS_KEPT, Count.LIMITS_OF),
    measure("K-e", Count.ON_TIME, Count.RECEIVED, denominator_when=Condition(categories=("nothing",))),
    measure("K-f", Count.STEPS, Count.RECEIVED, numerator_of="inspect", target_percent=10, sample=True),
)
REGISTERS = (
    register("R-case", COLUMNS, measures=MEASURES, signed_by="property_manager", aliases=(Named("别名", "Alias"),)),
    register("R-gas", ("number", "form.works"), when=GAS),
    register(
        "R-step",
        ("number", "form.remark", "form.inspector", "form.works", "step.inspect.at", "step.inspect.outcome"),
        rows="step:inspect",
    ),
    register("R-60", ("number", *LEDGER), rows="money"),
    register("R-run", ("number", "signed_by"), window=Window(WindowKind.RUNNING), signed_by="property_manager"),
    register("R-73", ("number",), retention_years=2),
    register("R-told", ("number", *(f"notice.N-9.{part}" for part in ("at", "by", "outcome", "means")))),
)


def manual() -> Pack:
    """The manual."""
    made = builtin_pack("P000")
    plan = PlanRule("PL-1", Named("每月验收", "Monthly inspection"), "works", "home", Every.MONTH, "x", day=25)
    return replace(
        made,
        id="P900",
        version=1,
        case_types={"works": WORKS_TYPE},
        registers={one.id: one for one in REGISTERS},
        plans=(plan,),
    )


def shelf() -> Book:
    """The usual directory, with one site that runs the manual."""
    book, pack = directory(), manual()
    book.put_pack(pack)
    book.put_site(replace(book.site("s000"), packs=(Activation(pack.id, pack.version, EVER),), parameters={}))
    return book


def works(at: str, **more: Any) -> RequestReceived:
    """Works asked for."""
    usual: dict[str, Any] = {
        "pack": "P900",
        "pack_version": 1,
        "case_type": "works",
        "category": "home",
        "severity": "ordinary",
    }
    return received(at, **(usual | more))


def inspected(outcome: str, remark: str, count: int = 1, **more: Any) -> StepTaken:
    """An inspection; the inspector's name is personal."""
    form = {"remark": remark} if remark else {}
    private = FormNote(form=more.pop("private", {}))
    return StepTaken(step="inspect", outcome=outcome, count=count, form=form, by="p-li", private=private, **more)


def paid(move: Any, amount: str, debit: str, credit: str) -> StepTaken:
    """Money of the deposit moved."""
    entry = Entry(item="deposit", move=move, amount=amount, payer="owner", debit=debit, credit=credit)
    return StepTaken(step="pay", count={"pay": 1, "deduct": 2, "refund": 3}[move], money=(entry,), by="p-li")


def a_month(log: Log) -> None:
    """Three cases in March: gas, paint planned, one from outside."""
    gas = {"form": {"works": "gas", "workers": "3", "licence": "yes"}, "flags": ("works=gas", "licence=yes")}
    log.say(
        works("2025-03-04 10:00", number="A", private=Caller(form={"leader": "=王"}), **gas),
        "2025-03-04 10:00",
        case(1),
    )
    log.say(inspected("fail", "漏气", private={"inspector": "周"}), "2025-03-05 10:00", case(1))
    log.say(inspected("pass", "=已修", 2), "2025-03-06 10:00", case(1))
    log.say(paid("pay", "1000.00", "cash", "held:deposit"), "2025-03-07 09:00", case(1))
    log.say(paid("deduct", "100.50", "held:deposit", "income:deposit"), "2025-03-08 09:00", case(1))
    log.say(paid("refund", "899.50", "held:deposit", "cash"), "2025-03-09 09:00", case(1))
    log.say(
        ClockArmed(clocks=(armed("CK-1", "2025-03-04 10:00", "2025-03-10 10:00"),), because="received"),
        "2025-03-04 10:00",
        case(1),
    )
    log.say(
        ClockStopped(clocks=(stopped("CK-1", "2025-03-04 10:00", "2025-03-10 10:00", "met"),), because="completed"),
        "2025-03-06 10:00",
        case(1),
    )
    seen = NoticeSeenTo(notice="n-1", rule="N-9", means="phone", told_at=local("2025-03-06 09:30"), by="p-li")
    log.say(seen, "2025-03-06 09:50", case(1))
    planned = Planned(rule="PL-1", period="2025-03", due_at=local("2025-03-26 00:00"))
    paint = {"form": {"works": "paint", "workers": "2"}, "flags": ("works=paint",), "planned": planned}
    log.say(works("2025-03-05 10:00", number="B", **paint), "2025-03-05 10:00", case(2))
    log.say(inspected("pass", ""), "2025-03-06 11:00", case(2))
    log.say(paid("pay", "0.10", "cash", "held:deposit"), "2025-03-07 09:00", case(2))
    log.say(
        ClockArmed(clocks=(armed("CK-1", "2025-03-05 10:00", "2025-03-11 10:00"),), because="received"),
        "2025-03-05 10:00",
        case(2),
    )
    log.say(
        ClockBreached(clock="CK-1", due_at=local("2025-03-11 10:00"), severity="ordinary"), "2025-03-11 10:00", case(2)
    )
    outer = Outer(line="12345", number="=H-7", deadline=local("2025-03-20 18:00"))
    log.say(works("2025-03-31 23:59", number="C", outer=outer), "2025-03-31 23:59", case(3))


def month() -> Log:
    """The log of that month."""
    log = Log()
    a_month(log)
    return log


async def heard(process: ServiceProcess, log: Log) -> None:
    """Let reporting hear *log* in the directory of the manual."""
    process.book.__dict__.update(shelf().__dict__)
    await process.engine.hear([letter(one) for one in log.facts])
