"""Steps and answers that come late: gates nobody could pass, and things that are counted but never there."""

from collections.abc import Iterator

from shared.organisation.records import Named
from shared.packs.findings import Finding
from shared.packs.lexicon import Lexicon, answers, lexicons, marks_of
from shared.packs.lint_steps import steps_before
from shared.packs.lint_words import unknown
from shared.rules.forms import FieldKind
from shared.rules.model import Pack
from shared.rules.steps import Gate, StepRule
from shared.rules.tallies import TallyMove, TallyRule

_UP_TO_COMPLETION = frozenset({Gate.ACCEPT, Gate.START, Gate.COMPLETE})


def late_findings(pack: Pack) -> Iterator[Finding]:
    """What is wrong with steps after the work, with tallies, and with answers that keep a matter open."""
    for words in lexicons(pack):
        added = {one.tally for step in words.steps.values() for one in step.tallies if one.move is TallyMove.ADD}
        for step in words.case_type.steps:
            path = f"{words.top}.steps.{step.id}"
            yield from _completed(words, step, path)
            for rule in step.tallies:
                yield from _tally(step, rule, added, f"{path}.tallies")
        yield from _unsettled(words)


def _completed(words: Lexicon, step: StepRule, path: str) -> Iterator[Finding]:
    """What waits for completion cannot hold it up, or bring it about."""
    late = step.once_completed or any(words.steps[id_].once_completed for id_ in steps_before(words, step))
    completes = step.completes or any(outcome.completes for outcome in step.outcomes)
    if late and (completes or _UP_TO_COMPLETION & set(step.before)):
        yield Finding("completed_never", path, _LOCKED, _UNLOCK)


def _tally(step: StepRule, rule: TallyRule, added: set[str], path: str) -> Iterator[Finding]:
    counts = {field.id for field in step.form if field.kind is FieldKind.COUNT}
    yield from unknown("field_unknown", ("数量字段", "count field"), path, (rule.field,), counts)
    if rule.tally not in added:
        yield Finding("tally_never_added", path, _nothing(rule.tally), _ADD)


def _unsettled(words: Lexicon) -> Iterator[Finding]:
    follow_up, path = words.case_type.follow_up, f"{words.top}.follow_up.unsettled"
    known = [f"{field.id}={each}" for field in follow_up.form for each in marks_of(field)]
    yield from unknown("answer_unknown", ("答案", "answer"), path, follow_up.unsettled, known)
    for field in follow_up.form:
        said = [f"{field.id}={each}" for each in answers(field)]
        if said and field.required and set(said) <= set(follow_up.unsettled):
            yield Finding("answers_all_refused", path, _NEVER_SETTLED, _ALLOW_ONE)


def _nothing(tally: str) -> Named:
    return Named(f"没有步骤往 {tally} 里添加", f"no step ever adds to {tally}")


_LOCKED = Named("须在完成之后办理，却要先于完成办理", "it waits for the completion that waits for it")
_UNLOCK = Named(
    "请删去 once_completed，或从 before、completes 中去掉完成及之前的行为",
    "drop once_completed, or what comes up to completion in before and completes",
)
_ADD = Named("请加上 move: add 的步骤，或改名称", "add a step with move: add, or mend the name")
_NEVER_SETTLED = Named("无论怎样回答都不算解决", "whatever is answered, the matter is not settled")
_ALLOW_ONE = Named("请至少留一个答案", "leave one answer at least")
