"""Who did what and when, one sentence a fact."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from services.reporting.policy.columns import fields_of
from services.reporting.ports import Row
from services.reporting.views.names import Names
from services.reporting.views.sentences import SENTENCES
from shared.contracts.catalogue import FACTS
from shared.contracts.wording import text
from shared.rules.forms import FormField
from shared.web.wording import Voice

Line = dict[str, Any]
_BY = ("by", "registered_by")


def timeline(facts: Iterable[Row], names: Names, voice: Voice) -> list[Line]:
    """The facts of a case, in the order given, in the words of *voice*.

    A fact of a kind this release does not know is shown by its kind: it happened, and hiding it would mislead.
    """
    return [_line(fact, names, voice) for fact in facts]


def _line(row: Row, names: Names, voice: Voice) -> Line:
    public: Mapping[str, Any] = json.loads(row["public"])
    private: Mapping[str, Any] = json.loads(row["private"]) if row["private"] else {}
    by = next((public[name] for name in _BY if public.get(name)), None)
    at: datetime = row["at"]
    return {
        "id": row["id"],
        "at": at,
        "shown_at": voice.when(at),
        "kind": row["kind"],
        "service": row["kind"].partition(".")[0],
        "version": row["version"],
        "causation": row["causation"],
        "by": by,
        "by_name": names.person(by) if by else None,
        "sentence": _sentence(row["kind"], public, names, voice),
        "note": private.get("text") or None,
        "photos": list(private.get("photos", ())),
        "form": filled({**public.get("form", {}), **private.get("form", {})}, names),
    }


def filled(form: Mapping[str, str], names: Names) -> list[dict[str, str]]:
    """A filled form as people read it, in the order of the pack; a field no pack knows comes last, by its id."""
    known = {field.id: field for field in fields_of(names.own)}
    ordered = sorted(form, key=lambda name: list(known).index(name) if name in known else len(known))
    return [_field(name, form[name], known.get(name), names) for name in ordered]


def _field(name: str, value: str, known: FormField | None, names: Names) -> dict[str, str]:
    if known is None:
        return {"id": name, "name": name, "value": value, "shown": value}
    return {"id": name, "name": names.label(known), "value": value, "shown": names.answer(known, value)}


def _sentence(kind: str, public: Mapping[str, Any], names: Names, voice: Voice) -> str:
    fact_type = FACTS.get(kind)
    say: Callable[[Any, Names], Any] | None = SENTENCES.get(fact_type) if fact_type is not None else None
    if fact_type is None or say is None:
        return voice.say(text("发生了 {kind}", kind=kind))
    return voice.say(say(fact_type.model_validate(public), names))
