"""The clocks of a vendor's contract. They run beside what the customer was promised and replace none of it.

Source: requirements section 9.7.
"""

from shared.organisation.outsiders import Contract
from shared.organisation.records import Named
from shared.rules.changing import changed
from shared.rules.model import ClockRule
from shared.rules.words import Basis, StartFact, StopFact

_SOURCE = "§9.7"


def _clock(id_: str, name: Named, stop: StopFact) -> ClockRule:
    return ClockRule(id_, name, StartFact.ISSUED, Basis.MINUTES, _SOURCE, (stop, StopFact.COMPLETED), warn=False)


ACCEPT = _clock("CK-VEN-ACCEPT", Named("合同：接单", "contract: order taken"), StopFact.ACCEPTED)
ARRIVE = _clock("CK-VEN-ARRIVE", Named("合同：到场", "contract: on site"), StopFact.STARTED)
RESTORE = _clock("CK-VEN-RESTORE", Named("合同：修复", "contract: restored"), StopFact.COMPLETED)
VENDOR_CLOCKS = (ACCEPT, ARRIVE, RESTORE)
"""Started when an order is issued or transferred to an outside party whose contract says how soon; told to the lead."""
VENDOR_IDS = frozenset(rule.id for rule in VENDOR_CLOCKS)


def agreed(rule: ClockRule, contract: Contract, lead: str | None) -> ClockRule | None:
    """The clock with the minutes of the contract, told to *lead*; None where the contract has no such term."""
    minutes = {ACCEPT.id: contract.accept, ARRIVE.id: contract.arrive, RESTORE.id: contract.restore}[rule.id]
    return changed(rule, amount=minutes, tell=(lead,) if lead else ()) if minutes else None


def promised_by(contract: Contract, lead: str | None) -> tuple[ClockRule, ...]:
    """The clocks the contract brings along, told to the role *lead*."""
    found = (agreed(rule, contract, lead) for rule in VENDOR_CLOCKS)
    return tuple(rule for rule in found if rule is not None)
