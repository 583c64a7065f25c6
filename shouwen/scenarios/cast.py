"""Who and what there is in a scenario: the reference estate, its calendar, and one named person for every role.

Source: requirements §7 (reference calendar).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, lru_cache

from shared.contracts.fold import Actor, Grant
from shared.organisation.records import (
    Absence,
    Activation,
    Appointment,
    CalendarRecord,
    Department,
    Named,
    Notice,
    Person,
    Profile,
    Roster,
    Shift,
    Site,
)
from shared.organisation.staff import Staff
from shared.packs.loader import builtin
from shared.rules.book import SAFETY_PACK, Book
from shared.rules.model import Pack
from shared.timekeeping.calendar import Span

SITE, CODE, ZONE = "site", "CK", "Asia/Shanghai"
EVER, FOR_EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2190, 1, 1, tzinfo=UTC)
DAY, NIGHT = (8 * 60 + 30, 17 * 60 + 30), (17 * 60 + 30, 8 * 60 + 30)
SHIFTS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "day": (DAY,),
    "night": (NIGHT,),
    "always": (DAY, NIGHT),
    "hours": (),
}
"""``hours``: no shifts; the opening hours of the calendar decide when somebody is on duty."""
ROUND_THE_CLOCK = frozenset({"monitoring_operator", "duty_lead"})
DEPARTMENT = "_dept"
"""Ends the id of a role that only takes orders; a person orders are sent to logs as well."""
RIGHTS = ("view", "desk", "work", "lead", "admin")
FAMILY_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
STAND_IN = "~"
"""Ends the id of the empty post that covers the hours between the shifts: the person himself answers for it."""


def _days(*stretches: tuple[str, str]) -> tuple[date, ...]:
    ends = [(date.fromisoformat(f"2025-{a}"), date.fromisoformat(f"2025-{b}")) for a, b in stretches]
    return tuple(date.fromordinal(n) for a, b in ends for n in range(a.toordinal(), b.toordinal() + 1))


REFERENCE_YEAR = Notice(
    2025,
    source="reference calendar",
    published=date(2024, 11, 12),
    off=_days(
        ("01-01", "01-01"),
        ("01-28", "02-04"),
        ("04-04", "04-06"),
        ("05-01", "05-05"),
        ("05-31", "06-02"),
        ("10-01", "10-08"),
    ),
    make_up=_days(("01-26", "01-26"), ("02-08", "02-08"), ("04-27", "04-27"), ("09-28", "09-28"), ("10-11", "10-11")),
)
OFFICE_HOURS = (Span(*DAY),)
REFERENCE_CALENDAR = CalendarRecord(
    version="reference", weekly=(OFFICE_HOURS,) * 5 + ((), ()), statutory="cn", notices=(REFERENCE_YEAR,)
)


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody who holds a role.

    Attributes:
        person: Person id; the role's own id where nobody else was named.
        right: What his account may do; None leaves it to the role.
        shift: One of :data:`SHIFTS`.
    """

    role: str
    person: str
    name: str
    shift: str = "day"
    right: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """The estate of a scenario as it begins.

    Attributes:
        posts: Roles held by others than the one person each role has by default; ``vacant`` roles by nobody.
        profiles: Packs beside the base pack, with their versions.
        plans: Ids of the plans that run; the others stand still.
    """

    pack: str
    version: int
    zone: str = ZONE
    parameters: tuple[tuple[str, str | int], ...] = ()
    calendar: CalendarRecord = REFERENCE_CALENDAR
    posts: tuple[Post, ...] = ()
    vacant: frozenset[str] = frozenset()
    profiles: tuple[tuple[str, int], ...] = ()
    plans: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Packs:
    """The packs a scenario may name: the built-in ones and the one being tested.

    Attributes:
        tested: Taken where a file names no pack, and where it names this one without a version.
    """

    of: tuple[Pack, ...]
    tested: Pack | None = None

    def named(self, id: str, version: int | None = None) -> Pack | None:  # noqa: A002 -- the pack's own word
        """That version; without one the tested pack, or the newest; None where there is none."""
        if self.tested is not None and self.tested.id == id and version is None:
            return self.tested
        found = [pack for pack in self.of if pack.id == id and version in (None, pack.version)]
        return max(found, key=lambda pack: pack.version, default=None)


def packs_with(tested: Pack) -> Packs:
    """The built-in packs, with *tested* in the place of its own id and version."""
    return Packs(
        (*(pack for pack in builtin() if (pack.id, pack.version) != (tested.id, tested.version)), tested), tested
    )


@cache
def builtin_packs() -> Packs:
    """The packs that come with the product."""
    return Packs(builtin())


def roles_of(pack: Pack, packs: Packs, *profiles: Pack) -> dict[str, Named]:
    """Every role of *pack*, of its *profiles* and of the safety pack that runs beside it."""
    safety = packs.named(SAFETY_PACK)
    beside = {role: name for one in profiles for role, name in one.roles.items()}
    return {**(safety.roles if safety else {}), **beside, **pack.roles}


def running(setting: Setting, packs: Packs) -> tuple[Pack, ...]:
    """The base pack and its profiles."""
    found = (packs.named(*each) for each in ((setting.pack, setting.version), *setting.profiles))
    return tuple(pack for pack in found if pack is not None)


