"""What notify keeps of a case."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.policy.news import About, News
from services.notify.policy.outward import Owed
from services.notify.policy.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Case:
    """A case as far as telling people about it goes.

    Attributes:
        about: None until intake has been heard: services are heard in any order.
        quiet_until: Of an import: up to here nobody is told.
        told: Person ids told so far, for corrections.
        held: News heard before intake, to be told in order once the case is known.
        waiting: Messages that have not reached their hour.
        owed: What somebody outside is to be told and nobody has seen to yet; *settled* the ids of the rest.
        closed: The case has ended, so nothing waits for an hour any more.
    """

    about: About | None = None
    drill: bool = False
    quiet_until: datetime | None = None
    told: tuple[str, ...] = ()
    held: tuple[News, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    owed: tuple[Owed, ...] = ()
    settled: tuple[str, ...] = ()
    closed: bool = False
