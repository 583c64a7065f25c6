"""The triplicate work order on one A4 page (requirements §3.3, form R-05).

What people wrote reaches the page as data, never as template source; characters the font lacks are shown as 〓 and
listed at the foot.

Source: ecosystem survey §3.
"""

import asyncio
import hashlib
import io
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import segno
import typst
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

from services.console.ports import Sheet
from services.console.views.assets import REMEDY, AssetInvalid, font_directory

FONT = "NotoSansSC[wght].ttf"
FONT_SHA256 = "a3041811a78c361b1de50f953c805e0244951c21c5bd412f7232ef0d899af0da"
TEMPLATE = Path(__file__).parent / "templates" / "order.typ"
STANDS_IN = "〓"
INVISIBLE = frozenset("\n\r\t\u200b\u200d\ufe0e\ufe0f\u2060")
FIELD_MOST, WORDS_MOST = 40, 150


class OrderPrinter:
    """Prints with one set of fonts, one page at a time, off the event loop."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Semaphore(1)

    def lacks(self, *texts: str) -> tuple[str, ...]:
        """See :class:`services.console.ports.Printer`."""
        wanted = dict.fromkeys(character for text in texts for character in text)
        return tuple(c for c in wanted if c not in INVISIBLE and ord(c) not in characters())

    async def order(self, sheet: Sheet) -> bytes:
        """See :class:`services.console.ports.Printer`."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._compiled, sheet)

    def _compiled(self, sheet: Sheet) -> bytes:
        told = asdict(sheet) | {
            "fields": [(label, self._shown(value, FIELD_MOST)) for label, value in sheet.fields],
            "words": [(label, self._shown(value, WORDS_MOST)) for label, value in sheet.words],
            "site": self._shown(sheet.site, FIELD_MOST),
            "missing": self._missing(sheet),
            "code": code_of(sheet.address),
        }
        inputs = {"sheet": json.dumps(told, ensure_ascii=False)}
        page: bytes = typst.compile(TEMPLATE.read_bytes(), font_paths=fonts(), sys_inputs=inputs)
        return page

    def _missing(self, sheet: Sheet) -> str:
        lacking = self.lacks(*(value for _, value in (*sheet.fields, *sheet.words)))
        codes = " ".join(f"U+{ord(character):04X}" for character in lacking)
        return sheet.missing.format(codes=codes) if codes else ""

    def _shown(self, value: str, most: int) -> str:
        lacking = set(self.lacks(value))
        line = " ".join("".join(STANDS_IN if c in lacking else c for c in value if c not in "\u200d\ufe0f").split())
        return line if len(line) <= most else line[: most - 1] + "…"


def code_of(address: str) -> str:
    """A QR code as SVG."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", border=0, scale=4)
    return out.getvalue().decode()


@cache
def font_file() -> Path:
    """The font, known by its hash.

    Raises:
        AssetInvalid: The installed font is another one.
    """
    path = font_directory() / FONT
    if hashlib.sha256(path.read_bytes()).hexdigest() != FONT_SHA256:
        raise AssetInvalid(f"{FONT}：{REMEDY}")
    return path


@cache
def fonts() -> typst.Fonts:
    """Fonts of printed papers: ours alone, so that a page looks the same on every machine."""
    directory = str(font_file().parent)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[directory])


@cache
def characters() -> frozenset[int]:
    """Code points the font can show."""
    with TTFont(font_file(), lazy=True) as font:
        return frozenset(font.getBestCmap())
