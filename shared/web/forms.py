"""A form as JSON, with everything a page needs to draw it."""

from collections.abc import Iterable
from typing import Any

from shared.organisation.records import Named
from shared.rules.conditions import ALWAYS, Condition
from shared.rules.forms import FormField


def form_shown(form: Iterable[FormField]) -> list[dict[str, Any]]:
    """The fields in order; ``when`` says under which circumstances a field is asked for, None: always."""
    return [_field(field) for field in form]


def named(name: Named) -> dict[str, str]:
    """A name in both languages."""
    return {"zh": name.zh, "en": name.en}


def _field(field: FormField) -> dict[str, Any]:
    return {
        "id": field.id,
        "name": named(field.name),
        "kind": field.kind.value,
        "required": field.required,
        "when": condition_shown(field.when),
        "choices": [{"id": one.id, "name": named(one.name)} for one in field.choices],
        "personal": field.personal,
        "refused": {value: named(why) for value, why in field.refused.items()},
        "at_least": str(field.at_least) if field.at_least is not None else None,
        "at_most": str(field.at_most) if field.at_most is not None else None,
        "source": field.source,
        "product_default": field.product_default,
    }


def condition_shown(condition: Condition) -> dict[str, list[str]] | None:
    """The parts of a condition that ask something; None where it always holds."""
    if condition == ALWAYS:
        return None
    parts = ("severities", "validity", "categories", "flags", "without")
    return {part: [str(one) for one in getattr(condition, part)] for part in parts if getattr(condition, part)}
