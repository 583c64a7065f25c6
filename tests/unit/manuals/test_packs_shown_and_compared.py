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


def row(pages: list[str], id_: str) -> str:
    """The first row of a table about *id_*."""
    return next(line for line in pages if line.startswith(f"| {id_} |"))


def test_what_a_manual_leaves_open_and_where_it_contradicts_itself_is_listed() -> None:
    pages = list(shown(builtin_pack("P003")))
    left_open = pages[pages.index("**制度留白 / left open by the manual**") :]
    assert "核实情况 / Verify the facts | 立即 / immediately |" in row(left_open, "CK-CMP-40")
    assert "未设定 / unset" in row(pages, "monthly_report_day")
    variant = row(pages, "variant.deposit_refund_3_days")
    assert "| 关 / off（缺省 / default） | CK-REN-03-LIMIT | CK-REN-03、CK-REN-04 |" in variant


def test_a_site_s_own_values_stand_beside_the_manual_s_and_are_labelled() -> None:
    own: dict[str, str | int] = {
        "CK-CMP-41.amount": 12,
        "variant.deposit_refund_3_days": "on",
        "monthly_report_day": 25,
    }
    pages = list(shown(builtin_pack("P003"), own))
    assert "24 小时 / 24 h → 12 小时 / 12 h [本项目 / this site]" in row(pages, "CK-CMP-41")
    assert "开 / on [本项目 / this site]" in row(pages, "variant.deposit_refund_3_days")
    assert "未设定 / unset → 25 [本项目 / this site]" in row(pages, "monthly_report_day")
    assert not [line for line in shown(builtin_pack("P003")) if "[本项目" in line]


def test_conditions_steps_and_refusals_are_told_by_name() -> None:
    pages = list(shown(builtin_pack("P003")))
    assert "| 特殊事件（须先平息） / Special event (to be calmed first) = 是 / yes |" in row(pages, "unit_told")
    assert "`calmed` 先平息事态 / Calm the event first" in row(pages, "unit_told")
    assert "× 工人人数" in row(pages, "pass_cost") or "× " in row(pages, "pass_cost")


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
