"""An upgrade that had no cause leaves no trace in the row of a case."""

import pytest

from shared.contracts.escalation import SeverityUpgraded, UpgradeAnnulled
from shared.contracts.intake import RequestClassified
from tests.support.packs import local
from tests.support.reporting_builders import Log, directory, folded, received

START, DUE, LATER = "2025-03-04 10:00", "2025-03-05 10:00", "2025-03-06 10:00"
BOOK = directory()


def judged(severity: str, at: str) -> RequestClassified:
    plain = {"case_type": "complaint", "category": "cleaning", "validity": "valid", "by": "p-li"}
    return RequestClassified.model_validate(plain | {"severity": severity, "effective_at": local(at)})


@pytest.mark.parametrize(("since", "severity"), [(LATER, "important"), (START, "minor")], ids=["later", "earlier"])
def test_an_upgrade_taken_back_counts_for_nothing_in_whatever_order_intake_is_heard(since: str, severity: str) -> None:
    log = Log()
    log.say(received(START), START)
    log.say(SeverityUpgraded(rule="UP-1", was="minor", severity="major", effective_at=local(DUE)), DUE)
    back = UpgradeAnnulled(rule="UP-1", was="major", severity="minor", effective_at=local(DUE), by_fact="m9")
    log.say(back, DUE)
    log.say(judged("important", since), since)
    request, up, down, word = log.facts
    for order in ((request, word, up, down), (request, up, word, down), (request, up, down, word)):
        view = folded(list(order), BOOK)
        assert view.graded is not None
        assert view.graded.severity == severity
