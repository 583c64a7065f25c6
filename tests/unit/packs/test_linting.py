"""Every rule of the linter, broken once in a pack that is otherwise right."""

from pathlib import Path

import pytest

from shared.packs.findings import PackInvalid
from shared.packs.linter import lint
from shared.packs.loader import load_pack
from tests.support.packing import KEY, RICH, rich

ZH = {"zh": "甲", "en": "A"}
ONE_CHOICE = [{"id": "staff", "name": ZH}]
RATE = {"id": "rate", "name": ZH, "kind": "rating"}


def rules(path: str, value: object) -> set[str]:
    return {finding.rule for finding in lint(rich(path, value))}


def test_the_rich_pack_has_nothing_wrong() -> None:
    assert lint(load_pack(RICH)) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("form.borrower.choices", [], "choices", id="nothing to choose from"),
        pytest.param("form.moved_in.choices", ONE_CHOICE, "choices", id="choices of a yes or no"),
        pytest.param("form.borrower.choices.worker.id", "staff", "duplicate_id", id="a choice twice"),
        pytest.param("form.borrower.refused", {"ghost": ZH}, "answer_unknown", id="refused and not to be chosen"),
        pytest.param("form.moved_in.refused", {"no": ZH}, None, id="a refused answer nobody asks for"),
        pytest.param("form.moved_in.refused", {"yes": ZH}, "flag_unknown", id="a condition on a refused answer"),
        pytest.param("form.borrower.choices", ONE_CHOICE, "answer_unknown", id="refused but not offered"),
        pytest.param("form.borrower.refused", {"staff": ZH, "worker": ZH}, "answers_all_refused", id="all refused"),
        pytest.param("form.until.id", "since", "duplicate_id", id="a field twice"),
        pytest.param("form.until.id", "lend", "duplicate_id", id="a field called like a step"),
        pytest.param("steps.lend.form.keys.id", "phone", "duplicate_id", id="one id in two forms"),
        pytest.param("form.until.id", "a=b", "field_id", id="a field with an equals sign"),
        pytest.param("form.visits.at_most", "0", "bounds", id="no room between the bounds"),
        pytest.param("form.visits.at_most", "2.5", "bounds", id="half a visit"),
        pytest.param("form.visits.at_most", "2", "mark_never", id="a mark nobody reaches"),
        pytest.param("form.visits.source", "", "source_missing", id="a number from nowhere"),
        pytest.param("form.visits.kind", "text", "bounds_idle", id="bounds of words"),
        pytest.param(
            "form.visits.marks",
            [{"id": "many", "at_least": "3"}, {"id": "few", "at_least": "2"}],
            "marks_order",
            id="marks out of order",
        ),
        pytest.param("form.visits.personal", True, "flag_unknown", id="a condition on something personal"),
        pytest.param("form.since.when", {"flags": ["since=x"]}, "flag_unknown", id="a mark that is none"),
        pytest.param("form.borrower.when", {"flags": ["moved_in=yes"]}, "field_later", id="asked before it is known"),
        pytest.param("form.borrower.when", {"flags": ["borrower=staff"]}, "field_later", id="asked by itself"),
    ],
)
def test_the_linter_finds_in_forms(path: str, value: object, rule: str | None) -> None:
    found = rules(f"{KEY}.{path}", value)
    assert rule in found if rule else not found


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("steps.lend.by", ["ghost"], "role_missing", id="a step by nobody"),
        pytest.param("steps.lend.needs", ["CN-11"], "consent_unknown", id="an unknown consent"),
        pytest.param("steps.back.after", ["inspect=odd"], "step_unknown", id="after an outcome there is not"),
        pytest.param("steps.back.after", ["ghost"], "step_unknown", id="after a step there is not"),
        pytest.param("steps.inspect.after", ["back"], "after_cycle", id="each after the other"),
        pytest.param("steps.inspect.outcomes.fail.reopens", ["ghost"], "step_unknown", id="reopens what is not"),
        pytest.param("steps.inspect.outcomes.fail.reopens", [], "step_dead_end", id="failed once, failed for ever"),
        pytest.param("steps.inspect.outcomes.fail.id", "pass", "duplicate_id", id="an outcome twice"),
        pytest.param("steps.lend.when", {"flags": ["inspect=pass"]}, None, id="a step that comes later"),
        pytest.param("steps.lend.when", {"flags": ["lend=done"]}, "condition_never", id="a step waiting for itself"),
        pytest.param("steps.inspect.when", {"flags": ["borrower=staff"]}, None, id="only some cases"),
        pytest.param("steps.lend.copies", 0, "not_positive", id="no copy"),
        pytest.param("steps.lend.minutes", 30, "minutes", id="a figure without its law"),
        pytest.param("steps.lend.source", "", "source_missing", id="a step from nowhere"),
        pytest.param("steps.lend.rolls.0.field", "phone", "field_unknown", id="a name of another form"),
        pytest.param("steps.lend.rolls.0.field", "paid", "field_kind", id="a sum as a name"),
        pytest.param("steps.lend.rolls.0.roll", "lent", "roll_never_put", id="taken off a roll nobody is on"),
        pytest.param("steps.inspect.outcomes.fail.opens.case_type", "ghost", "case_type_unknown", id="opens nothing"),
        pytest.param("steps.inspect.outcomes.fail.opens.category", "ghost", "category_unknown", id="opens what kind"),
        pytest.param("steps.inspect.outcomes.fail.opens.severity", "huge", "severity_unknown", id="opens how grave"),
        pytest.param("steps.inspect.outcomes.fail.opens.carries", ["ghost"], "field_unknown", id="carries nothing"),
    ],
)
def test_the_linter_finds_in_steps(path: str, value: object, rule: str | None) -> None:
    found = rules(f"{KEY}.{path}", value)
    assert rule in found if rule else not found


