"""Reporting over HTTP: cases and timelines, the board, registers and totals; all of it read only."""

from services.reporting.api import cases, holding, registers
from services.reporting.ports import CaseReader, Explain, HoldingsReader, Office, TotalsReader
from shared.process.service import ServiceProcess


def routes(
    process: ServiceProcess,
    *,
    reader: CaseReader,
    totals: TotalsReader,
    holdings: HoldingsReader,
    office: Office,
    explain: Explain,
) -> None:
    """Add every route to the service's application."""
    cases.routes(process, reader, explain)
    registers.routes(process, office, totals)
    holding.routes(process, holdings)
