"""Taking a step of the manual: known, allowed, possible, well filled in, and only then taken."""

from dataclasses import dataclass, replace

from services.dispatch.commands.asked import TakeStep
from services.dispatch.commands.entitled import may_take
from services.dispatch.commands.hindering import hindrance_said, not_yours
from services.dispatch.commands.refusing import (
    bad_field,
    in_the_future,
    name_of,
    standing_in_the_way,
    step_named_in,
    waits_for_steps,
)
from services.dispatch.commands.taking_over import items_of, wrongly_taken_over
from services.dispatch.policy.lifecycle import Act, Status
from services.dispatch.policy.standing import UNTOUCHED, SiteState, numbering, reaches_site
from services.dispatch.policy.working import Reckoned, counted
from services.dispatch.saying import Turn, accepted, completed, relieved, settled
from services.dispatch.state import CaseState, floors, hindered, owed, procedure, progress
from shared.contracts.dispatch import Entry, FormNote, StepTaken
from shared.contracts.fold import Actor, Refusal, Step
from shared.contracts.form_faults import wrongly_filled
from shared.contracts.wording import Text, text
from shared.organisation.records import Site
from shared.rules.book import Book
from shared.rules.conditions import Matter
from shared.rules.dating import dates_kept
from shared.rules.filling import Beside, apart, fill, with_marks
from shared.rules.forms import Filled
from shared.rules.ledger import Barred, Moved, Posting, Purse, moved
from shared.rules.model import CaseType
from shared.rules.permits import unpaid
from shared.rules.rolls import Listed, OnRolls, personal_in
from shared.rules.rolls import moved as listed
from shared.rules.serials import next_serials
from shared.rules.stepping import (
    Change,
    Hindrance,
    outcome_named,
    roll_hindrance,
    standing_marks,
    step_named,
    take,
    would_mark,
)
from shared.rules.steps import Gate, StepRule
from shared.rules.tallies import TooFew, tallied

NAMED_MOST = 12
"""How many right answers a hint lists."""

BEFORE_COMPLETION = frozenset({Status.DISPATCHED, Status.ACCEPTED, Status.IN_PROGRESS})
"""States in which a step may complete the work."""


@dataclass(frozen=True, slots=True)
class _Taking:
    """A step somebody is about to take."""

    turn: Turn
    rule: StepRule
    asked: TakeStep
    by: str
    book: Book
    case_type: CaseType
    standing: SiteState

    @property
    def state(self) -> CaseState:
        return self.turn.state

    @property
    def site(self) -> Site:
        return self.book.site(self.state.site)


def take_step(
    turn: Turn, asked: TakeStep, actor: Actor, book: Book, standing: SiteState | None = None
) -> Step | Refusal:
    """Take a step, or say what stands in the way.

    Args:
        turn: The case.
        asked: Which step, and what is filled in.
        actor: Who takes it.
        book: The directory.
        standing: What the site keeps; None where nobody thought that the step reaches it.
    """
    state, case_type = turn.state, procedure(turn.state, book)
    rule = step_named(case_type, asked.step)
    if rule is None:
        return _no_such_step(asked.step, case_type)
    if not may_take(rule, state, actor, book, at=turn.at):
        return not_yours(rule, state, book)
    if standing is None and reaches_site(rule):
        return _moved_on()
    taking = _Taking(turn, rule, asked, name_of(actor), book, case_type, standing or UNTOUCHED)
    wrong = _in_the_way(taking) or _wrong_outcome(rule, asked.outcome) or wrongly_taken_over(rule, asked, turn.at)
    return wrong or _filled_in(taking)


def _moved_on() -> Refusal:
    """The case became one of another type while the step was on its way."""
    return Refusal(why="changed_meanwhile", text=text("这件事刚刚有变动"), hint=text("请刷新后再办一次"))


def _no_such_step(word: str, case_type: CaseType) -> Refusal:
    known = tuple(step_named_in(step) for step in case_type.steps[:NAMED_MOST])
    return Refusal(
        why="unknown_step",
        text=text("这类事项没有这个步骤：{id}", id=word),
        status=404,
        hint=text("有：{steps}", steps=known) if known else None,
    )


def _in_the_way(taking: _Taking) -> Refusal | None:
    wrong = in_the_future(taking.asked.stated_at, taking.turn.at)
    found = hindered(taking.rule, taking.state, taking.book, at=taking.turn.at)
    return wrong if found is None else _refused(taking, found)


def _refused(taking: _Taking, found: Hindrance) -> Refusal:
    sentence = hindrance_said(taking.rule, found, taking.case_type)
    if found.field is not None:
        return bad_field(found.why, f"/form/{found.field}", sentence, _names_in_the_way(taking, found))
    return standing_in_the_way(taking.state, taking.book, why=found.why, sentence=sentence)


def _names_in_the_way(taking: _Taking, found: Hindrance) -> Text:
    rule, rolls = taking.rule, OnRolls({}, taking.standing.rolls)
    moves = [move for move in rule.rolls if move.field == found.field]
    names = tuple(_name_said(name, rolls.listed(name, moves, rule.form)) for name in found.missing)
    if found.why == "on_roll" and any(personal_in(rule.form, move) for move in moves):
        return text("请核对：{names}。同名的另一人，请在姓名后写证件号码", names=names)
    return text("请核对：{names}", names=names)


def _name_said(name: str, listed: tuple[Listed, ...]) -> Text:
    """A name, and by which case and when it came on the roll of the site."""
    if not listed:
        return text("{id}", id=name)
    first = listed[0]
    return text("{name}（{at} 登记，{number}）", name=name, at=first.at, number=first.number)


