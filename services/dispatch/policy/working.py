"""What a case remembers of the steps of its manual: steps taken, consents, rolls, money."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.rules.conditions import Matter
from shared.rules.dating import dates_kept
from shared.rules.forms import Filled
from shared.rules.ledger import Moved, Purse, Sums
from shared.rules.model import CaseType
from shared.rules.stepping import Change, Progress, Taken
from shared.rules.steps import StepRule
from shared.rules.tallies import Tallies


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a step makes of the numbers of its case.

    Attributes:
        counts: Values of the fields that sums are multiplied with.
    """

    counts: dict[str, str]
    paid: Moved
    tallies: Tallies


@dataclass(frozen=True, slots=True)
class Work:
    """Everything steps have brought about in a case so far.

    Attributes:
        taken: By step id.
        consents: Consents (CN-…) on record, with the time agreed to where they are about time.
        rolls: Names on each roll of the case.
        tallies: How many of something are there, by tally.
        sums: What happened to each sum of money.
        counts: Values of the fields that sums are multiplied with.
        dates: Values of the fields that later dates and instants are held against.
        answers: Marks of the form last filled in at follow-up.
        ending: How the case closes once nothing is owed any more; None while it is not at its end.
        deferred_until: Until when handling waits by the customer's consent.
    """

    taken: dict[str, Taken] = field(default_factory=dict)
    consents: dict[str, datetime | None] = field(default_factory=dict)
    rolls: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sums: dict[str, Sums] = field(default_factory=dict)
    counts: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    ending: str | None = None
    deferred_until: datetime | None = None
    tallies: dict[str, int] = field(default_factory=dict)

    def progress(self, matter: Matter) -> Progress:
        """How far the case has come, as steps see it."""
        return Progress(matter, self.taken, self.consents, self.rolls)

    def purse(self, case_type: CaseType, matter: Matter) -> Purse:
        """The money of the case."""
        return Purse(case_type.money, matter, self.counts, self.sums)

    def after(self, change: Change, reckoned: "Reckoned", *, dates: dict[str, str]) -> "Work":
        """The work after a step."""
        taken, rolls = dict(change.progress.taken), dict(change.progress.rolls)
        sums, tallies = dict(reckoned.paid.sums), dict(reckoned.tallies)
        return replace(self, taken=taken, rolls=rolls, sums=sums, counts=reckoned.counts, dates=dates, tallies=tallies)

    def with_form(self, case_type: CaseType, filled: Filled) -> "Work":
        """The work after a form that is not a step's was filled in."""
        counts, dates = counted(self, case_type, filled), dates_kept(case_type, self.dates, filled)
        return replace(self, counts=counts, dates=dates)


def counted(work: Work, case_type: CaseType, filled: Filled, step: StepRule | None = None) -> dict[str, str]:
    """The counts that money is reckoned by, with those just filled in; a step that repeats adds to its own."""
    wanted = {item.per for item in case_type.money if item.per is not None}
    fresh = {id_: value for id_, value in filled.items() if id_ in wanted}
    if step is not None and step.repeats:
        fresh = {id_: str(int(value) + int(work.counts.get(id_, "0"))) for id_, value in fresh.items()}
    return {**work.counts, **fresh} if fresh else work.counts
