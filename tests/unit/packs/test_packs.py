"""The packs that come with the product, and what a broken one is told."""

import json
from typing import Any

import pytest
import yaml

from shared.packs.findings import PackInvalid
from shared.packs.inherit import inherited
from shared.packs.linter import lint
from shared.packs.loader import FILES, builtin, builtin_pack, load_pack
from shared.packs.schema import checked, from_wire, to_wire
from shared.rules.model import Pack

SMALL = """
id: T/1
version: 1
name: {zh: 试, en: Trial}
source: test
roles: {desk: {zh: 前台, en: Desk}, lead: {zh: 主管, en: Lead}, dept: {zh: 部门, en: Department}}
chain: [desk, lead]
acknowledge: {other: 30}
variants: {short: {name: {zh: 短, en: Short}, source: test}}
case_types:
  complaint:
    name: {zh: 投诉, en: Complaint}
    kind: complaint
    source: test
    categories: [{id: noise, name: {zh: 噪音, en: Noise}, department: dept}]
    severities:
      - {id: minor, name: {zh: 一般, en: Minor}, rank: 1, criteria: [{id: c1, text: {zh: 一, en: one}}]}
      - {id: major, name: {zh: 重大, en: Major}, rank: 3, handler: lead}
    default_severity: minor
    clocks:
      - {id: CK-1, name: {zh: 答复, en: Reply}, start: received, stop: [replied], basis: hours, amount: 1,
         promise: reply, tell: [lead], source: test}
      - {id: CK-2, name: {zh: 解决, en: Resolve}, when: {without: [short]}, start: received, stop: [completed],
         basis: days, amount: 2, promise: resolve, extend: lead, overridable_by: [customer_limit], source: test}
      - {id: CK-3, name: {zh: 上报, en: Report}, when: {severities: [major]}, start: received, stop: [told],
         basis: unset, unset: {zh: 立即, en: at once}, source: test}
    upgrades: [{id: UP-1, name: {zh: 升级, en: Upgrade}, months: 1, to: major, tell: [lead], source: test}]
    raises_at_intake:
      - {id: N-1, name: {zh: 通知, en: Notice}, when: {severities: [major]}, tell: [lead], clocks: [CK-3],
         source: test}
    follow_up: {required: true, method: phone, who: [desk], closers: [lead], source: test}
registers:
  R-1:
    name: {zh: 月表, en: Monthly}
    case_types: [complaint]
    window: {kind: cutoff, due_day: 30}
    columns: [{field: number, name: {zh: 编号, en: Number}}]
    source: test
"""


OUTWARD = {
    "id": "N-1",
    "name": {"zh": "告知", "en": "Told"},
    "outside": ["customer"],
    "means": ["phone"],
    "clocks": ["CK-3"],
    "source": "test",
}


def changed(path: str, value: object) -> Pack:
    """The small pack with one value put in another's place, checked for shape only."""
    body: Any = yaml.safe_load(SMALL)
    *way, last = path.split(".")
    part = body
    for step in way:
        part = part[int(step)] if isinstance(part, list) else part[step]
    part[int(last) if isinstance(part, list) else last] = value
    return checked(body)


COMPLAINT = "case_types.complaint"


@pytest.mark.parametrize("pack", builtin(), ids=lambda pack: pack.id)
def test_a_pack_survives_the_wire(pack: Pack) -> None:
    assert from_wire(json.loads(json.dumps(to_wire(pack)))) == pack


def test_every_file_is_named_after_its_pack() -> None:
    assert {file.stem for file in FILES.glob("*.yaml")} == {pack.id.replace("/", "_") for pack in builtin()}


def test_an_unknown_builtin_pack_names_those_there_are() -> None:
    with pytest.raises(LookupError, match="P001/3"):
        builtin_pack("P009")


def test_the_small_pack_has_nothing_wrong() -> None:
    assert lint(load_pack(SMALL)) == []


