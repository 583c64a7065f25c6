"""Names for the ids that facts carry, in the reader's language; an id nobody knows stays as it is."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Protocol

from services.reporting.views import words
from shared.organisation.records import Named
from shared.rules.book import Book, UnknownSite
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import CaseType, Pack
from shared.rules.vendors import VENDOR_CLOCKS
from shared.web.wording import Voice

SPOKEN = frozenset({FieldKind.CHOICE, FieldKind.YES_NO, FieldKind.INSTANT})
"""Kinds of fields whose value is not what people read."""


class _Part(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> Named: ...


class Names:
    """Looks up in the directory for one site and one pack: the pack a case pinned, or the one a form comes from.

    Attributes:
        own: The case type of the case, or every one of the pack.
    """

    def __init__(self, book: Book, voice: Voice, *, site: str, pack: Pack | None, case_type: str | None = None) -> None:
        self._book, self._voice, self._pack = book, voice, pack
        types = pack.case_types if pack is not None else {}
        self.own = tuple(kind for kind in types.values() if case_type in (None, kind.id))
        self._departments = {d.id: d.name for d in book.departments(site)} if _known(book, site) else {}

    def person(self, who: str | None) -> str:
        """A person's name, or the word for what acts by itself."""
        known = self._book.staff.person(who) if who else None
        return known.name if known is not None else self.word(words.ACTORS, who)

    def department(self, which: str | None) -> str:
        """A department's own name, else the name of the role it stands for."""
        named = self._departments.get(which or "")
        return self.say(named) if named is not None else self.role(which)

    def role(self, role: str | None) -> str:
        """A role of the pack."""
        named = self._pack.roles.get(role or "") if self._pack is not None else None
        return self.say(named) if named is not None else role or ""

    def case_type(self, case_type: str) -> str:
        """A case type; the id where the pack has none of it."""
        kind = self._pack.case_types.get(case_type) if self._pack is not None else None
        return self.say(kind.name) if kind is not None else case_type

    def category(self, case_type: str, category: str | None) -> str:
        """A category of the case type."""
        kind = self._pack.case_types.get(case_type) if self._pack is not None else None
        return self._part(kind.categories if kind is not None else (), category)

    def severity(self, case_type: str, severity: str | None) -> str:
        """A severity of the case type."""
        kind = self._pack.case_types.get(case_type) if self._pack is not None else None
        return self._part(kind.severities if kind is not None else (), severity)

    def category_among(self, kinds: Iterable[CaseType], category: str | None) -> str:
        """A category of one of *kinds*, of which nobody says; by every name it has among them."""
        return self._named_among((part for kind in kinds for part in kind.categories), category)

    def severity_among(self, kinds: Iterable[CaseType], severity: str | None) -> str:
        """A severity of one of *kinds*, likewise."""
        return self._named_among((part for kind in kinds for part in kind.severities), severity)

    def clock(self, clock: str | None) -> str:
        """A clock, by its name and its id in the manual."""
        name = self.clock_name(clock)
        return self.beside(name, clock) if clock and name != clock else name

    def clock_name(self, clock: str | None) -> str:
        """A clock, by its name alone, where there is little room."""
        types = self._pack.case_types.values() if self._pack is not None else ()
        return self._part(chain(*(kind.clocks for kind in types), VENDOR_CLOCKS), clock)

    def answer(self, field: FormField, value: str | None) -> str:
        """What was filled into a field of a form."""
        if field.kind is FieldKind.CHOICE:
            return self._part(field.choices, value)
        if field.kind is FieldKind.YES_NO:
            return self.word(words.YES_NO, value)
        return self._instant(value) if field.kind is FieldKind.INSTANT else value or ""

    def label(self, field: FormField) -> str:
        """What stands beside a field."""
        return self.say(field.name)

    def outcome(self, kinds: Iterable[CaseType], outcome: str | None) -> str:
        """How a step turned out."""
        outcomes = (one for kind in kinds for step in kind.steps for one in step.outcomes)
        return self._part(tuple(outcomes), outcome)

    def step(self, kinds: Iterable[CaseType], step: str) -> str:
        """What was to be done."""
        found = next((one for kind in kinds for one in kind.steps if one.id == step), None)
        return self.say(found.text) if found is not None else step

    def plan(self, rule: str | None) -> str:
        """A duty that comes round."""
        return self._part(self._pack.plans if self._pack is not None else (), rule)

    def rule(self, rule: str) -> str:
        """A rule of the pack by its name: of a recurrence, a notice, an upgrade or a plan."""
        pack = self._pack
        return self._part(chain(pack.recurrences, pack.plans, _noticed(pack)) if pack is not None else (), rule)

    def item(self, kinds: Iterable[CaseType], item: str | None) -> str:
        """A sum of money."""
        return self._part(tuple(one for kind in kinds for one in kind.money), item)

    def account(self, kinds: Iterable[CaseType], account: str | None) -> str:
        """An account of the ledger, with the sum it is kept for."""
        group, _, item = (account or "").partition(":")
        name = self.word(words.ACCOUNT, group)
        return self.beside(name, self.item(kinds, item)) if item else name

    def _instant(self, value: str | None) -> str:
        try:
            return self._voice.when(datetime.fromisoformat(value or ""))
        except ValueError:
            return value or ""

    def beside(self, name: str, more: str) -> str:
        """A name with *more* in the brackets of the reader's script."""
        return f"{name}（{more}）" if self._voice.language == "zh" else f"{name} ({more})"

    def word(self, words: Mapping[str, str], value: str | None) -> str:
        """A word of a closed vocabulary."""
        known = words.get(value or "")
        return self._voice.translate(known) if known is not None else value or ""

    def _part(self, parts: Iterable[_Part], wanted: str | None) -> str:
        named = next((part.name for part in parts if part.id == wanted), None)
        return self.say(named) if named is not None else wanted or ""

    def _named_among(self, parts: Iterable[_Part], wanted: str | None) -> str:
        return " / ".join(dict.fromkeys(self.say(part.name) for part in parts if part.id == wanted)) or wanted or ""

    def say(self, named: Named) -> str:
        """A name in the reader's language."""
        return named.zh if self._voice.language == "zh" else named.en


def _noticed(pack: Pack) -> Iterator[_Part]:
    for kind in pack.case_types.values():
        yield from kind.raises_at_intake
        yield from kind.upgrades


def _known(book: Book, site: str) -> bool:
    try:
        book.site(site)
    except UnknownSite:
        return False
    return True
