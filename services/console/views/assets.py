"""Static files: our own, and htmx out of the package that carries it, each under an address that names its content.

Source: ecosystem survey §1 (where the script comes from; htmx 2, never the beta beside it).
"""

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "static"
HTMX_SHA256 = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
MEDIA = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
REMEDY = (
    "缺少或与本版本不符，请按 requirements.lock 重新安装。"
    " Missing or not as this release needs it; install from requirements.lock again."
)
OURS = ("console.css", "console.js", "live.js", "icon.svg")


class AssetInvalid(RuntimeError):
    """A file is not the one this release was made with; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    content: bytes
    media_type: str
    digest: str


class Assets:
    """Every static file, read once."""

    def __init__(self) -> None:
        files = {name: (HERE / name).read_bytes() for name in OURS} | {"htmx.js": htmx()}
        self._files = {name: _asset(name, content) for name, content in files.items()}

    def address(self, name: str) -> str:
        """Where *name* is served; another content is another address, so browsers may keep it for ever."""
        return f"/static/{name}?{self._files[name].digest[:16]}"

    def find(self, name: str) -> Asset | None:
        """The file of that name."""
        return self._files.get(name)


def _asset(name: str, content: bytes) -> Asset:
    return Asset(content, MEDIA[Path(name).suffix], hashlib.sha256(content).hexdigest())


@cache
def htmx() -> bytes:
    """The script of htmx 2, found without importing the package that carries it.

    Raises:
        AssetInvalid: The installed file is another one.
    """
    content = _package("django_htmx").joinpath("static", "django_htmx", "htmx-2.min.js").read_bytes()
    if hashlib.sha256(content).hexdigest() != HTMX_SHA256:
        raise AssetInvalid(f"htmx：{REMEDY}")
    return content


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise AssetInvalid(f"{name}：{REMEDY}")
    return Path(next(iter(spec.submodule_search_locations)))


def font_directory() -> Path:
    """Where the font of printed papers lies.

    Raises:
        AssetInvalid: The package is missing.
    """
    return _package("justmytype_intl_cjk") / "fonts" / "ofl" / "notosanssc"
