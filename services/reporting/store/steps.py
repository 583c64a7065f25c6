"""Steps taken and money moved, a line each, as the facts of dispatch say them.

A line corrected later stands as corrected; money is only ever added.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting.tables import SCHEMA
from shared.contracts.dispatch import StepTaken
from shared.contracts.envelope import Heading, Heard
from shared.process.books import Page

Line = dict[str, Any]

# The fragments are constants of this package.
STEPS = text(f"""
    insert into {SCHEMA}.steps (case_id, step, count, fact, at, by, outcome, form)
    select case_id, step, count, fact, at, by, outcome, form
    from json_populate_recordset(cast(null as {SCHEMA}.steps), cast(cast(:rows as text) as json))
    on conflict (case_id, step, count) do update set fact = excluded.fact, at = excluded.at, by = excluded.by,
        outcome = excluded.outcome, form = excluded.form""")  # noqa: S608
MONEY = text(f"""
    insert into {SCHEMA}.money (fact, line, case_id, at, by, item, move, payer, debit, credit, amount)
    select fact, line, case_id, at, by, item, move, payer, debit, credit, amount
    from json_populate_recordset(cast(null as {SCHEMA}.money), cast(cast(:rows as text) as json))
    on conflict (fact, line) do nothing""")  # noqa: S608
_PAGE = "{key} > :after and (cast(:upto as text) is null or {key} <= :upto)"
_SAID = f"""
    select id, entity, version, at, public from {SCHEMA}.facts
    where kind = 'dispatch.step_taken' and {_PAGE.format(key="entity")}"""  # noqa: S608
STRAYS = text(f"""
    with said as ({_SAID}), should as (
        select distinct on (entity, public->>'step', public->>'count') entity as case_id, public->>'step' as step,
            cast(public->>'count' as int) as count, id as fact
        from said order by entity, public->>'step', public->>'count', version desc
    ), moves as (
        select said.entity as case_id, said.id as fact, count(*) as lines, sum(cast(m->>'amount' as numeric)) as amount
        from said cross join lateral jsonb_array_elements(said.public->'money') m group by 1, 2
    ), moved as (
        select case_id, fact, count(*) as lines, sum(amount) as amount
        from {SCHEMA}.money where {_PAGE.format(key="case_id")} group by 1, 2
    )
    select coalesce(c.case_id, v.case_id) as case_id, coalesce('steps ' || c.step || ' ' || c.fact, '') as stands,
        coalesce('steps ' || v.step || ' ' || v.fact, '') as should
    from (select * from {SCHEMA}.steps where {_PAGE.format(key="case_id")}) c
    full join should v on (c.case_id, c.step, c.count, c.fact) = (v.case_id, v.step, v.count, v.fact)
    where c.case_id is null or v.case_id is null
    union all
    select coalesce(c.case_id, v.case_id), coalesce('money ' || c.fact || ' ' || c.amount, ''),
        coalesce('money ' || v.fact || ' ' || v.amount, '')
    from moved c full join moves v on (c.case_id, c.fact, c.lines, c.amount) = (v.case_id, v.fact, v.lines, v.amount)
    where c.case_id is null or v.case_id is null
    order by 1""")  # noqa: S608
"""Lines that the archive does not say, and lines it says that are missing."""


async def strays(conn: AsyncConnection, page: Page) -> Sequence[Any]:
    """Where the lines of *page* are not what the archive makes of them."""
    return (await conn.execute(STRAYS, {"after": page.after, "upto": page.upto})).all()


def taken(applied: Sequence[Heard]) -> list[Line]:
    """The steps of a batch, each once, as said last."""
    lines = (_taken(heard.heading, heard.fact) for heard in applied if isinstance(heard.fact, StepTaken))
    return list({(line["case_id"], line["step"], line["count"]): line for line in lines}.values())


def moved(applied: Sequence[Heard]) -> list[Line]:
    """The money a batch moved."""
    said = [(heard.heading, heard.fact) for heard in applied if isinstance(heard.fact, StepTaken)]
    return [line for heading, fact in said for line in _moved(heading, fact)]


def _taken(heading: Heading, fact: StepTaken) -> Line:
    return {
        "case_id": heading.entity,
        "step": fact.step,
        "count": fact.count,
        "fact": heading.id,
        "at": heading.at,
        "by": fact.by,
        "outcome": fact.outcome,
        "form": fact.form,
    }


def _moved(heading: Heading, fact: StepTaken) -> list[Line]:
    known = {"fact": heading.id, "case_id": heading.entity, "at": heading.at, "by": fact.by}
    return [known | {"line": number} | entry.model_dump() for number, entry in enumerate(fact.money, start=1)]