def test_steps_that_never_meet_cannot_follow_each_other() -> None:
    text = RICH.replace("{id: inspect,", "{id: inspect, when: {flags: [moved_in=yes]},")
    text = text.replace("{id: back,", "{id: back, when: {flags: [moved_in=no]},")
    with pytest.raises(PackInvalid, match="after_never"):
        load_pack(text)


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("money.deposit.amount", "20.005", "money_amount", id="three decimals"),
        pytest.param("money.deposit.amount", "-20", "money_amount", id="a negative deposit"),
        pytest.param("money.deposit.amount", None, "money_amount", id="so much for each, but how much"),
        pytest.param("money.deposit.per", "since", "field_kind", id="multiplied with a date"),
        pytest.param("money.deposit.per", "ghost", "field_unknown", id="multiplied with nothing"),
        pytest.param("money.deposit.id", "card", "duplicate_id", id="a sum twice"),
        pytest.param("money.card.id", "fee", "money_unknown", id="a step pays what is not due"),
        pytest.param("money.card.id", "fee", "money_never_paid", id="a sum nobody takes in"),
        pytest.param("money.card.amount", None, "money_amount", id="a sum without an amount"),
        pytest.param("steps.lend.money.0.amount", "keys", "field_kind", id="as many yuan as there are keys"),
        pytest.param("steps.back.money.0.item", "card", "money_move", id="a cost given back"),
        pytest.param("steps.back.money.0.move", "settle", "money_move", id="a deposit spent"),
        pytest.param("steps.back.money.0.move", "deduct", "money_never_back", id="a deposit that is never given back"),
        pytest.param("steps.back.money.0.move", "deduct", "money_amount", id="a deduction of nobody knows how much"),
    ],
)
def test_the_linter_finds_in_money(path: str, value: object, rule: str) -> None:
    assert rule in rules(f"{KEY}.{path}", value)


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("CK-1.after", "ghost", "step_unknown", id="starts with a step there is not"),
        pytest.param("CK-1.after", None, "after_missing", id="starts with some step"),
        pytest.param("CK-1.start", "received", "after_missing", id="names a step and starts without it"),
        pytest.param("CK-1.steps", ["ghost"], "step_unknown", id="stops with a step there is not"),
        pytest.param("CK-1.steps", ["inspect=odd"], "step_unknown", id="stops with an outcome there is not"),
        pytest.param("CK-1.steps", [], "clock_without_end", id="never stops"),
        pytest.param("CK-1.amount", -1, "amount_missing", id="negative days from a step"),
        pytest.param("CK-2.amount", 0, "amount_missing", id="no day before"),
        pytest.param("CK-2.after", "visits", "field_kind", id="starts with a number"),
        pytest.param("CK-2.after", "phone", "field_kind", id="starts with a phone number"),
        pytest.param("CK-2.stop", ["followed_up"], "stop_never", id="waits for a follow-up nobody makes"),
        pytest.param("CK-3.between", ["since"], "between", id="the middle of one date"),
        pytest.param("CK-3.between", ["since", "visits"], "field_kind", id="the middle of a date and a number"),
        pytest.param("CK-4.between", [], "between", id="counts nothing"),
        pytest.param("CK-4.between", ["since"], "field_kind", id="counts a date"),
        pytest.param("CK-6.between", ["since"], "between", id="hours between something"),
        pytest.param("CK-5.overridable_by", [], "clock_without_end", id="agreed with nobody"),
        pytest.param("CK-5.overridable_by", ["field:ghost"], "field_unknown", id="a date of nowhere"),
        pytest.param("CK-5.overridable_by", ["field:visits"], "field_kind", id="a number as a date"),
        pytest.param("CK-5.overridable_by", ["field:phone"], "field_kind", id="a phone number as a date"),
        pytest.param("CK-5.overridable_by", ["whenever"], "limit_unknown", id="whenever"),
        pytest.param("CK-6.start", "completed", "stop_never", id="completed after it is completed"),
        pytest.param("CK-6.stop", ["told"], "told_by_nobody", id="told by nobody"),
        pytest.param("CK-6.source", " ", "source_missing", id="a clock from nowhere"),
        pytest.param("CK-6.when", {}, "variants_overlap", id="two variants at once"),
        pytest.param("CK-6-quick.when", {"flags": ["quick"], "without": ["quick"]}, "condition_never", id="never"),
        pytest.param(
            "CK-6.when",
            {"flags": ["borrower=staff", "borrower=worker"], "without": ["quick"]},
            "condition_never",
            id="two answers at once",
        ),
        pytest.param("CK-6.when", {"validity": ["invalid"], "without": ["quick"]}, "condition_never", id="invalid"),
        pytest.param("CK-7.after", "CK-7", "after_unknown", id="missed itself"),
    ],
)
def test_the_linter_finds_in_clocks(path: str, value: object, rule: str) -> None:
    assert rule in rules(f"{KEY}.clocks.{path}", value)


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("plans.PL-1.case_type", "ghost", "case_type_unknown", id="plans nothing"),
        pytest.param("plans.PL-1.category", "ghost", "category_unknown", id="plans what kind"),
        pytest.param("plans.PL-1.day", 32, "plan_day", id="the 32nd"),
        pytest.param("plans.PL-1.day", None, "plan_day", id="some day"),
        pytest.param("plans.PL-1.weekday", 1, "plan_day", id="a weekday of a month"),
        pytest.param("plans.PL-1.month", 2, "plan_day", id="a month of every month"),
        pytest.param("plans.PL-1.every", "year", "plan_day", id="a year without a month"),
        pytest.param("plans.PL-1.every", "day", "plan_rounds", id="a day without rounds"),
        pytest.param("plans.PL-1.opens_days_before", -1, "not_positive", id="opens after it is due"),
        pytest.param("plans.PL-1.id", "PL-2", "duplicate_id", id="a plan twice"),
        pytest.param("plans.PL-1.source", "", "source_missing", id="a plan from nowhere"),
        pytest.param("plans.PL-2.each_of", "butler", "each_of", id="of each, and nobody named"),
        pytest.param("plans.PL-2.named_in", "ghost", "each_of", id="named, but of nobody"),
        pytest.param("plans.PL-2.role", "ghost", "role_missing", id="nobody goes round"),
        pytest.param("plans.PL-2.season.ends", "ghost", "parameter_unknown", id="a season without end"),
        pytest.param("plans.PL-2.rounds.am.due", 1441, "plan_rounds", id="after midnight"),
        pytest.param("plans.PL-2.rounds.am.due", 510, "plan_rounds", id="no time to do it"),
        pytest.param("plans.PL-3.day_parameter", "ghost", "parameter_unknown", id="a day nobody can set"),
        pytest.param("plans.PL-3.unset", None, "unset_without_words", id="no day and no words"),
        pytest.param("plans.PL-3.weekday", 1, "plan_day", id="a day said twice"),
        pytest.param(f"{KEY}.clocks.CK-5.overridable_by", ["field:until"], "plan_without_clock", id="nothing due"),
        pytest.param("plans", [], "limit_idle", id="due as planned, by no plan"),
        pytest.param("recurrences.UP-9.at_least", 1, "recurrence_number", id="once is too often"),
        pytest.param("recurrences.UP-9.same", ["shape"], "same_unknown", id="the same shape"),
        pytest.param("recurrences.UP-9.same", ["field:ghost"], "field_unknown", id="the same nothing"),
        pytest.param("recurrences.UP-9.same", [], "recurrence_same", id="the same in no way"),
        pytest.param("recurrences.UP-9.case_types", ["ghost"], "case_type_unknown", id="counts nothing"),
        pytest.param("recurrences.UP-9.window", {"kind": "cutoff"}, "due_day", id="a cut-off without a day"),
        pytest.param("recurrences.UP-9.tell", ["ghost"], "role_missing", id="tells nobody"),
        pytest.param("recurrences.UP-9.opens.category", "ghost", "category_unknown", id="opens what kind"),
        pytest.param("prompts.PC-1.points", [], "prompt_empty", id="an empty card"),
        pytest.param("prompts.PC-1.on", [], "prompt_never", id="a card nobody sees"),
        pytest.param("prompts.PC-1.case_types", ["ghost"], "case_type_unknown", id="a card for nothing"),
        pytest.param("registers.R-1.columns.1.field", "form.ghost", "field_unknown", id="a column of nothing"),
        pytest.param("registers.R-1.columns.2.field", "step.ghost.at", "step_unknown", id="a step of nothing"),
        pytest.param("registers.R-1.columns.2.field", "step.back.how", "column_unknown", id="how a step went"),
        pytest.param("registers.R-1.columns.2.field", "money.amount", "column_unknown", id="money outside a ledger"),
        pytest.param("registers.R-1.rows", "step:ghost", "step_unknown", id="a line for nothing"),
        pytest.param("registers.R-1.rows", "day", "rows_unknown", id="a line a day"),
        pytest.param("registers.R-1.when", {"flags": ["borrower=ghost"]}, "flag_unknown", id="lists nobody"),
        pytest.param("registers.R-1.signed_by", "ghost", "role_missing", id="signed by nobody"),
        pytest.param("registers.R-1.retention_years", 0, "not_positive", id="kept for no year"),
        pytest.param("registers.R-1.measures.0.numerator_of", "ghost", "step_unknown", id="counts no step"),
        pytest.param("registers.R-1.measures.0.denominator_of", "since", "field_unknown", id="a sum of dates"),
        pytest.param("registers.R-1.measures.0.numerator", "received", "of_idle", id="received of what"),
        pytest.param("registers.R-1.measures.0.target_percent", 101, "target", id="more than all"),
        pytest.param("registers.R-1.measures.0.target_field", "ghost", "field_unknown", id="a target said nowhere"),
        pytest.param("registers.R-1.measures.0.target_field", "keys", "field_unknown", id="a target that is no number"),
        pytest.param("registers.R-1.measures.0.sample", True, "target", id="a sample of unknown size"),
    ],
)
def test_the_linter_finds_in_plans_and_registers(path: str, value: object, rule: str) -> None:
    assert rule in rules(path, value)


