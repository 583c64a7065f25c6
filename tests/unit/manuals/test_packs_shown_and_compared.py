"""A manual as pages, and a comparison in words."""

from dataclasses import replace

from shared.packs.loader import builtin, builtin_pack
from shared.rules.model import Pack
from shouwen.manuals.differing import differences
from shouwen.manuals.showing import shown


def complaint_clock(pack: Pack, **changes: object) -> Pack:
    """The pack with its first complaint clock changed."""
    kind = pack.case_types["complaint"]
    clock = replace(kind.clocks[0], **changes)  # type: ignore[arg-type]  # any field of a rule
    return replace(pack, case_types=pack.case_types | {"complaint": replace(kind, clocks=(clock, *kind.clocks[1:]))})


def test_every_rule_of_every_pack_stands_on_its_pages() -> None:
    for pack in builtin():
        pages = "\n".join(shown(pack))
        for case_type in pack.case_types.values():
            for part in (case_type.clocks, case_type.steps, case_type.raises_at_intake, case_type.money):
                for rule in part:
                    assert rule.id in pages
                    assert rule.source in pages
        for listed in (pack.plans, pack.recurrences, pack.prompts, tuple(pack.registers.values())):
            assert all(one.id in pages for one in listed)


def test_a_changed_number_is_told_with_the_rule_it_belongs_to() -> None:
    old = builtin_pack("P001/3")
    new = replace(complaint_clock(old, amount=2), version=9)
    told = [str(change) for change in differences(old, new)]
    assert len(told) == 2
    assert "CK-CMP-10" in told[1]
    assert "一般投诉首次答复" in told[1]
    assert told[1].endswith("1 → 2")


def test_a_rule_that_came_or_went_is_one_change() -> None:
    old = builtin_pack("P004")
    kind = old.case_types["complaint"]
    gone = kind.clocks[0].id
    new = replace(old, case_types=old.case_types | {"complaint": replace(kind, clocks=kind.clocks[1:])})
    (change,) = differences(old, new)
    assert str(change).startswith("- ")
    assert gone in str(change)
    (back,) = differences(new, old)
    assert str(back).startswith("+ ")


def test_the_same_pack_does_not_differ() -> None:
    assert differences(builtin_pack("P004"), builtin_pack("P004")) == ()
