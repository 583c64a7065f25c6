"""The head of a register and the sums under it, as lines for a sheet; Chinese first, English second."""

from datetime import datetime
from typing import NamedTuple

from services.reporting.policy.measures import Number, Rate
from services.reporting.views.document import Document, Tally
from services.reporting.views.figures import Ledger
from shared.organisation.records import Named
from shared.rules.registers import Count
from shared.timekeeping.calendar import zone_named

OPEN_START, OPEN_END = "建册起 from the first", "不截止 open"
UNSET = "未设置 unset"
UNKNOWN, NOT_APPLICABLE = "—", "不适用 not applicable"
SIGN_OFF = "编制 Compiled by：____________    审核 Reviewed by：____________    日期 Date：____________"


class Line(NamedTuple):
    """A label and what stands beside it."""

    label: str
    value: str
    detail: str = ""


def both(named: Named) -> str:
    """Chinese first, English second; once where they are the same."""
    return named.zh if named.zh == named.en else f"{named.zh} {named.en}"


def pack_id(document: Document) -> str:
    """The pack a figure was made under (PR-3)."""
    return f"{document.pack.id} v{document.pack.version}"


def head(document: Document) -> list[Line]:
    """Which register, whose, over which window, from how many cases."""
    also = "、".join(both(alias) for alias in document.register.aliases)
    return [
        Line("表册 Register", f"{document.register.id} {both(document.register.name)}", also and f"又名 also {also}"),
        Line("项目 Site", f"{document.site.code} {both(document.site.name)}"),
        Line("规程 Pack", pack_id(document), document.register.source),
        Line("统计窗口 Window", f"{_from(document)} → {_to(document)}", "含起点，不含终点 start included, end not"),
        Line("案件 Matters", str(document.received), f"事件 Incidents {document.incidents}"),
        *_signed(document),
    ]


def _signed(document: Document) -> list[Line]:
    if document.register.signed_by is None:
        return []
    role = both(document.pack.roles.get(document.register.signed_by, Named(*[document.register.signed_by] * 2)))
    filed = document.filed
    if filed is None or filed.signed_by is None:
        return [Line("签字 Signature", "缺签字 missing", role)]
    when = _local(filed.signed_at, document) or ""
    return [Line("签字 Signature", f"{document.signer} {when}", role)]


def ledger(held: Ledger | None) -> list[Line]:
    """The accounts of a ledger; both sums are equal, or it says so."""
    if held is None:
        return []
    debit, credit = held.debit, held.credit
    verdict = "平衡 balanced" if debit == credit else "不平衡 NOT BALANCED"
    accounts = [
        Line(f"账户 Account {one.id}", str(one.balance), f"借 debit {one.debit}; 贷 credit {one.credit}")
        for one in held.accounts
    ]
    return [*accounts, Line("借贷合计 Debit and credit", str(debit), f"{credit}; {verdict}")]


def sums(document: Document) -> list[Line]:
    """Totals by category, severity and validity; every category of the pack stands there, 0 included."""
    return [
        Line("合计 Total", str(document.received)),
        *_tallied("类别 Category", document.categories),
        *_tallied("等级 Severity", document.severities),
        *_tallied("有效性 Validity", document.validities),
    ]


def measures(document: Document) -> list[Line]:
    """Measures with numerator and denominator, the pack beside each (PR-3)."""
    return [_measure(rate, pack_id(document)) for rate in document.rates]


def _tallied(label: str, tallies: tuple[Tally, ...]) -> list[Line]:
    return [Line(label, str(tally.count), both(tally.name)) for tally in tallies]


def _measure(rate: Rate, pack: str) -> Line:
    measure = rate.measure
    notes = [f"{_number(rate.numerator)} / {_number(rate.denominator)}", pack]
    if rate.pending is not None:
        notes.append(f"尚未判定 not yet judged {rate.pending}")
    if rate.undecided:
        notes.append(f"未判定即撤回 withdrawn unjudged {rate.undecided}")
    if rate.wanted is not None:
        notes.append(f"至少 at least {rate.wanted} / {_number(rate.denominator)}")
    notes.append(_target(rate))
    if measure.denominator is Count.OCCUPIED_UNITS and rate.denominator is None:
        notes.append("请设置项目参数 set the site parameter occupied_units")
    value = f"{rate.percent} %" if rate.percent is not None else UNKNOWN if rate.applicable else NOT_APPLICABLE
    name = " ".join(filter(None, (measure.id, both(measure.name), rate.clock, rate.severity)))
    return Line(name, value, "; ".join(notes))


def _target(rate: Rate) -> str:
    if rate.derived:
        return "推算，制度未定目标 derived, no target in the manual"
    met = {True: "，达标 met", False: "，未达标 missed", None: ""}[rate.reached]
    return f"目标 target ≥ {rate.measure.target_percent} %{met}"


def _number(number: Number | None) -> str:
    return UNSET if number is None else str(number)


def _from(document: Document) -> str:
    return _local(document.stretch.start, document) or OPEN_START


def _to(document: Document) -> str:
    return _local(document.stretch.end, document) or OPEN_END


def _local(instant: datetime | None, document: Document) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(zone_named(document.site.zone)).strftime("%Y-%m-%d %H:%M %z")