@pytest.mark.parametrize(
    ("upgrades", "rule"),
    [
        pytest.param([("low", "high"), ("high", "low")], "upgrade_cycle", id="up and down again"),
        pytest.param([("high", "low")], "upgrade_never", id="down"),
        pytest.param([("high", "high")], "upgrade_never", id="to itself"),
        pytest.param([], "severity_unreachable", id="a severity nobody reaches"),
        pytest.param([("low", "high")], None, id="up"),
    ],
)
def test_upgrades_lead_upwards(upgrades: list[tuple[str, str]], rule: str | None) -> None:
    severities = [{"id": id_, "name": ZH, "rank": rank} for rank, id_ in enumerate(("low", "high"), 1)]
    body = [
        {"id": f"UP-{n}", "name": ZH, "months": 1, "to": to, "when": {"severities": [was]}, "tell": [], "source": "t"}
        for n, (was, to) in enumerate(upgrades)
    ]
    text = RICH.replace(
        "    kind: custody\n", f"    kind: custody\n    default_severity: low\n    upgrades: {body!r}\n"
    )
    found = found_in(text.replace("    money:\n", f"    severities: {severities!r}\n    money:\n"))
    assert rule in found if rule else not found


def found_in(text: str) -> set[str]:
    try:
        load_pack(text)
    except PackInvalid as refused:
        return {finding.rule for finding in refused.findings}
    return set()


