"""Sizes, names and leaks that neither lint nor import contracts see."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = ("services", "shared", "shouwen")
LONGEST_MODULE = 299
LONGEST_FUNCTION = 40
NEARLY_ALL = 0.9
USUAL = 20
MEDIAN = 6
ONE_SITTING = 1500
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "manager", "data"}
MACHINE_PATHS = re.compile(rb"(?<![\w.])/(?:home|root|Users|work)/[\w.-]+/[\w.-]+|[A-Z]:\\Users\\")
REGISTRY_HOSTS = re.compile(rb"pypi\.org|pythonhosted\.org|index-url|extra-index", re.IGNORECASE)


def modules(*places: str) -> list[Path]:
    found = (path for place in places for path in (ROOT / place).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a module with the lines of its body, the docstring not counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", body_lines(node)


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def tracked() -> list[Path]:
    """What git keeps or would keep; everything in a tree without git."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=False, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout, so there are no tracked files to read")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_module_is_too_long_to_read() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PRODUCT, "tests")}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def code_lines(path: Path) -> int:
    """Lines that hold code: neither blank, nor comment, nor docstring."""
    source = path.read_text(encoding="utf-8")
    said = {line for node in ast.walk(ast.parse(source)) for line in docstring_lines(node)}
    empty = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = (t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type not in empty)
    return len({line for t in tokens for line in range(t.start[0], t.end[0] + 1)} - said)


def docstring_lines(node: ast.AST) -> range:
    first = next(iter(getattr(node, "body", [])), None) if isinstance(node, DOCUMENTED) else None
    if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
        return range(0)
    return range(first.lineno, (first.end_lineno or first.lineno) + 1)


def test_what_keeps_the_promises_can_be_read_in_one_sitting() -> None:
    assert sum(code_lines(path) for path in modules("shared/runtime", "shared/storage")) < ONE_SITTING


def test_no_function_is_too_long_to_read() -> None:
    sizes = {name: lines for path in modules(*PRODUCT, "tests") for name, lines in functions(path)}
    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_FUNCTION} == {}


def test_nine_functions_in_ten_are_short_and_half_are_very_short() -> None:
    sizes = [lines for path in modules(*PRODUCT) for _, lines in functions(path)]
    assert sum(lines < USUAL for lines in sizes) >= NEARLY_ALL * len(sizes)
    assert median(sizes) <= MEDIAN


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in modules(*PRODUCT, "tests") if path.stem in VAGUE] == []


def test_every_module_of_the_product_says_what_it_is_for() -> None:
    silent = [path for path in modules(*PRODUCT) if not ast.get_docstring(ast.parse(path.read_bytes()))]
    assert silent == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert {str(path): found for path in tracked() if (found := MACHINE_PATHS.findall(path.read_bytes()))} == {}


def test_the_lock_and_the_makefile_name_no_registry() -> None:
    named = ("requirements.lock", "pyproject.toml", "Makefile")
    assert {n: f for n in named if (f := REGISTRY_HOSTS.findall((ROOT / n).read_bytes()))} == {}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param('def f():\n    """Only words."""', 0, id="a docstring is no body"),
        pytest.param("def f():\n    return 1", 1, id="one line"),
        pytest.param('def f():\n    """Words."""\n    a = (\n        1\n    )\n    return a', 4, id="broken lines"),
    ],
)
def test_a_body_is_counted_without_its_docstring(text: str, lines: int) -> None:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert body_lines(function) == lines


@pytest.mark.parametrize("place", ["home", "work", "root", "Users"])
def test_machine_paths_are_recognised(place: str) -> None:
    assert MACHINE_PATHS.search(f"see /{place}/ann/shouwen".encode())
