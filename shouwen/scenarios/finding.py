"""Where scenarios lie: files and folders a person names, and those a pack carries."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import shared.packs
from shouwen.words import Refused

BUILTIN = Path(shared.packs.__file__).with_name("scenarios")
"""Scenarios of the packs that come with the product, a folder for each: ``P001_3`` for ``P001/3``."""
ENDINGS = (".yaml", ".yml")


def folder_name(pack: str) -> str:
    """The folder of a pack's scenarios."""
    return pack.replace("/", "_")


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file of scenarios under *paths*, in order.

    Raises:
        Refused: A path does not exist, or a folder has none.
    """
    for path in paths:
        if path.is_dir():
            found = sorted(one for one in path.rglob("*") if one.suffix in ENDINGS and one.is_file())
            if not found:
                raise Refused(f"文件夹里没有场景文件：{path}", f"no scenario file (*.yaml) in {path}")
            yield from found
        elif path.is_file():
            yield path
        else:
            raise Refused(f"没有这个文件：{path}", f"no such file: {path}")


def beside(pack_file: Path) -> tuple[Path, ...]:
    """The scenarios beside a pack file: the folder ``<name>.scenarios`` or the file ``<name>.scenarios.yaml``."""
    stem = pack_file.with_suffix("")
    places = (Path(f"{stem}.scenarios"), *(Path(f"{stem}.scenarios{ending}") for ending in ENDINGS))
    return tuple(place for place in places if place.exists())
