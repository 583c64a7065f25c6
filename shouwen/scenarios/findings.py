"""What is wrong with a file of scenarios, said so that its author can mend it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

from shouwen.words import Words

NAMED_MOST = 40
MAX_CHARACTERS = 2_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: scenario and field, as far as known."""

    scenario: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        line: From 1.
        wrong: What is wrong there.
        right: What would be right.
    """

    file: str
    line: int
    place: Place
    wrong: Words
    right: Words

    def __str__(self) -> str:
        where = " ".join(part for part in (self.place.scenario, self.place.field) if part)
        head = f"{self.file}:{self.line}: {where}".rstrip(": ")
        return f"{head}: {self.wrong.zh}；{self.right.zh} / {self.wrong.en}; {self.right.en}"


class FileWrong(ValueError):
    """A file whose scenarios cannot be run; ``findings`` says why, every one of them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Carry *findings*."""
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


@dataclass(slots=True)
class Findings:
    """Gathers what is wrong while a file is read; views of one file share their list.

    Attributes:
        place: Where the reader is now; joined with the place a finding names itself.
    """

    file: str
    place: Place = Place()
    found: list[Finding] = field(default_factory=list)

    def add(self, line: int, wrong: Words, right: Words, place: Place | None = None) -> None:
        """Take a note; what *place* leaves out is where the reader is now."""
        scenario = place.scenario if place and place.scenario else self.place.scenario
        inner = place.field if place else ""
        path = ".".join(part for part in (self.place.field, inner) if part)
        self.found.append(Finding(self.file, line, Place(scenario, path), wrong, right))

    def at(self, *, scenario: str = "", field: str = "") -> "Findings":
        """The same notes, seen from a place further in."""
        path = ".".join(part for part in (self.place.field, field) if part)
        return replace(self, place=Place(scenario or self.place.scenario, path))

    def unknown(self, line: int, what: Words, word: str, known: Iterable[str]) -> None:
        """Take a note of a word nobody knows, with what was probably meant."""
        self.add(line, Words(f"没有这个{what.zh}：{word}", f"no such {what.en}: {word}"), meant(word, known))


def meant(word: str, known: Iterable[str]) -> Words:
    """What *word* was probably meant to be, and what there is."""
    there = sorted(set(known))
    close = sorted(get_close_matches(word, there, n=NAMED_MOST, cutoff=0.5))
    listed = ", ".join(there[:NAMED_MOST]) + (" …" if len(there) > NAMED_MOST else "")
    if not close:
        return Words(f"可以是：{listed}", f"there are: {listed}")
    # Of equally close words the one that begins alike: ids differ at their end.
    best = max(close, key=lambda one: (SequenceMatcher(None, one, word).ratio(), _alike(one, word)))
    return Words(f"是否应为 {best}？可以是：{listed}", f"did you mean {best}? there are: {listed}")


def _alike(one: str, other: str) -> int:
    """How many characters two words have in common at their beginning."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def load_text(path: Path) -> str:
    """The text of a file; of one that is too long, one character more than is read.

    Raises:
        FileWrong: It cannot be read, or is no UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            return stream.read(MAX_CHARACTERS + 1)
    except OSError as trouble:
        wrong = Words("文件无法读取", f"the file cannot be read ({trouble.strerror})")
        right = Words("请检查路径和权限", "check path and permissions")
        raise FileWrong([Finding(str(path), 1, Place(), wrong, right)]) from trouble
    except UnicodeDecodeError as trouble:
        wrong = Words("文件不是 UTF-8 编码", "the file is not UTF-8")
        right = Words("请另存为 UTF-8", "save it as UTF-8")
        raise FileWrong([Finding(str(path), 1, Place(), wrong, right)]) from trouble
