"""Every register of every built-in manual can be issued: columns, rows, conditions and measures are SQL that runs."""

from dataclasses import replace

from shared.organisation.records import Activation
from shared.packs.loader import builtin
from shared.rules.registers import WindowKind
from tests.support.reporting_builders import EVER, directory
from tests.support.reporting_system import asking, reporting_on

PERIODS = {
    WindowKind.CALENDAR_WEEK: "2025-W10",
    WindowKind.CALENDAR_QUARTER: "2025-Q1",
    WindowKind.RUNNING: "",
}


async def test_every_register_of_every_manual_is_issued_in_every_form(fresh_db: str) -> None:
    book, sites = directory(), {}
    for number, pack in enumerate(builtin()):
        book.put_pack(pack)
        sites[f"x{number}"] = pack
        here = replace(book.site("s000"), id=f"x{number}", packs=(Activation(pack.id, pack.version, EVER),))
        book.put_site(here)
    async with reporting_on(fresh_db) as process, asking(process) as client:
        process.book.__dict__.update(book.__dict__)
        for site, pack in sites.items():
            for register in pack.registers.values():
                own = {"month": PERIODS.get(register.window.kind, "2025-03")}
                for more in ({}, {"format": "csv"}, {"window": "calendar", "month": "2025-03"}):
                    asked = {name: value for name, value in {"site": site, **own, **more}.items() if value}
                    answer = await client.get(f"/registers/{register.id}", params=asked)
                    assert answer.status_code == 200, (pack.id, register.id, answer.text)
