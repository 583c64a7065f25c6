"""A register as JSON: ids and numbers as they are, names in both languages beside them."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.reporting.policy.measures import Rate
from services.reporting.policy.windows import due_of
from services.reporting.views.document import Document, Tally
from shared.organisation.records import Named

MEDIA = "application/json"


def body(document: Document, rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """The whole register; a row is an object by column field."""
    fields = [column.field.value for column in document.register.columns]
    return {
        "register": {
            "id": document.register.id,
            "name": _named(document.register.name),
            "case_types": list(document.register.case_types),
        },
        "source": document.register.source,
        "site": {"id": document.site.id, "code": document.site.code, "name": _named(document.site.name)},
        "pack": {"id": document.pack.id, "version": document.pack.version},
        "window": _window(document),
        "matters": document.received,
        "incidents": document.incidents,
        "columns": [{"field": c.field.value, "name": _named(c.name)} for c in document.register.columns],
        "rows": [dict(zip(fields, row, strict=True)) for row in rows],
        "totals": _totals(document),
        "measures": [_measure(rate, document) for rate in document.rates],
    }


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
        "percent": float(rate.percent) if rate.percent is not None else None,
        "not_yet_judged": rate.pending,
        "target_percent": rate.measure.target_percent,
        "reached": rate.reached,
        "source": rate.measure.source,
    }


def _named(named: Named) -> dict[str, str]:
    return {"zh": named.zh, "en": named.en}
