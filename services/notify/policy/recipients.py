"""Who is told, and through which robot beside the inbox.

Source: requirements N-01, §9.5 (corrections reach everyone told before).
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.notify.policy.news import News, Recipient, Topic
from shared.organisation.people import who
from shared.organisation.records import Person
from shared.rules.book import Book


@dataclass(frozen=True, slots=True)
class RobotAddress:
    """A group robot without its secret.

    Attributes:
        owner: ``person:<id>`` or ``department:<site>:<id>``; looked up again when the message leaves.
        key: Equal for equal URLs, so that one group gets one bundle; does not give the URL away.
    """

    owner: str
    key: str


def recipients(news: News, *, site: str, told: tuple[str, ...], book: Book) -> tuple[Recipient, ...]:
    """Everyone to be told, each once, in the order found."""
    if news.topic is Topic.CORRECTED:
        found = tuple(Recipient(person, None, news.at) for person in told)
    elif news.people or news.department is None:
        found = news.people
    else:
        found = _department(news.department, site=site, at=news.at, book=book)
    return tuple({recipient.person: recipient for recipient in reversed(found)}.values())[::-1]


def _department(role: str, *, site: str, at: datetime, book: Book) -> tuple[Recipient, ...]:
    answers = who(role, site=book.site(site), at=at, staff=book.staff).persons
    return tuple(Recipient(answer.person.id, role, at) for answer in answers)


def robot_for(recipient: Recipient, *, site: str, book: Book) -> RobotAddress | None:
    """The recipient's own robot, else that of the department he answers for; None where neither has one."""
    person = book.staff.person(recipient.person)
    if person is not None and person.wecom:
        return _address(f"person:{person.id}", person.wecom)
    appointed = _appointed_department(person, recipient, site)
    for department in book.departments(site):
        if department.wecom and department.id == appointed:
            return _address(f"department:{site}:{department.id}", department.wecom)
    mine = book.department_for(site, recipient.role) if recipient.role else None
    return _address(f"department:{site}:{mine.id}", mine.wecom) if mine and mine.wecom else None


def _appointed_department(person: Person | None, recipient: Recipient, site: str) -> str | None:
    for appointment in person.appointments if person else ():
        suits = recipient.role in (None, appointment.role)
        if suits and appointment.site == site and appointment.at(recipient.tell_at):
            return appointment.department
    return None


def _address(owner: str, url: str) -> RobotAddress:
    return RobotAddress(owner, sha256(url.encode()).hexdigest()[:16])


def robot_url(owner: str, book: Book) -> str | None:
    """The URL behind :attr:`RobotAddress.owner` now; None when it was taken away meanwhile."""
    kind, _, rest = owner.partition(":")
    if kind == "person":
        person = book.staff.person(rest)
        return person.wecom if person else None
    site, _, department_id = rest.partition(":")
    return next((d.wecom for d in book.departments(site) if d.id == department_id), None)
