"""What somebody outside the house is to be told, until staff have seen to it.

Source: requirements section 4 (N-…).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notify.policy.naming import notice_named, rule_name
from services.notify.policy.news import About, News
from shared.rules.book import Book

USUALLY_WITHIN = timedelta(hours=24)
"""How long a telling may take where the pack names no time: a product default, shown as such."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One telling that is still to be done.

    Attributes:
        id: Of the fact that asked for it.
        to: Who, in the pack's words; ``means`` likewise, the usual way first.
        zh: What they are told, ``en`` the same in English.
        not_before: Calling hours begin then; None: at once.
        usual: *due_at* is the product's default, because the pack names no time.
        people: Staff who were asked to see to it.
    """

    id: str
    rule: str
    to: tuple[str, ...]
    means: tuple[str, ...]
    zh: str
    en: str
    wanted_at: datetime
    not_before: datetime | None
    due_at: datetime
    usual: bool
    people: tuple[str, ...]

    def late_at(self, at: datetime) -> bool:
        """Whether telling them at *at* is later than it should be."""
        return at > self.due_at


def owed_by(news: News, about: About, book: Book) -> tuple[Owed, ...]:
    """What *news* asks staff to tell people outside; nothing where it is about something else."""
    outward = news.outward
    if outward is None:
        return ()
    rule, usual = notice_named(book, about, news.rule), rule_name(book, about, news.rule)
    within = timedelta(minutes=rule.within) if rule is not None and rule.within is not None else None
    return (
        Owed(
            id=news.id,
            rule=news.rule or "",
            to=outward.to,
            means=outward.means,
            zh=outward.zh or usual.zh,
            en=outward.en or outward.zh or usual.en,
            wanted_at=news.at,
            not_before=outward.not_before,
            due_at=(outward.not_before or news.at) + (within or USUALLY_WITHIN),
            usual=within is None,
            people=tuple(one.person for one in news.people),
        ),
    )
