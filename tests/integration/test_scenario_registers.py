"""A register of a scenario, counted in memory, is the register the database counts."""

import pytest

from shared.contracts.envelope import Heard
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.model import Scenario
from shouwen.scenarios.registers import issued
from shouwen.scenarios.running import played
from tests.support.reporting_builders import letter
from tests.support.reporting_system import asking, read, reporting_on
from tests.support.stories import told

STORY = """
pack: {pack}
site: {{parameters: {{complaint_limit_hours: 24, occupied_units: 100}}}}
scenarios:
  - id: X
    given:
      cases:
        - {{name: A, received: 2025-03-03 09:00, caller: {{name: 赵文, phone: "139"}}, demand: 尽快, unit: 1-101}}
        - {{name: B, received: 2025-03-04 10:00, severity: major, place: 东门}}
        - {{name: C, received: 2025-03-05 10:00, drill: true}}
        - {{name: D, received: 2025-03-31 23:59:59}}
    when:
      - {{at: 2025-04-01 08:00, case: A, accept: }}
      - {{at: 2025-04-01 08:05, case: A, reply: {{kind: result, text: 已修复}}}}
      - {{at: 2025-04-01 08:10, case: A, complete: 换了门锁}}
      - {{at: 2025-04-01 09:00, case: A, follow_up: unsatisfied}}
      - {{at: 2025-04-01 09:10, case: A, accept: }}
      - {{at: 2025-04-01 09:20, case: A, complete: 又换了一次}}
      - {{at: 2025-04-01 10:00, case: A, follow_up: satisfied}}
      - {{at: 2025-04-01 10:10, case: B, by: {lead}, judge: {{validity: invalid, criteria: [{reason}]}}}}
      - {{at: 2025-04-01 10:20, case: D, accept: }}
      - {{at: 2025-04-01 10:30, case: D, complete: 好}}
      - {{at: 2025-04-01 10:40, case: I, open_incident: {{category: {cause}, area: 3栋, cause: 爆管}}}}
      - {{at: 2025-04-01 10:50, case: B, join: I}}
    then:
      - {{case: A, state: closed}}
"""
PACKS = {
    "P000": ("property_manager", "not_ours", "water", ("R-01",)),
    "P001/3": ("chief_butler", "external", "water", ("R-24", "R-27")),
    "P004": ("project_manager", "external", "equipment", ("R-71",)),
}


def the_story(pack: str) -> Scenario:
    lead, reason, cause, _ = PACKS[pack]
    (scenario,) = told(STORY.format(pack=pack, lead=lead, reason=reason, cause=cause))
    return scenario


def asked_for(stage: Stage, register: str) -> list[tuple[str, str]]:
    periods = [("2025-03", "own"), ("2025-04", "own"), ("2025-03", "calendar"), ("2025-04", "calendar")]
    kind = stage.world.book.pack_for("site", stage.world.now).registers[register].window.kind
    own = {"calendar_week": "2025-W10", "calendar_quarter": "2025-Q1"}.get(kind)
    return [((own or month) if way == "own" else month, way) for month, way in periods]


@pytest.mark.parametrize("pack", PACKS)
async def test_memory_and_database_issue_the_same_register(pack: str, fresh_db: str) -> None:
    verdict, stage = played(the_story(pack))
    assert verdict.passed, verdict.failures
    async with reporting_on(fresh_db) as process, asking(process) as client:
        process.book.__dict__.update(stage.world.book.__dict__)
        heard = [Heard(one.heading, one.fact) for one in stage.world.log if one.heading.speaker != "reporting"]
        await process.engine.hear([letter(one) for one in heard])
        for register in PACKS[pack][3]:
            for month, way in asked_for(stage, register):
                counted = issued(stage, register, month=month, window=way)
                stored = await read(client, f"/registers/{register}", site="site", month=month, window=way)
                assert counted == stored
                assert counted["rows"] or (month, way) != ("2025-03", "calendar")
