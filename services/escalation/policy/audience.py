"""From the roles a pack names to the people who answer now, and when each may be told.

Source: requirements §0.4 (ESC-1, ESC-3a, ESC-6); design.md §8.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shared.organisation.duty import (
    add_duty_time,
    last_shift_end_before,
    next_duty_start,
    next_shift_start,
    relieved_at,
)
from shared.organisation.people import Reason, Why, who
from shared.organisation.records import Site
from shared.organisation.staff import Staff
from shared.rules.changing import changed
from shared.rules.words import ASSIGNEE, FIRST_RECEIVER, INFORMED, PERSONS_OF_A_CASE

LAST_CALL_BEFORE = timedelta(hours=2)
ORDINARY_DELAY = timedelta(minutes=1)
"""A message that leaves this late at most counts as told at its instant; later ones count from when they leave."""


@dataclass(frozen=True, slots=True)
class Reached:
    """One person to be told.

    Attributes:
        role: The role by which he is told; the responsible department's while nobody is assigned.
        tell_at: Not before the scene's instant.
        why: The steps that led to him.
    """

    person: str
    role: str
    tell_at: datetime
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """Where and when somebody is looked for.

    Attributes:
        department: Role id of the responsible department, asked while nobody is assigned.
        waits: Whether messages wait for the recipient's duty start (ESC-6).
        informed: Everybody the case has been pushed to so far.
    """

    site: Site
    staff: Staff
    at: datetime
    assignee: str | None = None
    first_receiver: str | None = None
    department: str | None = None
    waits: bool = False
    informed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody found for some roles, each person once, and the roles nobody answers for."""

    people: tuple[Reached, ...] = ()
    empty_chairs: tuple[str, ...] = ()

    def __add__(self, other: "Audience") -> "Audience":
        """Both together; a person keeps the role he was first found by."""
        if not self.people:
            return Audience(other.people, (*self.empty_chairs, *other.empty_chairs))
        found = {one.person for one in self.people}
        new = tuple(one for one in other.people if one.person not in found)
        return Audience((*self.people, *new), (*self.empty_chairs, *other.empty_chairs))


def gather(roles: Iterable[str], scene: Scene) -> Audience:
    """Everybody who answers for *roles* now."""
    found = Audience()
    for role in roles:
        found += reach(role, scene)
    return found


def reach(role: str, scene: Scene) -> Audience:
    """Who answers for one role; an empty chair if nobody does."""
    if role == ASSIGNEE and scene.assignee is None:
        return reach(scene.department, scene) if scene.department else Audience()
    if role in PERSONS_OF_A_CASE:
        return sum((_in_person(named, role, scene) for named in _persons_of_case(role, scene)), Audience())
    answers = who(role, site=scene.site, at=scene.at, staff=scene.staff).persons
    people = tuple(_told(answer.person.id, role, answer.reasons, scene) for answer in answers)
    return Audience(people, () if people else (role,))


def acknowledge_by(
    audience: Audience, roles: tuple[str, ...], *, scene: Scene, minutes: int, now: datetime
) -> datetime | None:
    """When silence climbs: *minutes* of duty time of the first who could have answered; None if nobody was told.

    The people of *roles* count; the others only if there are none of those. Nobody is called silent about what he
    could not have heard yet, so after an outage the minutes begin at *now*.
    """
    of_level = [one for one in audience.people if one.role in roles] or list(audience.people)
    limits = (
        add_duty_time(
            one.person,
            site=scene.site,
            role=post_of(one, scene),
            start=now if now - one.tell_at > ORDINARY_DELAY else one.tell_at,
            minutes=minutes,
            staff=scene.staff,
        )
        for one in of_level
    )
    return min(limits, default=None)


def last_call_at(person: str, scene: Scene, *, due_at: datetime) -> datetime | None:
    """Two hours before the end of the person's last duty before *due_at*; None if that has passed (ESC-6)."""
    role = _role_held(person, scene)
    if role is None:
        return None
    end = last_shift_end_before(person, site=scene.site, role=role, instant=due_at, staff=scene.staff)
    return end - LAST_CALL_BEFORE if end - LAST_CALL_BEFORE > scene.at else None


def next_shift(whose: str, scene: Scene, *, after: datetime) -> datetime | None:
    """When the next shift begins after that instant, of a role or of a person of the case; None if no roster says."""
    of_role = partial(next_shift_start, site=scene.site, after=after, staff=scene.staff)
    if whose not in PERSONS_OF_A_CASE:
        return of_role(role=whose)
    own = ((one, post) for one in _persons_of_case(whose, scene) if (post := _role_held(one, scene)) is not None)
    coming = (of_role(role=post, person=person) for person, post in own)
    return min((at for at in coming if at is not None), default=None)


def relief(roles: Iterable[str], scene: Scene, *, of: str) -> Scene:
    """The scene when those of *roles* have come on who take over from the person *of*."""
    ends = (relieved_at(of, site=scene.site, role=role, at=scene.at, staff=scene.staff) for role in roles)
    return changed(scene, at=max(ends, default=scene.at))


def role_among(person: str, roles: Iterable[str], scene: Scene) -> str:
    """The one of *roles* by which a person was told; empty if he holds none of them any more."""
    of_case = {ASSIGNEE: scene.assignee, FIRST_RECEIVER: scene.first_receiver}
    known = scene.staff.person(person)
    held = {a.role for a in known.appointments if a.site == scene.site.id and a.at(scene.at)} if known else set()
    return next((role for role in roles if role in held or of_case.get(role) == person), "")


def post_of(one: Reached, scene: Scene) -> str:
    """The role whose roster tells when the person is on duty."""
    if one.role not in PERSONS_OF_A_CASE:
        return one.role
    return _role_held(one.person, scene) or one.role


def _persons_of_case(role: str, scene: Scene) -> tuple[str, ...]:
    if role == INFORMED:
        return scene.informed
    named = scene.first_receiver if role == FIRST_RECEIVER else scene.assignee
    return (named,) if named is not None else ()


def _in_person(named: str | None, role: str, scene: Scene) -> Audience:
    """That person, or whoever stands in for him now."""
    steps: list[Reason] = []
    passed: set[str] = set()
    while named is not None and named not in passed:
        person = scene.staff.person(named)
        if person is None:
            return Audience()
        absence = person.absence_at(scene.at)
        if absence is None:
            return Audience((_told(named, role, tuple(steps), scene),))
        passed.add(named)
        steps += [Reason(Why.ABSENT, named), Reason(Why.SUBSTITUTE, absence.substitute)]
        named = absence.substitute
    return Audience()


def _told(person: str, role: str, reasons: tuple[Reason, ...], scene: Scene) -> Reached:
    words = tuple(str(reason.why) for reason in reasons) or (role,)
    one = Reached(person, role, scene.at, words)
    if not scene.waits:
        return one
    start = next_duty_start(person, site=scene.site, role=post_of(one, scene), at=scene.at, staff=scene.staff)
    return Reached(person, role, start, words)


def _role_held(person: str, scene: Scene) -> str | None:
    known = scene.staff.person(person)
    if known is None:
        return None
    held = [a.role for a in known.appointments if a.site == scene.site.id and a.at(scene.at)]
    return scene.department if scene.department in held else next(iter(held), None)
