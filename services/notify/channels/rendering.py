"""A payload of sentences, put into a language and the site's zone at the last moment."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.contracts.wording import Text, type_of_value
from shared.web.wording import Language, Voice


def rendered(payload: Mapping[str, Any], language: Language) -> str:
    """What *payload* says in *language*; instants in the zone of its site."""
    voice = Voice(language, payload["zone"])
    spoken = (voice.say(_text(sentence, language)) for sentence in payload["sentences"])
    return ("" if language == "zh" else " ").join(spoken)


def both_languages(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Chinese and English."""
    return rendered(payload, "zh"), rendered(payload, "en")


def _text(sentence: Mapping[str, Any], language: Language) -> Text:
    gaps = {name: _gap(value, language) for name, value in sentence["gaps"].items()}
    return Text(sentence["template"], gaps)


def _gap(value: Any, language: Language) -> type_of_value:
    if not isinstance(value, Mapping):
        return str(value)
    return datetime.fromisoformat(value["at"]) if "at" in value else str(value[language])
