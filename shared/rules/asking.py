"""How customers are asked about finished work."""

from dataclasses import dataclass

from shared.rules.conditions import Condition
from shared.rules.forms import FormField
from shared.rules.words import FollowUpMethod


@dataclass(frozen=True, slots=True)
class FollowUpBy:
    """Who asks the customer in special circumstances; the first that holds wins.

    Attributes:
        method: How, where it is not as the rule says for all.
    """

    when: Condition
    roles: tuple[str, ...]
    source: str
    method: FollowUpMethod | None = None


@dataclass(frozen=True, slots=True)
class FollowUpRule:
    """How a completed case is asked about before it may close.

    Attributes:
        required: Whether the case waits for it.
        who: Roles that ask, unless `instead` names others.
        max_unsatisfied_rounds: After this many only `closers` may close it (FU-4).
        attempts: Unanswered attempts after which it may close as unreached (FU-1) ...
        attempt_days: ... on at least this many different local dates.
        form: What is asked, beside satisfaction; required fields are asked of everybody who answers.
        unsettled: Answers of its form (``field=value``) that leave the matter open: neither ``satisfied`` nor
            ``refused`` is accepted beside them.
        share_percent: The least share of the completed cases that has to be asked; None: all where required.
    """

    required: bool = False
    method: FollowUpMethod = FollowUpMethod.ANY
    who: tuple[str, ...] = ()
    closers: tuple[str, ...] = ()
    source: str = ""
    instead: tuple[FollowUpBy, ...] = ()
    max_unsatisfied_rounds: int = 3
    attempts: int = 3
    attempt_days: int = 2
    form: tuple[FormField, ...] = ()
    unsettled: tuple[str, ...] = ()
    share_percent: int | None = None


NOBODY_IS_ASKED = FollowUpRule()
"""The follow-up of a case type that says nothing of one: it closes when the work is done."""
