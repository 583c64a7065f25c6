"""When a rule of a pack applies to a case."""

from dataclasses import dataclass

from shared.rules.words import Validity


@dataclass(frozen=True, slots=True)
class Matter:
    """What the rules need to know of a case.

    Attributes:
        severity: Severity id in force.
        category: Category id; None while unknown.
        flags: Circumstances of the case (`shared.rules.words.Flag`) together with the switches the
            site has on (`shared.rules.grading.switches_on`), fixed when the case opens.
    """

    severity: str
    validity: Validity = Validity.UNJUDGED
    category: str | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule applies. An empty part asks nothing; all parts must hold.

    Attributes:
        severities: Severity ids, any of which fits.
        validity: Verdicts, any of which fits.
        categories: Category ids, any of which fits.
        flags: Circumstances and switches that must all be present.
        without: Circumstances and switches none of which may be present.
    """

    severities: tuple[str, ...] = ()
    validity: tuple[Validity, ...] = ()
    categories: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def holds(self, matter: Matter) -> bool:
        """Whether a case in these circumstances falls under the rule."""
        return (
            (not self.severities or matter.severity in self.severities)
            and (not self.validity or matter.validity in self.validity)
            and (not self.categories or matter.category in self.categories)
            and (not self.flags or matter.flags.issuperset(self.flags))
            and (not self.without or matter.flags.isdisjoint(self.without))
        )


ALWAYS = Condition()
"""The condition of a rule that applies to every case of its type."""
