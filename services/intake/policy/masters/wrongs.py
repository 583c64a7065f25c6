"""A cell that cannot be taken as it stands: said in both languages, with what to do."""

from shared.organisation.records import Named


class Wrong(ValueError):
    """A cell is refused.

    Attributes:
        code: The kind of fault, a word for programs.
        wrong: What is wrong.
        right: What to do.
    """

    def __init__(self, code: str, wrong: Named, right: Named) -> None:
        super().__init__(code)
        self.code = code
        self.wrong = wrong
        self.right = right
