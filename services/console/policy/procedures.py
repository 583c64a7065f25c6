"""The steps of a manual as acts of a case's page, and the pack's own questions in the forms of other acts.

Source: requirements §3, decision page 0027.
"""

from collections.abc import Mapping
from dataclasses import replace

from services.console.policy.acts import ACTS, REASON, Act
from services.console.policy.blanks import Blank, Kind
from services.console.policy.forms import blanks_of, said
from shared.rules.forms import FieldKind, FormField
from shared.rules.model import CaseType
from shared.rules.steps import RollMove, StepRule

FORM_ACT = "amend-form"
"""The form of intake, filled in anew."""
OUTCOME = Blank("outcome", Kind.HIDDEN, "结果")
CHOSEN_OUTCOME = Blank("outcome", Kind.CHOICE, "结果", required=True, offers="outcomes")
REMARK = Blank("text", Kind.PROSE, "备注")
TAKEN_OVER = (Blank("accepted", Kind.BOXES, "逐项接收"), Blank("accepted_at", Kind.INSTANT, "按清单全部接收"))
"""What a shift is taken over with; the page shows the items themselves."""


def step_act(rule: StepRule, language: str) -> Act:
    """Taking a step; its outcome is the button that was pressed. One that asks nothing takes one tap.

    Where the outcome decides what is asked, it is chosen first: nobody can fill in what shows after the press.
    """
    remark = (REMARK,) if rule.form or rule.outcomes or rule.takes_over else ()
    taken_over = TAKEN_OVER if rule.takes_over else ()
    outcome = CHOSEN_OUTCOME if asks_by_outcome(rule) else OUTCOME
    blanks = (outcome, *taken_over, *blanks_of(rule.form, language), *remark)
    return Act(rule.id, said(rule.text, language), f"/api/dispatch/cases/{{case}}/steps/{rule.id}", (), blanks)


def asks_by_outcome(rule: StepRule) -> bool:
    """Whether a field of the step is asked for under one of its own outcomes only."""
    own = {f"{rule.id}={one.id}" for one in rule.outcomes}
    return any(own & {*field.when.flags, *field.when.without} for field in rule.form)


def step_rule(case_type: CaseType | None, step: str) -> StepRule | None:
    """The step of that id."""
    return next((one for one in case_type.steps if one.id == step), None) if case_type is not None else None


def acts_of(case_type: CaseType | None, language: str) -> Mapping[str, Act]:
    """Every act by its part of the address, with what the pack asks beside."""
    if case_type is None:
        return ACTS
    changed = {slug: _asking(act, case_type, language) for slug, act in ACTS.items()}
    return changed | ({FORM_ACT: _form_act(case_type, language)} if case_type.form else {})


def _asking(act: Act, case_type: CaseType, language: str) -> Act:
    """A follow-up asks the pack's own questions too, though not of those who were not reached."""
    form = case_type.follow_up.form if act.id == "follow-up" else ()
    asked = (replace(blank, depends=True) for blank in blanks_of(form, language))
    return replace(act, blanks=(*act.blanks, *asked)) if form else act


def _form_act(case_type: CaseType, language: str) -> Act:
    blanks = (*blanks_of(case_type.form, language), REASON)
    return Act("amend", "更正表单", ACTS["amend"].path, ("desk",), blanks, named=FORM_ACT)


def form_behind(case_type: CaseType | None, slug: str) -> tuple[FormField, ...]:
    """The fields of the pack among the blanks of an act."""
    if case_type is None:
        return ()
    return {FORM_ACT: case_type.form, "follow-up": case_type.follow_up.form}.get(slug, ())


def roll_names(case_type: CaseType | None, language: str) -> Mapping[str, str]:
    """What the rolls of a case are called: by the step that puts a name on each."""
    steps = case_type.steps if case_type is not None else ()
    puts = ((move.roll, rule) for rule in steps for move in rule.rolls if move.move is RollMove.PUT)
    return {roll: said(rule.text, language) for roll, rule in puts}


def lists_items(case_type: CaseType, rule: StepRule) -> bool:
    """Whether the step lists what another one takes over."""
    listed = any(rule.id in step.after for step in case_type.steps if step.takes_over)
    return listed and any(field.kind is FieldKind.LINES for field in rule.form)