@pytest.mark.parametrize(
    ("path", "value", "rule"),
    [
        pytest.param("chain", [], "chain_empty", id="an empty chain"),
        pytest.param("chain", ["desk", "lead", "desk"], "chain_cycle", id="a cycle in the chain"),
        pytest.param("chain", ["desk", "ghost", "lead"], "role_missing", id="a missing role in the chain"),
        pytest.param("warn_fraction", 1.0, "warn_fraction", id="a warning at the end"),
        pytest.param("acknowledge", {"major": 5}, "acknowledge_missing", id="no acknowledgement time"),
        pytest.param("acknowledge.other", 0, "not_positive", id="no time to acknowledge"),
        pytest.param("version", 0, "not_positive", id="version zero"),
        pytest.param(f"{COMPLAINT}.id", "moan", "id_differs", id="an id that is not its key"),
        pytest.param(f"{COMPLAINT}.categories.0.department", "ghost", "role_missing", id="a missing department"),
        pytest.param(f"{COMPLAINT}.severities.1.handler", "ghost", "role_missing", id="a missing handler"),
        pytest.param(f"{COMPLAINT}.severities.1.id", "minor", "duplicate_id", id="a severity twice"),
        pytest.param(f"{COMPLAINT}.default_severity", "tiny", "severity_unknown", id="an unknown default"),
        pytest.param(f"{COMPLAINT}.clocks.1.id", "CK-1", "duplicate_id", id="a clock twice"),
        pytest.param(f"{COMPLAINT}.clocks.0.tell", ["ghost"], "role_missing", id="a missing role to tell"),
        pytest.param(
            f"{COMPLAINT}.clocks.0.tell", ["informed"], "role_missing", id="the informed cannot be asked to act"
        ),
        pytest.param(f"{COMPLAINT}.clocks.0.stop", [], "clock_without_end", id="a clock without end"),
        pytest.param(f"{COMPLAINT}.clocks.0.amount", 0, "amount_missing", id="no hours"),
        pytest.param(f"{COMPLAINT}.clocks.0.amount", -1, "amount_missing", id="negative hours"),
        pytest.param(f"{COMPLAINT}.clocks.0.amount", None, "amount_missing", id="hours without a number"),
        pytest.param(f"{COMPLAINT}.clocks.2.amount", 1, "amount_idle", id="a number for unset"),
        pytest.param(f"{COMPLAINT}.clocks.2.unset", None, "unset_without_words", id="unset without words"),
        pytest.param(f"{COMPLAINT}.clocks.0.opens_after", 1, "opens_after", id="it opens when it is due"),
        pytest.param(f"{COMPLAINT}.clocks.0.pausable", True, "reply_pausable", id="a first reply that pauses"),
        pytest.param(f"{COMPLAINT}.clocks.1.extend", "dept", "extend_outside_chain", id="approver off the chain"),
        pytest.param(f"{COMPLAINT}.clocks.1.overridable_by", ["anyone"], "limit_unknown", id="unknown limit"),
        pytest.param(
            f"{COMPLAINT}.clocks.0.when",
            {"severities": ["tiny"]},
            "severity_unknown",
            id="an unknown severity",
        ),
        pytest.param(
            f"{COMPLAINT}.clocks.0.when",
            {"categories": ["smell"]},
            "category_unknown",
            id="an unknown category",
        ),
        pytest.param(f"{COMPLAINT}.clocks.0.when", {"flags": ["odd"]}, "flag_unknown", id="an unknown flag"),
        pytest.param(f"{COMPLAINT}.raises_at_intake.0.clocks", ["CK-9"], "clock_unknown", id="an unknown clock"),
        pytest.param(f"{COMPLAINT}.raises_at_intake", [], "told_by_nobody", id="a telling nobody does"),
        pytest.param(
            f"{COMPLAINT}.raises_at_intake.0", OUTWARD | {"within": 30}, "within_unguarded", id="nobody hears"
        ),
        pytest.param(f"{COMPLAINT}.raises_at_intake.0.incoming", True, "incoming", id="a shift nobody hands over"),
        pytest.param(f"{COMPLAINT}.clocks.0.shift_of", "lead", "shift_idle", id="hours that wait for no shift"),
        pytest.param(f"{COMPLAINT}.clocks.0.shift_of", "ghost", "role_missing", id="a shift of nobody"),
        pytest.param(f"{COMPLAINT}.raises_at_intake.0.within", 30, "within", id="a time to tell nobody outside"),
        pytest.param(f"{COMPLAINT}.upgrades.0.to", "huge", "severity_unknown", id="an upgrade to nowhere"),
        pytest.param(f"{COMPLAINT}.upgrades.0.months", 0, "not_positive", id="an upgrade at once"),
        pytest.param(f"{COMPLAINT}.follow_up.closers", ["ghost"], "role_missing", id="a missing closer"),
        pytest.param(f"{COMPLAINT}.follow_up.attempts", 0, "not_positive", id="no attempt to ask"),
        pytest.param("registers.R-1.case_types", ["moan"], "register_case_type", id="an unknown case type"),
        pytest.param("registers.R-1.window.due_day", 32, "due_day", id="the 32nd"),
        pytest.param("registers.R-1.window.due_day", None, "due_day", id="a cut-off without a day"),
        pytest.param("registers.R-1.columns", [], "register_empty", id="no columns"),
        pytest.param("registers.R-1.columns.0.field", "shoe_size", "column_unknown", id="an unknown column"),
        pytest.param("registers.R-1.compiled_by", "ghost", "role_missing", id="a missing compiler"),
    ],
)
def test_the_linter_finds(path: str, value: object, rule: str) -> None:
    assert rule in {finding.rule for finding in lint(changed(path, value))}


