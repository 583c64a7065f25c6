"""Jinja templates in the reader's language; everything shown is escaped."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console.views.assets import Assets
from shared.web.wording import Voice

TEMPLATES = Path(__file__).parent / "templates"


class JinjaPages:
    """Renders the templates beside this module."""

    def __init__(self, assets: Assets) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["asset"] = assets.address
        self._environment.filters |= {"cap": capitalised, "instant": instant_of}

    def render(self, name: str, voice: Voice, context: Mapping[str, Any]) -> str:
        """See :class:`services.console.ports.Pages`."""

        def say(sentence: str, **gaps: Any) -> str:
            return voice.translate(sentence).format_map(gaps)

        def named(names: Mapping[str, str]) -> str:
            return names["zh"] if voice.language == "zh" else names["en"]

        def local(stamp: str | datetime | None, zone: str | None = None) -> str:
            instant = instant_of(stamp)
            return Voice(voice.language, zone or voice.zone).when(instant) if instant is not None else ""

        def until(stamp: str | None, zone: str) -> str:
            instant = instant_of(stamp)
            return Voice(voice.language, zone).until(instant) if instant is not None else ""

        def listed(parts: Iterable[str]) -> str:
            return ("、" if voice.language == "zh" else ", ").join(parts)

        given: dict[str, Any] = {
            "_": say,
            "named": named,
            "local": local,
            "until": until,
            "listed": listed,
            "lang": voice.language,
            "joint": voice.joint,
            "colon": "：" if voice.language == "zh" else ": ",
        }
        given |= {"lasted": partial(length_of, voice), "exact": exact_of}
        return self._environment.get_template(name).render({**given, **context})


def capitalised(sentence: str) -> str:
    """With a capital first letter, as a button wants it; Chinese stays as it is."""
    return sentence[:1].upper() + sentence[1:]


def length_of(voice: Voice, seconds: float) -> str:
    """A length of time to the second, such as 2 天 03:30; seconds and their parts only where there are any."""
    whole, part = divmod(timedelta(seconds=seconds), timedelta(seconds=1))
    days, left = divmod(whole, 86400)
    clock = f"{left // 3600:02}:{left // 60 % 60:02}" + (f":{left % 60:02}" if left % 60 or part else "")
    fraction = f".{part // timedelta(microseconds=1):06}".rstrip("0") if part else ""
    return (f"{days} {voice.translate('天')} " if days else "") + clock + fraction


def exact_of(stamp: str, zone: str, limit: bool = False) -> str:  # noqa: FBT001, FBT002  a template's word
    """An instant to the minute, and beyond where it does not lie on one; as a limit, midnight is 24:00."""
    instant = datetime.fromisoformat(stamp)
    voice = Voice(zone=zone)
    shown = voice.until(instant) if limit else voice.when(instant)
    seconds = f":{instant.second:02}" if instant.second or instant.microsecond else ""
    return shown + seconds + (f".{instant.microsecond:06}".rstrip("0") if instant.microsecond else "")


def instant_of(stamp: str | datetime | None) -> datetime | None:
    """An instant as services write it; None where there is none."""
    if isinstance(stamp, str):
        return datetime.fromisoformat(stamp) if stamp else None
    return stamp