def test_a_finding_names_file_line_rule_and_remedy(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(RICH.replace("after: lend, steps: [back]", "after: lent, steps: [back]"), encoding="utf-8")
    with pytest.raises(PackInvalid) as refused:
        load_pack(file)
    line = next(number for number, text in enumerate(RICH.splitlines(), 1) if "after: lend, steps" in text)
    assert str(refused.value).startswith(f"mine.yaml:{line}: {KEY}.clocks.CK-1.after [step_unknown]: 没有步骤 lent；")
    assert "choose one of back, inspect, inspect=fail, inspect=pass, lend" in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("id", "T 9/../x", "id_written", id="a pack nobody could file"),
        pytest.param(f"{KEY}.clocks.CK-1.id", "CK 1", "id_written", id="a clock with a space"),
        pytest.param(f"{KEY}.steps.lend.form.paid.id", "paid/now", "id_written", id="a field with a stroke"),
        pytest.param(f"{KEY}.form.borrower.choices.worker.id", "a worker", "id_written", id="a choice with a space"),
        pytest.param(f"{KEY}.name", {"zh": "钥匙", "en": " "}, "label_empty", id="no English name"),
        pytest.param(f"{KEY}.steps.lend.text", {"zh": "", "en": "Lend"}, "label_empty", id="nothing to do"),
        pytest.param(f"{KEY}.clocks.CK-1.amount", 50_001, "amount_great", id="beyond every calendar"),
        pytest.param("acknowledge.other", 50_001, "not_positive", id="silence for a month"),
        pytest.param("acknowledge.other", 0, "not_positive", id="no time to answer"),
        pytest.param("variants.idle", {"name": ZH, "source": "test"}, "variant_idle", id="a switch no rule asks for"),
    ],
)
def test_the_linter_finds_words_and_numbers_nobody_can_use(path: str, value: object, rule: str) -> None:
    assert rule in rules(path, value)


def test_two_clocks_of_one_thing_told_apart_by_a_switch_exclude_each_other() -> None:
    clock = "      - {id: CK-1, name: {zh: 归还, en: Back}, start: step, after: lend, steps: [back], basis: days,"
    quick = clock.replace("id: CK-1", "id: FAST, when: {flags: [quick]}") + " amount: 1, source: test}\n"
    assert found_in(RICH.replace(clock, quick + clock)) == {"variants_overlap"}
    apart = clock.replace("id: CK-1", "id: CK-1, when: {without: [quick]}")
    assert found_in(RICH.replace(clock, quick + apart)) == set()
