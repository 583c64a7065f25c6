"""Dates in an order, serial numbers and rolls of a site: what the linter finds in them."""

import pytest

from shared.packs.findings import PackInvalid
from shared.packs.linter import lint
from shared.packs.loader import load_pack
from tests.support.packing import KEY, RICH, rich


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("form.until.not_before", ["since", "received", "now"], None, id="an end after its beginning"),
        pytest.param("form.until.not_before", ["sinse"], "field_unknown", id="not before what there is not"),
        pytest.param("form.until.not_before", ["visits"], "field_kind", id="not before a number"),
        pytest.param("form.visits.not_before", ["since"], "not_before_idle", id="a number not before a date"),
        pytest.param("form.until.not_before", ["until"], "not_before_cycle", id="not before itself"),
        pytest.param("form.since.not_before", ["until"], "field_later", id="not before what comes later in the form"),
        pytest.param("steps.lend.once_over", ["since"], None, id="a step once a date is over"),
        pytest.param("steps.lend.once_over", ["sinse"], "field_unknown", id="once it is over, whatever it is"),
        pytest.param("steps.lend.once_over", ["now"], "field_unknown", id="once now is over"),
        pytest.param("steps.lend.once_over", ["visits"], "field_kind", id="once a number is over"),
        pytest.param("steps.lend.rolls.0.paid_by", "deposit", None, id="as many keys as deposits"),
        pytest.param(
            "steps.lend.rolls.0.paid_by", "card", "money_unknown", id="paid by a sum without a price for each"
        ),
        pytest.param("steps.back.rolls.0.paid_by", "deposit", "paid_by_idle", id="paid for what comes back"),
        pytest.param("form.visits.pattern", "{number}", "pattern_idle", id="the pattern of a count"),
        pytest.param("form.phone.kind", "serial", "serial_place", id="a serial number nobody gives"),
        pytest.param("form.phone.kind", "serial", "pattern", id="a serial number without a pattern"),
        pytest.param("form.phone.kind", "serial", "field_personal", id="a personal serial number"),
    ],
)
def test_the_linter_finds_in_dates_and_numbers(path: str, value: object, rule: str | None) -> None:
    found = {finding.rule for finding in lint(rich(f"{KEY}.{path}", value))}
    assert rule in found if rule else not found


SINCE_AND_UNTIL = """      - {id: since, name: {zh: 自, en: Since}, kind: date, when: {flags: [moved_in=yes]}}
      - {id: until, name: {zh: 至, en: Until}, kind: date}"""


def test_two_dates_of_which_neither_may_come_first_go_round_in_a_circle() -> None:
    assert SINCE_AND_UNTIL in RICH
    each_after_the_other = SINCE_AND_UNTIL.replace("kind: date,", "kind: date, not_before: [until],")
    each_after_the_other = each_after_the_other.replace("kind: date}", "kind: date, not_before: [since]}")
    with pytest.raises(PackInvalid, match="not_before_cycle"):
        load_pack(RICH.replace(SINCE_AND_UNTIL, each_after_the_other))


def test_a_date_is_not_held_against_one_that_is_personal() -> None:
    text = RICH.replace("{id: until, name: {zh: 至, en: Until}, kind: date}", "@")
    text = text.replace("@", "{id: until, name: {zh: 至, en: Until}, kind: date, not_before: [born]}")
    born = "- {id: born, name: {zh: 生日, en: Born}, kind: date, personal: true}\n      "
    with pytest.raises(PackInvalid, match="field_personal"):
        load_pack(text.replace("- {id: until", born + "- {id: until"))


KEYS_FIELD = "{id: keys, name: {zh: 钥匙号, en: Keys}, kind: lines},"
SLIP = "{id: slip, name: {zh: 单号, en: Slip}, kind: serial, pattern: 'K-{year}-{number:3}'},"


def test_a_step_may_give_a_number_but_no_two_of_one_series() -> None:
    assert lint(load_pack(RICH.replace(KEYS_FIELD, KEYS_FIELD + SLIP))) == []
    with pytest.raises(PackInvalid, match="serial_twice"):
        load_pack(RICH.replace(KEYS_FIELD, KEYS_FIELD + SLIP + SLIP.replace("slip", "slop")))


def test_a_roll_of_the_site_is_one_everywhere_and_somebody_takes_names_off_it() -> None:
    of_site = RICH.replace("field: keys, move: put}", "field: keys, move: put, scope: site}")
    with pytest.raises(PackInvalid, match="roll_scope"):
        load_pack(of_site)
    of_site = of_site.replace("field: returned, move: take}", "field: returned, move: take, scope: site}")
    assert lint(load_pack(of_site)) == []
    with pytest.raises(PackInvalid, match="roll_never_taken"):
        load_pack(of_site.replace("move: take, scope: site", "move: need, scope: site"))
