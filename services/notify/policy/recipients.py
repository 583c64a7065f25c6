"""Who is told, and through which robot beside the inbox.

Source: requirements N-01, §9.5 (corrections reach everyone told before).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.notify.policy.news import News, Recipient, Topic
from shared.organisation.people import who
from shared.organisation.records import Department, Person
from shared.rules.book import Book
from shared.rules.words import ASKER, PERSONS_OF_A_CASE

NO_POST = PERSONS_OF_A_CASE | {ASKER}
"""Roles by which somebody is told as that person; his own post says which group he is in."""


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
    if news.topic in {Topic.CORRECTED, Topic.AGAIN} and not news.people:
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
    theirs = (one for one in _departments(person, recipient, site=site, book=book) if one.wecom)
    return next((_address(f"department:{site}:{one.id}", one.wecom or "") for one in theirs), None)


def _departments(person: Person | None, recipient: Recipient, *, site: str, book: Book) -> Iterator[Department]:
    """The departments of the posts by which he is told, nearest first."""
    as_himself = recipient.role is None or recipient.role in NO_POST
    for post in person.appointments if person else ():
        if post.site == site and post.at(recipient.tell_at) and (as_himself or post.role == recipient.role):
            named = (one for one in book.departments(site) if one.id == post.department)
            yield from (one for one in (*named, book.department_for(site, post.role)) if one)
    if not as_himself and (mine := book.department_for(site, recipient.role or "")) is not None:
        yield mine


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
