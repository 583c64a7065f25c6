"""What forms, steps and answers make of the row of a case."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.reporting.policy.filing import Bar, Filed, bar_to_destroy, bar_to_sign, kept_until, years_kept
from services.reporting.policy.measures import rate_of
from services.reporting.state.standing import flags_of
from services.reporting.store.rows import row_of
from services.reporting.views.figures import ledger_of
from services.reporting.views.summary import ledger
from shared.contracts.dispatch import CaseReopened, FollowUpRecorded, OrderCompleted, StepTaken
from shared.contracts.intake import RequestClassified
from shared.rules.registers import Count, Place, Register, place_of, step_of
from tests.support.packs import SHANGHAI, local
from tests.support.reporting_builders import CASE, Log, folded
from tests.support.reporting_forms import inspected, measure, register, shelf, works

AT = "2025-03-04 10:00"


def log(**more: object) -> Log:
    made = Log()
    made.say(works(AT, **more), AT)
    return made


def test_marks_of_the_form_and_of_steps_stand_side_by_side() -> None:
    said = log(flags=("works=gas",))
    said.say(StepTaken(step="inspect", outcome="fail", marks=("inspect=fail",), by="p"), AT)
    said.say(
        RequestClassified(
            case_type="works",
            category="home",
            severity="ordinary",
            validity="valid",
            flags=("works=paint",),
            effective_at=local(AT),
            by="p",
        ),
        AT,
    )
    assert flags_of(folded(said.facts, shelf())) == ["inspect=fail", "works=paint"]
    said.say(StepTaken(step="inspect", outcome="pass", count=2, marks=("inspect=pass",), by="p"), AT)
    assert flags_of(folded(said.facts, shelf())) == ["inspect=pass", "works=paint"]


def test_how_the_work_turned_out_is_a_flag_until_it_is_opened_again() -> None:
    said = log()
    said.say(OrderCompleted(by="p", same_day=True), AT)
    form = {"timely": "yes", "opinion": "还好", "long": "x" * 41}
    said.say(FollowUpRecorded(answer="unsatisfied", method="phone", round=1, by="p", form=form), AT)
    assert flags_of(folded(said.facts, shelf())) == ["solved_same_day", "timely=yes", "unsatisfied"]
    said.say(CaseReopened(because="unsatisfied", round=2, by="p"), AT)
    assert flags_of(folded(said.facts, shelf())) == ["timely=yes", "unsatisfied"]


def test_a_retaken_step_leaves_nothing_of_the_time_before() -> None:
    said = log(form={"works": "gas"})
    said.say(inspected("fail", "漏气"), AT)
    said.say(inspected("pass", "", 2), "2025-03-05 10:00")
    row = row_of(CASE, folded(said.facts, shelf()))
    assert row["form"] == {"works": "gas"}
    assert row["steps"] == {"inspect": {"count": 2, "at": local("2025-03-05 10:00"), "by": "p-li", "outcome": "pass"}}


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("number", Place("case", "number")),
        ("form.works", Place("form", "works")),
        ("step.papers.in.at", Place("step", "papers.in", "at")),
        ("notice.N-29-OWNER.means", Place("notice", "N-29-OWNER", "means")),
        ("planned.due", Place("planned", "due", "due")),
        ("outer.line", Place("outer", "line", "line")),
        ("money.cash", Place("money", "cash", "cash")),
        ("shoe_size", None),
        ("form.", None),
        ("step.at", None),
        ("notice.at", None),
        ("notice.N-9.when", None),
        ("step.papers.when", None),
        ("planned.number", None),
        ("money", None),
    ],
)
def test_what_a_column_means(word: str, place: Place | None) -> None:
    assert place_of(word) == place


def test_what_a_row_is() -> None:
    assert (step_of("step:inspect"), step_of("case"), step_of("money")) == ("inspect", None, None)


@pytest.mark.parametrize(("target", "of", "wanted"), [(10, 7, 1), (10, 10, 1), (10, 11, 2), (100, 3, 3), (50, 0, 0)])
def test_a_sample_is_rounded_up(target: int, of: int, wanted: int) -> None:
    sampled = measure("K", Count.FOLLOWED_UP, Count.HANDLED, target_percent=target, sample=True)
    rate = rate_of(sampled, {Count.FOLLOWED_UP: wanted, Count.HANDLED: of})
    assert rate.wanted == wanted
    assert rate.reached is (True if of else None)
    if wanted:
        assert rate_of(sampled, {Count.FOLLOWED_UP: wanted - 1, Count.HANDLED: of}).reached is False


def test_a_ledger_that_does_not_balance_says_so() -> None:
    broken = ledger_of([{"account": "cash", "debit": Decimal("1.00"), "credit": Decimal("0.00")}])
    assert "不平衡 NOT BALANCED" in ledger(broken)[-1].detail


SIGNED = register("R", ("number",), signed_by="chief")
NOW = datetime(2025, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("roles", "filed", "over", "bar"),
    [
        pytest.param(("chief",), Filed(), NOW, None, id="at the end of the period itself"),
        pytest.param(("desk",), Filed(), NOW, Bar.NOT_THE_SIGNER, id="somebody else"),
        pytest.param(("chief",), Filed(), datetime(2025, 5, 1, tzinfo=UTC), Bar.NOT_OVER, id="too early"),
        pytest.param(("chief",), Filed(), None, Bar.NOT_OVER, id="never over"),
        pytest.param(("chief",), Filed(signed_digest="d"), NOW, Bar.ALREADY_SIGNED, id="twice"),
        pytest.param(("chief",), Filed(signed_digest="e"), NOW, None, id="changed since"),
        pytest.param(("chief",), Filed(archived_at=NOW), NOW, Bar.ALREADY_FILED, id="put away"),
    ],
)
def test_who_may_sign_and_when(roles: tuple[str, ...], filed: Filed, over: datetime | None, bar: Bar | None) -> None:
    assert bar_to_sign(SIGNED, filed, "d", roles=roles, over=over, now=NOW) is bar


def test_as_093_a_form_archived_in_march_2025_is_kept_to_the_end_of_that_day_two_years_later() -> None:
    archived = local("2025-03-25 15:00")
    assert kept_until(archived, 2, SHANGHAI) == local("2027-03-26 00:00")
    filed = Filed(archived_at=archived)
    assert bar_to_destroy(filed, 2, SHANGHAI, local("2027-03-20 00:00")) is Bar.KEPT
    assert bar_to_destroy(filed, 2, SHANGHAI, local("2027-03-25 23:59")) is Bar.KEPT
    assert bar_to_destroy(filed, 2, SHANGHAI, local("2027-03-26 00:00")) is None
    assert bar_to_destroy(filed, None, SHANGHAI, local("2099-01-01 00:00")) is Bar.NO_TERM
    assert kept_until(local("2024-02-29 12:00"), 1, SHANGHAI) == local("2025-03-01 00:00")


@pytest.mark.parametrize(("own", "site", "years"), [(2, 5, 2), (None, 5, 5), (None, None, None), (None, "x", None)])
def test_the_manual_says_how_long_before_the_site_does(
    own: int | None, site: int | str | None, years: int | None
) -> None:
    kept: Register = register("R", ("number",), retention_years=own)
    assert years_kept(kept, site) == years
