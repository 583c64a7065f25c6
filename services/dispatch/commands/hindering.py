"""Why a step is not possible, in words."""

from services.dispatch.commands.refusing import no_right, role_names
from services.dispatch.state import CaseState
from shared.contracts.fold import Refusal
from shared.contracts.wording import Text, text
from shared.rules.book import Book
from shared.rules.consents import consent_named
from shared.rules.model import CaseType
from shared.rules.stepping import Hindrance, outcome_named, step_named
from shared.rules.steps import StepRule

NOT_YOURS = "not_your_step"


def not_yours(rule: StepRule, state: CaseState, book: Book) -> Refusal:
    """Others take this step; names their roles."""
    if not rule.by:
        return no_right()
    sentence = text("这一步由{roles}办理", roles=role_names(rule.by, state, book))
    return Refusal(why=NOT_YOURS, text=sentence, status=403, field="/step")


def hindrance_said(rule: StepRule, found: Hindrance, case_type: CaseType) -> Text:
    """Why a step is not possible, as a sentence."""
    if found.refusal is not None:
        return text("{wrong}", wrong=found.refusal)
    missing = tuple(_missing_word(word, case_type) for word in found.missing)
    sentence = _LONGER.get(found.why) if missing else None
    return text(sentence or _SENTENCES[found.why], step=rule.text, missing=missing)


_SENTENCES = {
    "already_taken": "“{step}”已经办理过了",
    "not_now": "这件事现在不能办理“{step}”",
    "step_missing": "办理“{step}”之前须先办理：{missing}",
    "consent_missing": "办理“{step}”须先登记客户同意：{missing}",
    "not_on_roll": "不在登记之列：{missing}",
    "on_roll": "已在登记之列：{missing}",
    "not_completed": "“{step}”须在完成之后办理",
}
_LONGER = {"not_completed": "“{step}”须在完成之后办理；完成之前须先办理：{missing}"}
"""Sentences for where something is missing besides."""


def _missing_word(word: str, case_type: CaseType) -> Text:
    """A step, a step with its outcome, or the word itself where it is a consent or a name."""
    id_, _, outcome = word.partition("=")
    rule = step_named(case_type, id_)
    if rule is None:
        return text("{name}", name=consent_named(word))
    turned = outcome_named(rule, outcome)
    if turned is None:
        return text("{name}", name=rule.text)
    return text("{name}：{outcome}", name=rule.text, outcome=turned.name)
