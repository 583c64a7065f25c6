"""What a vendor has agreed to, beside what the customer was promised.

Source: requirements section 9.7.
"""

from services.escalation.saying.clocks import arm, cancel
from services.escalation.saying.hand import Hand
from shared.rules.vendors import VENDOR_IDS, promised_by

BECAUSE = "contract"


def hold_to_contract(hand: Hand) -> None:
    """Start the clocks of the vendor who has the order now; those of another who had it before end."""
    let_go(hand)
    role = hand.case.department
    department = hand.moment.book.department_for(hand.case.site, role) if role else None
    if department is not None and department.contract is not None:
        arm(hand, [(rule, hand.at) for rule in promised_by(department.contract, hand.lead)], BECAUSE)


def let_go(hand: Hand) -> None:
    """End the clocks of a vendor who no longer has the order."""
    cancel(hand, [clock for clock in hand.case.running if clock.id in VENDOR_IDS], because=BECAUSE)
