"""Said by escalation; heard by intake, dispatch, reporting and notify."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from shared.contracts.envelope import Fact, Private
from shared.contracts.pieces import Armed, Stopped, Told


class EscalationFact(Fact):
    """A fact of escalation."""

    speaker: ClassVar[str] = "escalation"


class Why(Private):
    """Free text of a request or decision."""

    text: str = ""


class ClockArmed(EscalationFact):
    """Clocks started, all by the same cause."""

    name: ClassVar[str] = "clock_armed"

    clocks: tuple[Armed, ...]
    because: str


class ClockStopped(EscalationFact):
    """Clocks ended, all by the same cause."""

    name: ClassVar[str] = "clock_stopped"

    clocks: tuple[Stopped, ...]
    because: str


class ClockWarned(EscalationFact):
    """A clock is running out.

    Attributes:
        warning: ``share`` at 80 % of the duration, ``last_call`` two hours before the last shift ends (ESC-2, ESC-6).
    """

    name: ClassVar[str] = "clock_warned"

    clock: str
    due_at: AwareDatetime
    warning: Literal["share", "last_call"]
    people: tuple[Told, ...] = ()
    silent: bool = False


class ClockBreached(EscalationFact):
    """A due instant passed; ``at`` of the envelope is that instant, whenever it was noticed.

    Attributes:
        soft: Shown and counted, but laddered to nobody above the assignee.
    """

    name: ClassVar[str] = "clock_breached"

    clock: str
    due_at: AwareDatetime
    severity: str
    silent: bool = False
    soft: bool = False


class BreachAnnulled(EscalationFact):
    """A fact older than the breach arrived late and disproves it; registers count net.

    Attributes:
        people: Everybody who was told of the breach, and is now told that it was none.
    """

    name: ClassVar[str] = "breach_annulled"

    clock: str
    due_at: AwareDatetime
    by_fact: str
    people: tuple[Told, ...] = ()


class CaseRaised(EscalationFact):
    """The matter was pushed to people.

    Attributes:
        reason: ``intake`` (the pack says so at once), ``breach``, ``silence`` (nobody acknowledged), ``upgrade``,
            ``extension`` (a decision is asked for), ``asked`` (somebody below pushed it up), ``unreachable``,
            ``notice`` (the pack says so when something happens later).
        rule: The notice or upgrade of the pack that names whom to tell.
        level: 0 for the first raise of its reason, then 1, 2 … as it climbs.
        roles: Roles meant, in the pack's words.
        people: Who they are now; empty when every chair was empty.
        copied: Ids of those among the people who only hear of it; taking it is not theirs.
        empty_chairs: Roles nobody answers for; they were climbed past at once.
        acknowledge_by: When silence makes it climb; None if no answer is asked for.
        acknowledge_why: Whose the minutes up to then are: ``pack``, ``product_default`` or ``site_override``.
    """

    name: ClassVar[str] = "case_raised"

    reason: Literal["intake", "breach", "silence", "upgrade", "extension", "asked", "unreachable", "notice"]
    clock: str | None = None
    rule: str | None = None
    raise_id: str
    level: int
    roles: tuple[str, ...]
    people: tuple[Told, ...]
    copied: tuple[str, ...] = ()
    empty_chairs: tuple[str, ...] = ()
    severity: str
    acknowledge_by: AwareDatetime | None = None
    acknowledge_why: str = ""
    due_at: AwareDatetime | None = None


class RaiseAcknowledged(EscalationFact):
    """A person took it; it stops ringing. What was decided stands in ``private``."""

    name: ClassVar[str] = "raise_acknowledged"

    raise_id: str
    by: str
    level: int
    private: Why = Why()


class PushedUp(EscalationFact):
    """Somebody could not settle it and pushed it up the chain; the raise that follows names who is asked.

    Attributes:
        to: Role asked.
    """

    name: ClassVar[str] = "case_pushed_up"

    by: str
    to: str
    private: Why = Why()


class ExtensionRequested(EscalationFact):
    """More time is asked for; the named role or one above it decides."""

    name: ClassVar[str] = "extension_requested"

    clock: str
    until: AwareDatetime
    by: str
    approver: str | None
    private: Why = Why()


class ExtensionDecided(EscalationFact):
    """An extension was approved or refused.

    Attributes:
        decision: ``approved``; ``refused``; ``approved_late``: stored, but the breach stays counted (ESC-4).
        role: The role by which the person decided.
        people: Who asked, else who does the work; nobody where he decided himself (N-13).
    """

    name: ClassVar[str] = "extension_decided"

    clock: str
    decision: Literal["approved", "refused", "approved_late"]
    was_due_at: AwareDatetime
    due_at: AwareDatetime
    role: str
    by: str
    people: tuple[Told, ...] = ()
    private: Why = Why()


class SeverityUpgraded(EscalationFact):
    """Time made the matter graver; ``effective_at`` settles it against a reclassification."""

    name: ClassVar[str] = "severity_upgraded"

    rule: str
    was: str
    severity: str
    effective_at: AwareDatetime
    silent: bool = False


class UpgradeAnnulled(EscalationFact):
    """A fact older than an upgrade arrived late and shows that there was no cause for it.

    Attributes:
        rule: Rule of the upgrade; ``was`` the severity it had brought.
        severity: What holds again, unless a person has judged the matter since.
        effective_at: Of the upgrade, whose word on severity this one replaces.
        by_fact: Message id of the fact that disproves it.
        people: Everybody who was told of the upgrade, and is now told that it was none.
    """

    name: ClassVar[str] = "upgrade_annulled"

    rule: str
    was: str
    severity: str
    effective_at: AwareDatetime
    by_fact: str
    people: tuple[Told, ...] = ()


class NoticeWanted(EscalationFact):
    """Somebody outside the house is to be told; staff see to it.

    Attributes:
        rule: The notice of the pack.
        to: Who, in the pack's words: customer, owners, borrower …
        means: How, the usual way first: phone, mailbox, board …
        zh: What they are told, ``en`` the same in English.
        not_before: The calling hours begin then; None: at once.
        people: Staff who see to it.
        no_contact: Who is anonymous and cannot be reached; where nobody is left in *to*, the fact is ``silent``.
    """

    name: ClassVar[str] = "notice_wanted"

    rule: str
    to: tuple[str, ...]
    means: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""
    not_before: AwareDatetime | None = None
    people: tuple[Told, ...] = ()
    no_contact: tuple[str, ...] = ()
    silent: bool = False


class Reminded(EscalationFact):
    """A duty that comes round is due soon (N-47)."""

    name: ClassVar[str] = "duty_reminded"

    rule: str
    due_at: AwareDatetime
    people: tuple[Told, ...] = ()
    silent: bool = False


FACTS: tuple[type[Fact], ...] = (
    ClockArmed,
    ClockStopped,
    ClockWarned,
    ClockBreached,
    BreachAnnulled,
    CaseRaised,
    RaiseAcknowledged,
    PushedUp,
    ExtensionRequested,
    ExtensionDecided,
    SeverityUpgraded,
    UpgradeAnnulled,
    NoticeWanted,
    Reminded,
)
