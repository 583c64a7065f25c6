"""Cells as words of a closed list, in either language."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from services.intake.policy.masters.known import Choice
from services.intake.policy.masters.wrongs import Wrong
from shared.organisation.records import Named

LISTED = 12
"""Words a finding lists; of longer lists it names the template."""
_COMPARED = 40


class Words:
    """The words of one list and what they mean."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self._meaning, self._twice = _meanings(choices)

    def meant(self, said: str) -> str:
        """The id of the word *said*.

        Raises:
            Wrong: No such word, or one that several share, such as the name of two people.
        """
        word = folded(said)
        if word in self._twice:
            raise Wrong("word_ambiguous", _AMBIGUOUS, _BY_ID)
        found = self._meaning.get(word)
        if found is None:
            raise Wrong("word_unknown", _UNKNOWN, self._instead(word))
        return found

    def _instead(self, word: str) -> Named:
        close = get_close_matches(word[:_COMPARED], self._meaning, n=1)
        meant = [choice for choice in self._choices if close and choice.id == self._meaning[close[0]]]
        if not meant:
            return self.listed()
        return Named(f"是不是“{meant[0].name.zh}”？", f"Did you mean “{meant[0].name.en}”?")

    def listed(self) -> Named:
        """The words there are, said as a remedy."""
        listed = self._choices[:LISTED]
        zh, en = ("、".join(choice.name.zh for choice in listed), ", ".join(choice.name.en for choice in listed))
        more = ("…（全部见模板）", "… (the template lists them all)") if len(self._choices) > LISTED else ("", "")
        return Named(f"可写：{zh}{more[0]}", f"Choose from: {en}{more[1]}")


def folded(word: str) -> str:
    """A word as it is compared: one width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split())


def _meanings(choices: Iterable[Choice]) -> tuple[Mapping[str, str], frozenset[str]]:
    """What each spelling means, and the spellings several choices share; an id always means itself."""
    meaning: dict[str, str] = {}
    twice: set[str] = set()
    listed = list(choices)
    for choice in listed:
        for word in {folded(choice.name.zh), folded(choice.name.en)} - {""}:
            if meaning.setdefault(word, choice.id) != choice.id:
                twice.add(word)
    ids = {folded(choice.id): choice.id for choice in listed}
    return meaning | ids, frozenset(twice - ids.keys())


_UNKNOWN = Named("不在可选的词中", "Not one of the words to choose from")
_AMBIGUOUS = Named("有几个同名的", "Several have this name")
_BY_ID = Named("改写编号", "Write the id instead")
