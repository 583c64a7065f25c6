"""Where things of the distribution lie: streams, mappings, migrations; and which services there are."""

from importlib import import_module
from pathlib import Path

SERVICES = ("directory", "intake", "dispatch", "escalation", "reporting", "notify", "console")
"""In the order they are started: the directory first, because everyone learns from it."""

_HERE = Path(__file__).parent


def deploy_folder() -> Path:
    """``deploy/``: beside the sources, or inside the installed package."""
    packed = _HERE / "deploy"
    return packed if packed.is_dir() else _HERE.parent / "deploy"


def streams_file() -> Path:
    """The declaration of streams and durables."""
    return deploy_folder() / "streams.toml"


def migrations_of(service: str) -> Path:
    """The folder of a service's migrations."""
    module = import_module(f"services.{service}")
    return Path(str(module.__file__)).parent / "migrations"