def _wrong_outcome(rule: StepRule, word: str | None) -> Refusal | None:
    if (word is None) == (not rule.outcomes) and (word is None or outcome_named(rule, word)):
        return None
    known: tuple[Text, ...] = tuple(text("{name}（{id}）", name=each.name, id=each.id) for each in rule.outcomes)
    hint = text("可以是：{ids}", ids=known) if known else text("请去掉这一项")
    if word is None:
        return bad_field("outcome_missing", "/outcome", text("须说明这一步的结果"), hint)
    return bad_field("unknown_outcome", "/outcome", text("这一步没有这种结果：{id}", id=word), hint)


def _filled_in(taking: _Taking) -> Step | Refusal:
    """The form, the rolls and the money, each of which may still refuse the step."""
    state, rule = taking.state, taking.rule
    now = progress(state).now
    matter = replace(now, flags=with_marks(now.flags, {would_mark(rule, taking.asked.outcome)}))
    filling = fill(rule.form, taking.asked.form, matter=matter, zone=taking.site.zone, beside=_beside(taking))
    if filling.faults:
        return wrongly_filled(filling.faults)
    found = roll_hindrance(rule, filling.values, OnRolls(state.work.rolls, taking.standing.rolls))
    if found is not None:
        return _refused(taking, found)
    reckoned = _reckoned(taking, filling.values, matter)
    return reckoned if isinstance(reckoned, Refusal) else _taken(taking, filling.values, reckoned)


def _reckoned(taking: _Taking, values: Filled, matter: Matter) -> Reckoned | Refusal:
    """What moves in numbers: money, and things that are counted."""
    state, rule = taking.state, taking.rule
    counts = counted(state.work, taking.case_type, values, rule)
    paid = moved(rule.money, values, Purse(taking.case_type.money, matter, counts, state.work.sums))
    if isinstance(paid, Barred):
        return _money_barred(taking, paid)
    given_out = listed(rule.rolls, rule.form, values, state.work.rolls)
    if barred := unpaid(taking.case_type, rule, given_out, paid.sums):
        return _money_barred(taking, barred)
    there = tallied(rule.tallies, values, state.work.tallies)
    if isinstance(there, TooFew):
        wrong, right = text("{wrong}", wrong=there.wrong), text("{right}", right=there.right)
        return bad_field("too_few", f"/form/{there.field}", wrong, right)
    return Reckoned(counts, paid, there)


def _beside(taking: _Taking) -> Beside:
    at = taking.turn.at
    serials = next_serials(taking.rule.form, numbering(taking.standing, taking.site, at))
    return Beside(floors(taking.state, taking.book, at=at), serials)


def _money_barred(taking: _Taking, barred: Barred) -> Refusal:
    sentence, hint = text("{wrong}", wrong=barred.wrong), text("{right}", right=barred.right)
    if barred.field is not None:
        return bad_field(barred.rule, f"/form/{barred.field}", sentence, hint)
    return replace(standing_in_the_way(taking.state, taking.book, why=barred.rule, sentence=sentence), hint=hint)


def _taken(taking: _Taking, values: Filled, reckoned: Reckoned) -> Step | Refusal:
    state, asked = taking.state, taking.asked
    change = take(taking.rule, asked.outcome, values, progress(state), at=taking.turn.at, by=taking.by)
    turn = taking.turn
    if completes := _completes(taking.rule, asked.outcome, state):
        turn = accepted(turn, by=taking.by) if state.status is Status.DISPATCHED else turn
    dates = dates_kept(taking.case_type, state.work.dates, values)
    work = state.work.after(change, reckoned, dates=dates)
    turn = turn.says(_fact(taking, values, change, reckoned.paid), work=work)
    return _completed(taking, turn) if completes else relieved(turn, taking.book, by=taking.by).step("step_taken")


def _completes(rule: StepRule, word: str | None, state: CaseState) -> bool:
    outcome = outcome_named(rule, word)
    return state.status in BEFORE_COMPLETION and (rule.completes or (outcome is not None and outcome.completes))


def _completed(taking: _Taking, turn: Turn) -> Step | Refusal:
    """The work is done with this step, if no other has to come before."""
    for act, gate in ((Act.ACCEPT, Gate.ACCEPT), (Act.COMPLETE, Gate.COMPLETE)):
        if missing := owed(turn.state, taking.book, gate):
            return waits_for_steps(taking.state, act, missing, taking.book)
    done = completed(turn, taking.book, by=taking.by, stated_at=taking.asked.stated_at)
    return settled(done, taking.book, by=taking.by).step("step_taken_and_completed")


def _fact(taking: _Taking, values: Filled, change: Change, paid: Moved) -> StepTaken:
    public, personal = apart(taking.rule.form, values)
    asked = taking.asked
    return StepTaken(
        step=taking.rule.id,
        outcome=asked.outcome,
        count=change.count,
        round=taking.state.round,
        form=public,
        marks=tuple(sorted(standing_marks(change.progress.taken))),
        reopened=change.reopened,
        money=tuple(_entry(posting) for posting in paid.postings),
        consents=taking.rule.needs,
        accepted=tuple(item.case for item in items_of(asked)),
        by=taking.by,
        stated_at=asked.stated_at,
        private=FormNote(text=asked.text, photos=asked.photos, form=personal),
    )


def _entry(posting: Posting) -> Entry:
    return Entry(
        item=posting.item,
        move=posting.move.value,
        amount=f"{posting.amount:.2f}",
        payer=posting.payer,
        debit=posting.debit,
        credit=posting.credit,
    )
