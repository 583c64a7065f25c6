"""For the busiest row of every manual: memory and database issue the same registers, with forms, steps and money."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from shared.contracts.dispatch import StepTaken
from shared.contracts.envelope import Heard
from shared.packs.loader import builtin
from shared.rules.registers import Register, WindowKind
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.cast import SITE
from shouwen.scenarios.finding import BUILTIN, ENDINGS
from shouwen.scenarios.findings import FileWrong
from shouwen.scenarios.model import Scenario
from shouwen.scenarios.parsing import load
from shouwen.scenarios.registers import issued
from shouwen.scenarios.running import played
from tests.support.clock import HandClock
from tests.support.reporting_builders import letter
from tests.support.reporting_system import asking, read, reporting_on

FOLDERS = sorted(pack.id.replace("/", "_") for pack in builtin())


def rows_of(folder: str) -> Iterator[Scenario]:
    for file in sorted((BUILTIN / folder).glob("*")):
        if file.suffix in ENDINGS:
            try:
                yield from load(file)
            except FileWrong:
                continue


def busiest(folder: str) -> Stage | None:
    """The stage of the row with the most steps; None for a manual whose rows take none."""
    stages = [played(one)[1] for one in rows_of(folder)]
    counted = [(sum(isinstance(one.fact, StepTaken) for one in stage.world.log), n) for n, stage in enumerate(stages)]
    most, place = max(counted, default=(0, 0))
    return stages[place] if most else None


def own_period(register: Register, now: datetime) -> str:
    quarter = f"{now:%Y}-Q{(now.month - 1) // 3 + 1}"
    names = {WindowKind.CALENDAR_WEEK: f"{now:%G-W%V}", WindowKind.CALENDAR_QUARTER: quarter}
    return names.get(register.window.kind, f"{now:%Y-%m}")


def registers(stage: Stage) -> dict[str, Register]:
    packs = stage.world.book.packs_at(SITE, stage.world.now)
    return {id_: register for pack in reversed(packs) for id_, register in pack.registers.items()}


@pytest.mark.parametrize("folder", FOLDERS)
async def test_memory_and_database_agree_on_the_busiest_row_of_a_manual(folder: str, fresh_db: str) -> None:
    stage = busiest(folder)
    if stage is None:
        pytest.skip("no row of this manual takes a step")
    month = f"{stage.world.now:%Y-%m}"
    async with reporting_on(fresh_db) as process, asking(process) as client:
        process.book.__dict__.update(stage.world.book.__dict__)
        assert isinstance(process.clock, HandClock)
        process.clock.set(stage.world.now)
        heard = [Heard(one.heading, one.fact) for one in stage.world.log if one.heading.speaker != "reporting"]
        await process.engine.hear([letter(one) for one in heard])
        for name, register in registers(stage).items():
            for way in ("own", "calendar"):
                period = own_period(register, stage.world.now) if way == "own" else month
                counted = issued(stage, name, month=period, window=way)
                assert counted == await read(client, f"/registers/{name}", site=SITE, month=period, window=way), name
