"""The closed vocabularies a pack may use; every other word in a pack is an id of its own."""

from enum import StrEnum

ASSIGNEE = "assignee"
"""Audience: whoever the case is assigned to now. Not a role of any chain."""

FIRST_RECEIVER = "first_receiver"
"""Audience: whoever was asked first (首问). Not a role of any chain."""

ASKER = "asker"
"""Stands for the role of whoever asked for more time: he is told as that person, not for a post."""

PERSONS_OF_A_CASE = frozenset({ASSIGNEE, FIRST_RECEIVER})
"""Audiences that a case itself answers, so no pack has to name them among its roles."""


class CaseKind(StrEnum):
    """What family a case type belongs to; decides which pages and registers look at it."""

    COMPLAINT = "complaint"
    REPAIR = "repair"
    WORK_ORDER = "work_order"
    EMERGENCY = "emergency"
    INCIDENT = "incident"


class Validity(StrEnum):
    """Whether the matter is the management's responsibility; decided after verification (CL-4)."""

    UNJUDGED = "unjudged"
    VALID = "valid"
    INVALID = "invalid"


class StartFact(StrEnum):
    """What starts a clock.

    ``received`` means the first ear (``received_at``), or, for clocks that a severity upgrade
    brings along, the upgrade instant. ``missed`` means that another clock, the rule's ``after``, was breached.
    """

    RECEIVED = "received"
    INVALIDATED = "invalidated"
    ISSUED = "issued"
    TRANSFERRED = "transferred"
    AGREED = "agreed"
    COMPLETED = "completed"
    MISSED = "missed"


class StopFact(StrEnum):
    """What meets a clock. ``told`` is met by the notice or upgrade that lists the clock."""

    ISSUED = "issued"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    STARTED = "started"
    REPLIED = "replied"
    AGREED = "agreed"
    COMPLETED = "completed"
    FOLLOWED_UP = "followed_up"
    TOLD = "told"
    CLOSED = "closed"


class Basis(StrEnum):
    """How the amount of a clock is counted (requirements §0.3).

    ``unset``: the manual demands the act without a number; age is shown, no deadline invented.
    ``agreed``: a date somebody enters (TS-10).
    """

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    SAME_DAY = "same_day"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    AGREED = "agreed"
    UNSET = "unset"


class PromiseKind(StrEnum):
    """What the customer is told he may expect by the due instant."""

    REPLY = "reply"
    RESOLVE = "resolve"
    DISPOSITION = "disposition"


class FollowUpMethod(StrEnum):
    """How a customer is asked afterwards."""

    ANY = "any"
    PHONE = "phone"
    VISIT = "visit"


class Flag(StrEnum):
    """Circumstances of a case that conditions may ask for, beside a pack's own switches."""

    SOLVED_SAME_DAY = "solved_same_day"
    SOLVED_LATER = "solved_later"
    WORKS = "works"
    JOINT_HANDLING = "joint_handling"
    WITHIN_AUTHORITY = "within_authority"
    BEYOND_AUTHORITY = "beyond_authority"
    CONTRACTED_SERVICE = "contracted_service"
    UNSATISFIED = "unsatisfied"
