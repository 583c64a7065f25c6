"""The closed vocabularies a pack may use; every other word in a pack is an id of its own."""

from enum import StrEnum

ASSIGNEE = "assignee"
"""Audience: whoever the case is assigned to now. Not a role of any chain."""

FIRST_RECEIVER = "first_receiver"
"""Audience: whoever was asked first (首问). Not a role of any chain."""

ASKER = "asker"
"""Stands for the role of whoever asked for more time: he is told as that person, not for a post."""

INFORMED = "informed"
"""Audience of a notice: everybody the case has been pushed to so far, by whatever notice or breach."""

PERSONS_OF_A_CASE = frozenset({ASSIGNEE, FIRST_RECEIVER, INFORMED})
"""Audiences that a case itself answers, so no pack has to name them among its roles."""


class CaseKind(StrEnum):
    """What family a case type belongs to; decides which pages and registers look at it."""

    COMPLAINT = "complaint"
    REPAIR = "repair"
    WORK_ORDER = "work_order"
    EMERGENCY = "emergency"
    INCIDENT = "incident"
    ENQUIRY = "enquiry"
    OPINION = "opinion"
    SERVICE = "service"
    CONTACT = "contact"
    CUSTODY = "custody"
    VISIT = "visit"
    FOLLOW_UP = "follow_up"
    NOTICE = "notice"
    ROUND = "round"
    MOVE_IN = "move_in"
    RENOVATION = "renovation"
    LEASE = "lease"
    CHARGE = "charge"
    SURVEY = "survey"
    HANDOVER = "handover"
    APPRAISAL = "appraisal"
    NONCONFORMITY = "nonconformity"
    ASSISTANCE = "assistance"
    FILE = "file"
    MEETING = "meeting"
    REPORT = "report"
    IMPROVEMENT = "improvement"


class Validity(StrEnum):
    """Whether the matter is the management's responsibility; decided after verification (CL-4)."""

    UNJUDGED = "unjudged"
    VALID = "valid"
    INVALID = "invalid"


class StartFact(StrEnum):
    """What starts a clock.

    ``received`` means the first ear (``received_at``), or, for clocks that a severity upgrade
    brings along, the upgrade instant. A matter taken back is ``withdrawn`` and then ``closed``. Three name what they
    mean in the rule's ``after``: ``missed``, that another clock was breached; ``step``, that a step was taken;
    ``date``, that the local day, or the instant, in a field of a form begins.
    """

    RECEIVED = "received"
    INVALIDATED = "invalidated"
    ISSUED = "issued"
    TRANSFERRED = "transferred"
    AGREED = "agreed"
    COMPLETED = "completed"
    REPLIED = "replied"
    FOLLOWED_UP = "followed_up"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    MISSED = "missed"
    STEP = "step"
    DATE = "date"


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
    ``agreed``: a date somebody enters (TS-10). ``next_shift``: the first start of the day shift after it;
    ``next_day_shift``: that of the following calendar day; both go by a roster where the clock says whose;
    ``shift_end``: the end of the day shift (TS-9), by the parameters ``day_shift_from_minute`` and
    ``day_shift_to_minute``. ``month_end``, ``quarter_end``, ``year_end``: 24:00 of the last day of the period the start
    lies in. ``midpoint``: 24:00 of the day halfway between two dates. ``count``: no time, but a number in a field of
    the form that must not exceed the amount.
    """

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    SAME_DAY = "same_day"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    NEXT_SHIFT = "next_shift"
    NEXT_DAY_SHIFT = "next_day_shift"
    SHIFT_END = "shift_end"
    MONTH_END = "month_end"
    QUARTER_END = "quarter_end"
    YEAR_END = "year_end"
    MIDPOINT = "midpoint"
    COUNT = "count"
    AGREED = "agreed"
    UNSET = "unset"


class Outside(StrEnum):
    """Who is told outside the responsibility chain."""

    CUSTOMER = "customer"
    AFFECTED = "affected"
    OWNERS = "owners"
    STAFF = "staff"
    BORROWER = "borrower"
    RECIPIENT = "recipient"
    CONTRACTOR = "contractor"
    SUPERIOR = "superior"
    AUTHORITY = "authority"
    DEPARTMENTS = "departments"


class Means(StrEnum):
    """How somebody is told (requirements §4)."""

    TASK = "task"
    PHONE = "phone"
    VISIT = "visit"
    MAILBOX = "mailbox"
    BOARD = "board"
    POST = "post"
    PAPER = "paper"
    RADIO = "radio"
    MEETING = "meeting"
    SCREEN = "screen"


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
    """Circumstances of a case that conditions may ask for, beside a pack's own switches.

    ``no_contact``: whoever reported it stays anonymous and has left no way to reach him.
    """

    SOLVED_SAME_DAY = "solved_same_day"
    SOLVED_LATER = "solved_later"
    WORKS = "works"
    JOINT_HANDLING = "joint_handling"
    WITHIN_AUTHORITY = "within_authority"
    BEYOND_AUTHORITY = "beyond_authority"
    CONTRACTED_SERVICE = "contracted_service"
    UNSATISFIED = "unsatisfied"
    NO_CONTACT = "no_contact"
