"""Reporting over HTTP: cases and timelines, the board, registers and totals; nobody changes a figure here.

Issues of registers are signed and filed; they stay what the facts make of them.
"""

from services.reporting.api import cases, filing, holding, measures, registers
from services.reporting.ports import CaseReader, Explain, HoldingsReader, TotalsReader
from services.reporting.ports.filing import Cabinet
from services.reporting.ports.registers import Office
from shared.process.service import ServiceProcess


def routes(
    process: ServiceProcess,
    *,
    reader: CaseReader,
    totals: TotalsReader,
    holdings: HoldingsReader,
    office: Office,
    explain: Explain,
    cabinet: Cabinet,
) -> None:
    """Add every route to the service's application."""
    cases.routes(process, reader, explain)
    registers.routes(process, office, totals)
    filing.routes(process, office, cabinet)
    measures.routes(process, office)
    holding.routes(process, holdings)
