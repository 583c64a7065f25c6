"""What the hand-written documents point at exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
NAMED = re.compile(r"`((?:services|shared|shouwen|deploy|tests|docs)/[^`\s]*|pyproject\.toml|Makefile|README\.md)`")
IMAGINED = {"services/intake/tools.py", "shared/tools"}
"""What decision 0013 added on purpose, to see the build fail."""
IN_THE_CODE = re.compile(r"\*\*In the code\.\*\*(.*)", re.DOTALL)
NAME = re.compile(r"`(_?[A-Za-z][A-Za-z_]*(?:\.[A-Za-z_]+)?)`")


def named(page: Path) -> Iterator[str]:
    """Paths of this repository that *page* names, as patterns."""
    for path in NAMED.findall(page.read_text("utf-8")):
        yield re.sub(r"<[^>]*>", "*", path.rstrip("/"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_and_every_link_leads_somewhere(page: Path) -> None:
    lost = [path for path in named(page) if path not in IMAGINED and not any(ROOT.glob(path))]
    links = (link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link)
    lost += [link for link in links if not (page.parent / link).exists()]
    assert lost == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs/decisions").glob("*.md")), ids=lambda page: page.stem)
def test_every_name_a_decision_points_at_is_in_the_code_it_names(page: Path) -> None:
    found = IN_THE_CODE.search(page.read_text("utf-8"))
    assert found is not None
    files = [file for path in named(page) for place in ROOT.glob(path) for file in sources(place)]
    code = "\n".join(file.read_text("utf-8") for file in files)
    assert [name for name in NAME.findall(found[1]) if not known(name, code)] == []


def sources(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def known(name: str, code: str) -> bool:
    """Whether *name* is a file, or *code* defines, or at least uses, its last part."""
    last = name.rpartition(".")[2]
    return (
        any(any((ROOT / top).rglob(name)) for top in ("services", "shared", "shouwen"))
        or (ROOT / name).exists()
        or re.search(rf"\b{last}\b", code) is not None
    )
