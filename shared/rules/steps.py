"""Steps: the acts a manual demands beyond taking an order, working and asking afterwards.

A step is taken once. It may be taken again when it repeats, or after another step, or an outcome, has reopened it.
Taken with an outcome it puts the flag ``<step>=<outcome>`` on the case; one without outcomes ``<step>=done``.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.organisation.records import Named
from shared.rules.conditions import ALWAYS, Condition
from shared.rules.forms import FormField
from shared.rules.money import MoneyMove
from shared.rules.tallies import TallyRule


class Gate(StrEnum):
    """An act of the work on a case that may have to wait for a step."""

    ACCEPT = "accept"
    START = "start"
    REPLY = "reply"
    COMPLETE = "complete"
    FOLLOW_UP = "follow_up"
    CLOSE = "close"


class RollMove(StrEnum):
    """``put`` a name on a roll, ``take`` it off; the step is refused unless it is (``need``), or if it is (``bar``)."""

    PUT = "put"
    TAKE = "take"
    NEED = "need"
    BAR = "bar"


class RollScope(StrEnum):
    """Whose roll it is: every ``case`` has its own, or all cases of a ``site`` share one."""

    CASE = "case"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class RollRule:
    """What a step does to a roll: a list of names such as passes issued, workers barred, owners reached.

    Names are compared without regard to spaces, capitals and width; those of people, in a personal field, may carry
    the number of a document, which then tells people of one name apart.

    Attributes:
        field: Field whose text, or each of whose lines, is the name.
        refusal: Why the step is refused, for need and bar; None: the usual sentence.
        paid_by: For put, the sum that is paid for each name: no more stand on the roll than are paid for.
        scope: One scope for all moves of a roll. On the roll of a site a name stays when its case ends, until a step
            of any case takes it off.
    """

    roll: str
    field: str
    move: RollMove
    refusal: Named | None = None
    scope: RollScope = RollScope.CASE
    paid_by: str | None = None


@dataclass(frozen=True, slots=True)
class Opens:
    """A linked case that is opened at once.

    Attributes:
        severity: None: the case type's default.
        text: What its content says.
        carries: Fields its form takes over as they were filled in, in the step or when the case was received.
    """

    case_type: str
    category: str
    text: Named
    severity: str | None = None
    carries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One way a step can turn out.

    Attributes:
        reopens: Steps that have to be taken again; their flags go with them. The step itself keeps the flag of this
            outcome until it is taken again.
        completes: Whether it completes the work.
        opens: A linked case it gives rise to.
    """

    id: str
    name: Named
    reopens: tuple[str, ...] = ()
    completes: bool = False
    opens: Opens | None = None


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step.

    Attributes:
        text: What is to be done, in the imperative.
        by: Roles that may take it; empty: whoever may work on the case.
        after: Steps that must have been taken, and stand, before; ``step=outcome`` asks for that outcome.
        needs: Consents (CN-…) that must be on record.
        once_over: Dates of forms whose day has to be over at the site, or instants that must have come; what is not
            known yet holds nothing up.
        once_come: Dates of forms whose day has to have begun at the site, or instants that must have come.
        once_completed: It waits until the work of this round is completed, and is taken again when that of another is.
        even_closed: It may be taken after the end of the case, too, for what comes in late.
        before: Acts that wait for it wherever *when* holds.
        outcomes: Empty: it is done or not.
        reopens: Steps that may be taken again once it is taken; name the step itself to let a cycle begin anew.
        repeats: Taken as often as it happens.
        completes: Taking it completes the work.
        takes_over: Taking it takes a shift over: whoever does accepts every open item of the site, named one by one or
            as listed at an instant, and is refused while one is left.
        tallies: What it adds to numbers of things that are there, and takes from them.
        copies: Copies of the form (一式两联).
        minutes: A figure of law or practice, not of a manual; None where there is none.
        label: Where that figure comes from, shown beside it; the site confirms it.
        covers: Ids of the requirements it meets, for the page of coverage.
    """

    id: str
    text: Named
    source: str
    when: Condition = ALWAYS
    by: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    once_over: tuple[str, ...] = ()
    once_come: tuple[str, ...] = ()
    once_completed: bool = False
    even_closed: bool = False
    before: tuple[Gate, ...] = ()
    form: tuple[FormField, ...] = ()
    outcomes: tuple[StepOutcome, ...] = ()
    reopens: tuple[str, ...] = ()
    repeats: bool = False
    completes: bool = False
    takes_over: bool = False
    opens: Opens | None = None
    money: tuple[MoneyMove, ...] = ()
    rolls: tuple[RollRule, ...] = ()
    tallies: tuple[TallyRule, ...] = ()
    copies: int = 1
    minutes: int | None = None
    label: Named | None = None
    covers: tuple[str, ...] = ()
    product_default: bool = False
