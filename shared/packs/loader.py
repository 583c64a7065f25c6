"""From a pack file, or its text, to a pack that may be used."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from shared.packs.findings import Finding, PackInvalid
from shared.packs.inherit import inherited
from shared.packs.linter import lint
from shared.packs.reading import decoded, lines_of, read
from shared.packs.schema import checked
from shared.rules.model import Pack

FILES = Path(__file__).with_name("files")
"""The packs that come with the product, one file each: ``P001_3.yaml`` holds ``P001/3``."""


def load_pack(source: Path | str, *, known: Mapping[str, dict[str, Any]] | None = None) -> Pack:
    """Read, complete and check one pack.

    A `Path` is a file, a `str` is the text itself. *known* holds the bodies of packs it may extend,
    by id; without it, those that come with the product and those that lie beside the file.

    Raises:
        PackInvalid: Everything that is wrong with it, each with its place and what would be right.
        OSError: The file cannot be read.
    """
    file = source if isinstance(source, Path) else None
    text = _text(source)
    body = _read(text, file)
    try:
        pack = checked(_whole(body, known, file))
        findings = tuple(lint(pack))
    except PackInvalid as refused:
        raise PackInvalid(_placed(refused.findings, text), file) from refused
    if findings:
        raise PackInvalid(_placed(findings, text), file)
    return pack


@cache
def builtin() -> tuple[Pack, ...]:
    """Every pack that comes with the product, by file name."""
    return tuple(_builtin(file) for file in _files().values())


def builtin_pack(id: str) -> Pack:  # noqa: A002 -- the pack's own word
    """The pack of that id that comes with the product; LookupError names those there are."""
    files = _files()
    if id not in files:
        raise LookupError(f"no pack {id}; there are {', '.join(files)}")
    return _builtin(files[id])


def _files() -> dict[str, Path]:
    return {file.stem.replace("_", "/"): file for file in sorted(FILES.glob("*.yaml"))}


@cache
def _builtin(file: Path) -> Pack:
    return load_pack(file)


def _whole(body: dict[str, Any], known: Mapping[str, dict[str, Any]] | None, file: Path | None) -> dict[str, Any]:
    if body.get("extends") is None:
        return body
    return inherited(body, _beside(file) | _bodies() if known is None else known)


def _beside(file: Path | None) -> dict[str, dict[str, Any]]:
    """The bodies of the packs in the folder of *file*; what is no pack lies there unheeded."""
    bodies = {}
    for other in sorted(file.parent.glob("*.y*ml")) if file else ():
        with suppress(PackInvalid, OSError, UnicodeDecodeError):
            body = read(other.read_text(encoding="utf-8"))
            bodies[str(body.get("id"))] = body
    return bodies


def _text(source: Path | str) -> str:
    if isinstance(source, str):
        return source
    try:
        return decoded(source.read_bytes())
    except PackInvalid as refused:
        raise PackInvalid(refused.findings, source) from refused


def _read(text: str, file: Path | None) -> dict[str, Any]:
    try:
        return read(text)
    except PackInvalid as refused:
        raise PackInvalid(refused.findings, file) from refused


def _placed(findings: tuple[Finding, ...], text: str) -> tuple[Finding, ...]:
    lines = lines_of(text)
    return tuple(replace(finding, line=lines.at(finding.path)) for finding in findings)


@cache
def _bodies() -> dict[str, dict[str, Any]]:
    bodies = (read(file.read_text(encoding="utf-8")) for file in sorted(FILES.glob("*.yaml")))
    return {str(body.get("id")): body for body in bodies}
