"""Damage done by hand to what people were told."""

from tests.e2e.damages import Damage, Plant, run, sql
from tests.e2e.story import Story
from tests.support.waiting import eventually

OF_CASE = "notice in (select id from notify.inbox where entity = :case)"


def told(*statements: str) -> Plant:
    """Damage to notices, once every message of the case has arrived."""

    async def arrived(house: Story, case: str) -> bool:
        rows = await run(house, "select settled_at from notify.wanted where entity = :case", case=case)
        return bool(rows) and all(row.settled_at for row in rows)

    async def plant(house: Story, case: str) -> None:
        await eventually(lambda: arrived(house, case))
        await sql(*statements)(house, case)

    return plant


DAMAGES_OF_NOTICES = [
    Damage(
        told("delete from notify.inbox where entity = :case"),
        "notify notice",
        "a notice has (nothing), should have",
        id="messages taken out of an inbox",
    ),
    Damage(
        told(f"delete from notify.deliveries where {OF_CASE}"),
        "notify notice",
        "should have outcome",
        id="what became of messages forgotten",
    ),
    Damage(
        told(f"update notify.deliveries set outcome = 'notice_failed', code = '93000' where {OF_CASE}"),
        "notify notice",
        "a notice has notice_failed 93000, should have",
        id="an outcome altered by hand",
    ),
    Damage(
        told("update notify.inbox set zh = '一切都好' where entity = :case"),
        "notify notice",
        "a notice has 一切都好, should have",
        id="a message altered by hand",
    ),
    Damage(
        told("update notify.inbox set site = 'elsewhere' where entity = :case"),
        "notify notice",
        "a notice has site=elsewhere, should have site=haijing",
        id="a message at another site",
    ),
    Damage(
        told(
            f"delete from notify.deliveries where {OF_CASE}",
            "delete from notify.inbox where entity = :case",
            "delete from notify.wanted where entity = :case",
        ),
        "notify notice",
        "a notice has (nothing), should have",
        id="no trace that anybody was told",
    ),
    Damage(
        told(
            f"delete from notify.deliveries where {OF_CASE}",
            "delete from notify.wanted where entity = :case",
        ),
        "notify notice",
        "should have inbox + effect",
        id="a wanted effect deleted outright",
    ),
    Damage(
        sql(
            """insert into notify.inbox (id, person, entity, site, number, sent_at, zh, en, severity, topic, reason)
            values ('x.nobody', 'nobody', :stranger, 'haijing', '', now(), '', '', '', '', '')"""
        ),
        "notify orphan",
        "a row without its entity",
        id="a message about nothing",
    ),
]