def test_an_agreed_clock_needs_somebody_to_agree() -> None:
    text = SMALL.replace("basis: days, amount: 2", "basis: agreed").replace(" overridable_by: [customer_limit],", "")
    with pytest.raises(PackInvalid, match="nobody may set the date"):
        load_pack(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("version: 1", "version: one", "version", id="a word for a number"),
        pytest.param("version: 1", "version: true", "version", id="a truth for a number"),
        pytest.param("source: test\nroles", "sauce: test\nroles", "did you mean source", id="a misspelt field"),
        pytest.param("version: 1\n", "", "add version", id="a missing field"),
        pytest.param("stop: [replied]", "stop: [whispered]", "'completed'", id="an unknown stop"),
        pytest.param("version: 1", "version: 1\nversion: 2", "key version twice", id="a key twice"),
        pytest.param("chain: [desk, lead]", "chain: &c [desk, lead]\nlocked: *c", "aliases", id="an alias"),
        pytest.param("chain: [desk, lead]", "chain: [desk, lead", "YAML", id="no YAML"),
        pytest.param("version: 1", "version: !!int '1'", "tags", id="a tag"),
        pytest.param("version: 1", "version: 01", "version", id="an octal number"),
        pytest.param("source: test\nroles", "source: test\n---\nroles", "one document", id="two documents"),
        pytest.param("id: T/1", "id: T/1\nextends: P009", "there is no pack P009", id="an unknown parent"),
    ],
)
def test_a_malformed_pack_is_told_what_is_wrong(old: str, new: str, said: str) -> None:
    assert old in SMALL
    with pytest.raises(PackInvalid) as refused:
        load_pack(SMALL.replace(old, new, 1))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("- 1", id="a list"),
        pytest.param("x" * 1_000_001, id="too long"),
        pytest.param("a: " + "[" * 50_000, id="too deep"),
        pytest.param("a: " + "{a: " * 5_000, id="tables too deep"),
        pytest.param("# nothing", id="a remark"),
        pytest.param("? [a]\n: b", id="a key that is a list"),
        pytest.param('id: "\\uD800"', id="half a character"),
        pytest.param("id: \x00", id="a control character"),
    ],
)
def test_what_is_no_pack_at_all_is_refused(text: str) -> None:
    with pytest.raises(PackInvalid):
        load_pack(text)


def test_on_is_a_word_not_a_truth() -> None:
    notice = changed(f"{COMPLAINT}.raises_at_intake.0.tell", ["lead"]).case_types["complaint"].raises_at_intake[0]
    text = SMALL.replace("{id: N-1,", "{id: N-1, on: received,")
    assert load_pack(text).case_types["complaint"].raises_at_intake[0] == notice


CHILD = """
id: T/2
version: 1
extends: T/1
name: {zh: 子, en: Child}
case_types:
  complaint:
    clocks: [{id: CK-1, amount: 2}]
"""


def parents(**more: object) -> dict[str, dict[str, Any]]:
    return {"T/1": yaml.safe_load(SMALL) | more}


def test_an_extending_pack_changes_only_what_it_names() -> None:
    parent = load_pack(SMALL)
    child = load_pack(CHILD, known=parents())
    amounts = [clock.amount for clock in child.case_types["complaint"].clocks]
    assert (child.id, child.extends, amounts) == ("T/2", "T/1", [2, 2, None])
    assert child.registers == parent.registers


def test_a_locked_value_cannot_be_changed() -> None:
    with pytest.raises(PackInvalid, match="locked") as refused:
        load_pack(CHILD, known=parents(locked=["case_types.complaint.clocks.CK-1.amount"]))
    assert [finding.path for finding in refused.value.findings] == ["case_types.complaint.clocks.CK-1.amount"]


def test_a_lock_reaches_grandchildren() -> None:
    known = parents(locked=["case_types.complaint.clocks.CK-1.amount"])
    known["T/2"] = {"id": "T/2", "version": 1, "extends": "T/1"}
    with pytest.raises(PackInvalid, match="locked"):
        load_pack(CHILD.replace("id: T/2", "id: T/3").replace("extends: T/1", "extends: T/2"), known=known)


def test_packs_that_extend_each_other_are_refused() -> None:
    known = {"T/1": {"id": "T/1", "extends": "T/2"}, "T/2": {"id": "T/2", "extends": "T/1"}}
    with pytest.raises(PackInvalid, match="circle"):
        inherited(known["T/1"], known)


def test_a_broken_file_is_named(tmp_path: Any) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SMALL.replace("chain: [desk, lead]", "chain: [desk, ghost]"), encoding="utf-8")
    with pytest.raises(PackInvalid, match=r"mine\.yaml:7: chain \[role_missing\]: .*ghost"):
        load_pack(file)


def test_a_limit_for_telling_people_outside_stands_beside_a_clock_as_long() -> None:
    found = lint(changed(f"{COMPLAINT}.raises_at_intake.0", OUTWARD | {"within": 60}))
    assert [finding.rule for finding in found if finding.rule.startswith("within")] == []