def posts_of(setting: Setting, packs: Packs) -> tuple[Post, ...]:
    """Who holds which role: those named, and one person for every role nobody was named for."""
    pack, *profiles = running(setting, packs)
    taken = {post.role for post in setting.posts} | setting.vacant
    rest = (
        Post(role, role, f"{FAMILY_NAMES[n % len(FAMILY_NAMES)]}{name.zh}", usual_shift(role))
        for n, (role, name) in enumerate(sorted(roles_of(pack, packs, *profiles).items()))
        if role not in taken
    )
    return (*setting.posts, *rest)


def usual_shift(role: str) -> str:
    """The shift of a role nobody said anything about."""
    return "always" if role in ROUND_THE_CLOCK else "day"


def book_of(setting: Setting, packs: Packs) -> Book:
    """The directory as the scenario begins; a fresh one each time, because acts change it."""
    made = Book()
    for pack in packs.of:
        made.put_pack(pack)
    made.put_site(_site(setting, packs))
    for department in _departments(setting, packs):
        made.put_department(department)
    made.staff = _staff(setting, packs)
    return made


def actor_of(person: Person, at: datetime, by_role: Mapping[str, str], by_person: Mapping[str, str]) -> Actor:
    """Who asks: the person with the roles he holds at *at*, and the rights of his account."""
    roles = tuple(dict.fromkeys(held.role for held in person.appointments if held.at(at)))
    words = by_person.get(person.id) or " ".join(by_role.get(role, "desk work") for role in roles) or "view"
    grants = tuple(Grant(SITE, word) for word in sorted(set(words.split())))
    return Actor(account=f"a-{person.id}", name=person.name, person=person.id, grants=grants, roles={SITE: roles})


@lru_cache(maxsize=256)
def usual_rights(packs: Packs, there: tuple[tuple[str, int], ...]) -> Mapping[str, str]:
    """Rights by role: departments work, the chain leads, its top administers; everybody else logs and works.

    Only what the packs *there*, by id and version, make of a role counts.
    """
    active = [pack for pack in packs.of if (pack.id, pack.version) in there]
    leads = dict.fromkeys((role for pack in active for role in pack.chain[1:]), "lead")
    tops = dict.fromkeys((pack.chain[-1] for pack in active if pack.chain), "admin")
    departments = (role for role in _routed(active) if role.endswith(DEPARTMENT))
    return dict.fromkeys(departments, "work") | leads | tops


def _routed(packs: Iterable[Pack]) -> set[str]:
    """Roles orders are sent to."""
    return {each.department for pack in packs for kind in pack.case_types.values() for each in kind.categories}


@lru_cache(maxsize=256)
def _site(setting: Setting, packs: Packs) -> Site:
    del packs
    return Site(
        id=SITE,
        code=CODE,
        name=Named("参考项目", "Reference estate"),
        zone=setting.zone,
        packs=(Activation(setting.pack, setting.version, EVER),),
        calendar=setting.calendar,
        parameters=dict(setting.parameters),
        phone="0756-0000000",
        profiles=tuple(Profile(*each, EVER) for each in setting.profiles),
    )


@lru_cache(maxsize=256)
def _departments(setting: Setting, packs: Packs) -> tuple[Department, ...]:
    there, safety = running(setting, packs), packs.named(SAFETY_PACK)
    names, kinds = roles_of(there[0], packs, *there[1:]), _routed(one for one in (*there, safety) if one)
    return tuple(Department(f"{SITE}-{kind}", SITE, names.get(kind, Named(kind, kind)), kind) for kind in sorted(kinds))


@lru_cache(maxsize=256)
def _staff(setting: Setting, packs: Packs) -> Staff:
    posts = posts_of(setting, packs)
    people: dict[str, Person] = {}
    for post in posts:
        known = people.get(post.person) or Person(post.person, post.name)
        held = (*known.appointments, Appointment(SITE, post.role, EVER))
        people[post.person] = replace(known, appointments=held)
    rosters = tuple(roster for roster in (roster_of(role, posts) for role in {p.role for p in posts}) if roster)
    return Staff.of((*people.values(), *(stand_in(person) for person in people)), rosters)


def stand_in(person: str) -> Person:
    """The empty post that covers *person*'s hours off duty: he is not on duty then, and yet the one who answers."""
    return Person(person + STAND_IN, person, absences=(Absence(EVER, FOR_EVER, person),))


def roster_of(role: str, posts: Iterable[Post], since: datetime = EVER) -> Roster | None:
    """The shifts of *role*; hours nobody covers are covered by stand-ins, so that no chair is empty at night."""
    holders = [post for post in posts if post.role == role]
    if any(post.shift == "hours" for post in holders) or not holders:
        return None
    covered = {span for post in holders for span in SHIFTS[post.shift]}
    on_duty = [(span, post.person) for post in holders for span in SHIFTS[post.shift]]
    at_home = [(span, post.person + STAND_IN) for span in (DAY, NIGHT) if span not in covered for post in holders]
    shifts = tuple(Shift(day, *span, person) for day in range(7) for span, person in (*on_duty, *at_home))
    return Roster(f"{SITE}-{role}-{since:%Y%m%d%H%M%S}", SITE, role, shifts, since)


def rights_by_hand(setting: Setting) -> dict[str, str]:
    """Rights somebody was given by name, by person id."""
    return {post.person: post.right for post in setting.posts if post.right is not None}
