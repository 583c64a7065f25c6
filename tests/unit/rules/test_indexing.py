"""What a fold looks up in a case type is found once, by what sets it off."""

from dataclasses import replace

from shared.rules.conditions import Condition
from shared.rules.indexing import index_of
from shared.rules.words import Basis, StartFact, StopFact
from tests.support.made_packs import clock, notice, pack_of

KIND = pack_of(
    clock("CK-1", StartFact.RECEIVED, Basis.HOURS, 1, when=Condition(flags=("a=b",), without=("night",))),
    clock("CK-2", StartFact.STEP, Basis.HOURS, 1, after="lend=yes", steps=("return", "lost=yes"), stop=()),
    clock("CK-3", StartFact.DATE, Basis.DAYS, -1, after="day", overridable_by=("field:limit", "customer_limit")),
    clock("CK-4", StartFact.RECEIVED, Basis.COUNT, 3, between=("rings",), stop=()),
    raises_at_intake=(notice("N-1", StartFact.DATE, after="birthday"), notice("N-2", StartFact.STEP, after="lend")),
).case_types["complaint"]
INDEX = index_of(KIND)


def test_clocks_and_notices_stand_under_what_sets_them_off() -> None:
    starting = {start: [rule.id for rule in rules] for start, rules in INDEX.starting.items()}
    assert starting == {"received": ["CK-1"], "step:lend=yes": ["CK-2"], "date:day": ["CK-3"]}
    assert {start: [rule.id for rule in rules] for start, rules in INDEX.notices.items()} == {
        "date:birthday": ["N-1"],
        "step:lend": ["N-2"],
    }
    assert [rule.id for rule in INDEX.counts["rings"]] == ["CK-4"]


def test_clocks_stand_under_what_meets_them_contracts_too() -> None:
    assert INDEX.stopping["step:return"] == INDEX.stopping["step:lost=yes"] == {"CK-2"}
    assert INDEX.stopping[StopFact.REPLIED] == {"CK-1", "CK-3"}
    assert INDEX.stopping[StopFact.COMPLETED] == {"CK-VEN-ACCEPT", "CK-VEN-ARRIVE", "CK-VEN-RESTORE"}


def test_only_fields_and_flags_a_rule_reads_are_kept() -> None:
    assert INDEX.fields == {"day", "birthday", "limit", "rings"}
    assert INDEX.dates == {"day", "birthday"}
    assert INDEX.asked == {"a=b", "night"}


def test_another_case_type_of_the_same_name_has_an_index_of_its_own() -> None:
    assert index_of(KIND) is INDEX
    assert index_of(replace(KIND, clocks=())).starting == {}
