"""A register as JSON: ids and numbers as they are, names in both languages beside them."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from services.reporting.policy.filing import Filed
from services.reporting.policy.measures import Rate
from services.reporting.policy.windows import due_of
from services.reporting.views.document import Document, Tally
from services.reporting.views.figures import Ledger
from shared.organisation.records import Named

MEDIA = "application/json"
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def body(document: Document, rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """The whole register; a row is an object by column field."""
    fields = [column.field for column in document.register.columns]
    lines = [dict(zip(fields, row, strict=True)) for row in rows]
    return {
        "register": {
            "id": document.register.id,
            "name": _named(document.register.name),
            "case_types": list(document.register.case_types),
            "aliases": [_named(alias) for alias in document.register.aliases],
            "rows": document.register.rows,
        },
        "source": document.register.source,
        "site": {"id": document.site.id, "code": document.site.code, "name": _named(document.site.name)},
        "pack": {"id": document.pack.id, "version": document.pack.version},
        "window": _window(document),
        "matters": document.received,
        "incidents": document.incidents,
        "columns": [{"field": c.field, "name": _named(c.name)} for c in document.register.columns],
        "lines": len(lines),
        "rows": lines,
        "totals": _totals(document),
        "measures": [_measure(rate, document) for rate in document.rates],
        "ledger": _ledger(document.ledger),
        "signature": _signature(document),
    }


def written(document: Document, rows: Iterable[Sequence[Any]]) -> bytes:
    """The register as bytes; numbers stand exactly as they are."""
    return _ENCODER.encode(body(document, rows))


def _window(document: Document) -> dict[str, Any]:
    return {
        "month": document.month,
        "by": document.way.value,
        "kind": document.register.window.kind.value,
        "from": document.stretch.start,
        "to": document.stretch.end,
        "due_at": due_of(document.register.window, document.month, document.way, document.site.zone),
        "zone": document.site.zone,
    }


def _totals(document: Document) -> dict[str, Any]:
    return {
        "received": document.received,
        **document.sums,
        "categories": _tallied(document.categories),
        "severities": _tallied(document.severities),
        "validities": _tallied(document.validities),
        "packs": [{"id": tally.id, "count": tally.count} for tally in document.packs],
    }


def _tallied(tallies: tuple[Tally, ...]) -> list[dict[str, Any]]:
    return [{"id": tally.id, "name": _named(tally.name), "count": tally.count} for tally in tallies]


def _measure(rate: Rate, document: Document) -> dict[str, Any]:
    return {
        "id": rate.measure.id,
        "name": _named(rate.measure.name),
        "pack": document.pack.id,
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "clock": rate.clock,
        "severity": rate.severity,
        "percent": rate.percent,
        "not_yet_judged": rate.pending,
        "withdrawn_unjudged": rate.undecided,
        "target_percent": rate.measure.target_percent,
        "reached": rate.reached,
        "sample": rate.wanted,
        "derived": rate.derived,
        "applicable": rate.applicable,
        "source": rate.measure.source,
    }


def _ledger(ledger: Ledger | None) -> dict[str, Any] | None:
    if ledger is None:
        return None
    return {
        "accounts": [
            {"id": one.id, "debit": one.debit, "credit": one.credit, "balance": one.balance} for one in ledger.accounts
        ],
        "debit": ledger.debit,
        "credit": ledger.credit,
        "balanced": ledger.debit == ledger.credit,
    }


def _signature(document: Document) -> dict[str, Any]:
    filed = document.filed or Filed()
    return {
        "wanted": document.register.signed_by,
        "by": filed.signed_by,
        "at": filed.signed_at,
        "missing": document.register.signed_by is not None and filed.signed_by is None,
    }


def _named(named: Named) -> dict[str, str]:
    return {"zh": named.zh, "en": named.en}
