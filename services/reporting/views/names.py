"""Names for the ids that facts carry, in the reader's language; an id nobody knows stays as it is."""

from collections.abc import Mapping
from typing import Protocol

from shared.organisation.records import Named
from shared.rules.book import Book, UnknownSite
from shared.rules.model import Pack
from shared.web.wording import Voice


class _Part(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> Named: ...


class Names:
    """Looks up in the directory for one site and one pack: the pack a case pinned, or the one a form comes from."""

    def __init__(self, book: Book, voice: Voice, *, site: str, pack: Pack | None) -> None:
        self._book, self._voice, self._pack = book, voice, pack
        self._departments = {d.id: d.name for d in book.departments(site)} if _known(book, site) else {}

    def person(self, who: str | None) -> str:
        """A person's name."""
        known = self._book.staff.person(who) if who else None
        return known.name if known is not None else who or ""

    def department(self, which: str | None) -> str:
        """A department's own name, else the name of the role it stands for."""
        named = self._departments.get(which or "")
        return self._in(named) if named is not None else self.role(which)

    def role(self, role: str | None) -> str:
        """A role of the pack."""
        named = self._pack.roles.get(role or "") if self._pack is not None else None
        return self._in(named) if named is not None else role or ""

    def category(self, case_type: str, category: str | None) -> str:
        """A category of the case type."""
        kind = self._pack.case_types.get(case_type) if self._pack is not None else None
        return self._part(kind.categories if kind is not None else (), category)

    def severity(self, case_type: str, severity: str | None) -> str:
        """A severity of the case type."""
        kind = self._pack.case_types.get(case_type) if self._pack is not None else None
        return self._part(kind.severities if kind is not None else (), severity)

    def clock(self, clock: str | None) -> str:
        """A clock, by its name and its id in the manual."""
        name = self.clock_name(clock)
        return self.beside(name, clock) if clock and name != clock else name

    def clock_name(self, clock: str | None) -> str:
        """A clock, by its name alone, where there is little room."""
        types = self._pack.case_types.values() if self._pack is not None else ()
        named = next((c.name for kind in types for c in kind.clocks if c.id == clock), None)
        return self._in(named) if named is not None else clock or ""

    def beside(self, name: str, more: str) -> str:
        """A name with *more* in the brackets of the reader's script."""
        return f"{name}（{more}）" if self._voice.language == "zh" else f"{name} ({more})"

    def word(self, words: Mapping[str, str], value: str | None) -> str:
        """A word of a closed vocabulary."""
        known = words.get(value or "")
        return self._voice.translate(known) if known is not None else value or ""

    def _part(self, parts: tuple[_Part, ...], wanted: str | None) -> str:
        named = next((part.name for part in parts if part.id == wanted), None)
        return self._in(named) if named is not None else wanted or ""

    def _in(self, named: Named) -> str:
        return named.zh if self._voice.language == "zh" else named.en


def _known(book: Book, site: str) -> bool:
    try:
        book.site(site)
    except UnknownSite:
        return False
    return True
