"""A manual as pages, and a comparison in words."""

from dataclasses import replace

from shared.packs.loader import builtin, builtin_pack
from shared.rules.model import Pack
from shouwen.manuals.differing import differences
from shouwen.manuals.procedures import procedure
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


def test_every_word_a_scenario_needs_stands_on_the_pages() -> None:
    """Categories, severities, criteria, fields, choices and outcomes are written in scenarios by their ids."""
    for pack in builtin():
        for case_type in pack.case_types.values():
            pages = "\n".join(procedure(pack, case_type, {}))
            asked = [*case_type.form, *(field for step in case_type.steps for field in step.form)]
            words = [*(one.id for one in case_type.categories), *(field.id for field in asked)]
            words += [one.id for step in case_type.steps for one in step.outcomes]
            words += [choice.id for field in case_type.form for choice in field.choices]
            if len(case_type.severities) > 1:
                words += [one.id for one in case_type.severities]
                words += [each.id for one in case_type.severities for each in one.criteria]
            assert [word for word in words if f"| {word} |" not in pages and f"`{word}`" not in pages] == []


def test_no_word_of_the_machine_is_left_on_the_pages() -> None:
    pages = [line for pack in builtin() for line in shown(pack)]
    assert [line for line in pages if "None" in line or "calendar_month" in line or "{" in line.split("`")[0]] == []
    safety, rules = list(shown(builtin_pack("G-SAFETY"))), list(shown(builtin_pack("P003")))
    assert "<br>30 分钟 / min（" in row(safety, "elevator_arrive")
    assert "Call 119<br>（法规" in row(safety, "fire_119")
    assert "when “Check the papers of the application: Complete” is taken" in row(rules, "CK-REN-01")
    assert "| 施工单位 / contractor |" in row(rules, "deposit_contractor")
    assert "晚几分钟登记算迟录" in row(safety, "late_entry_minutes")
    assert "月报的日子" in row(rules, "monthly_report_day")
    stated = "≥ 表单所填 / as filled in `share_set`；项目参数 / site parameter `other_follow_up_percent` %"
    assert stated in row(list(shown(builtin_pack("P004"))), "K-16")


def test_what_a_step_opens_again_is_said() -> None:
    pages = list(shown(builtin_pack("P001/5")))
    assert any("办理后重新开放 / open again afterwards：`manager_meeting`" in line for line in pages)


def test_the_day_of_a_plan_is_said_in_words() -> None:
    pages = list(shown(builtin_pack("P004")))
    plans = {line.split(" | ")[0].removeprefix("| "): line for line in pages if " → " in line and "每" in line}
    assert "每周 / weekly 星期日 / Sunday" in plans["R-105"]
    assert "每月 / monthly 最后一日 / the last day" in plans["R-74"]
    assert "每月 / monthly 25 日 / day 25" in plans["R-71"]


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


def test_what_changed_is_told_in_words_and_not_in_those_of_the_machine() -> None:
    told = [str(change) for change in differences(builtin_pack("P000"), builtin_pack("P004"))]
    assert any("product default" in line and line.endswith("否 / no → 是 / yes") for line in told)
    assert [line for line in told if line.endswith(("True", "False")) or "{'" in line] == []
    assert [line for line in told if " › handler" in line or " › overridable_by" in line] == []


def test_the_same_pack_does_not_differ() -> None:
    assert differences(builtin_pack("P004"), builtin_pack("P004")) == ()
