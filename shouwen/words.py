"""What the command line says to a person: Chinese first, English second."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"


class Refused(Exception):
    """A command cannot go on until a person changes something; the words say what."""

    def __init__(self, zh: str, en: str) -> None:
        """Refuse with both sentences."""
        super().__init__(f"{zh}\n{en}")
        self.words = Words(zh, en)
