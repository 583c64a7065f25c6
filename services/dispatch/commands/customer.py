"""What is said between the house and the customer, and how the case ends or begins again."""

from collections.abc import Mapping
from dataclasses import replace

from services.dispatch.commands.asked import Close, FollowUp, Reopen, Reply
from services.dispatch.commands.refusing import (
    bad_field,
    in_the_future,
    not_later,
    standing_in_the_way,
)
from services.dispatch.policy.asking import Verdict, judge, visit_missing
from services.dispatch.policy.closing import Chosen
from services.dispatch.saying import Turn, closed, ended, reopened
from services.dispatch.state import CaseState, OpenFollowUp, chosen_endings, floors, procedure, progress
from shared.contracts.dispatch import Ending, FollowUpRecorded, FormNote, Note, ReplyGiven
from shared.contracts.fold import Refusal, Step
from shared.contracts.form_faults import wrongly_filled
from shared.contracts.wording import Text, text
from shared.rules.asking import FollowUpRule
from shared.rules.book import Book
from shared.rules.changing import changed
from shared.rules.filling import Beside, Filling, apart, fill, marks
from shared.rules.forms import Filled

ENDED_BY: Mapping[str, Ending] = {"satisfied": "satisfied", "unreached": "unreached", "refused": "refused"}


def reply(turn: Turn, asked: Reply, by: str, _book: Book) -> Step | Refusal:
    """Record what the customer was told."""
    wrong = in_the_future(asked.stated_at, turn.at) or not_later(asked.agreed_until, turn.at, field="/agreed_until")
    if wrong is not None:
        return wrong
    fact = ReplyGiven(
        kind=asked.kind,
        method=asked.method,
        agreed_until=asked.agreed_until,
        by=by,
        stated_at=asked.stated_at,
        private=Note(text=asked.text),
    )
    return turn.says(fact, replied=True, replied_since_invalid=True).step("replied")


def follow_up(turn: Turn, asked: FollowUp, by: str, book: Book) -> Step | Refusal:
    """Record what the customer answered, and draw the consequence."""
    rule, open_ = procedure(turn.state, book).follow_up, turn.state.follow_up
    if open_ is not None and open_.opens_at is not None and turn.at < open_.opens_at:
        sentence = text("还不到回访的时间，{opens} 起方可回访", opens=open_.opens_at)
        return standing_in_the_way(turn.state, book, why="too_early", sentence=sentence)
    if open_ is not None and visit_missing(open_.method, asked.answer, asked.method):
        return bad_field(
            "visit_required",
            "/method",
            text("本类事项须上门回访，听取业主意见后才能结案"),
            text("请上门后选“上门”；联系不上选“未联系上”"),
        )
    filling = _answers(turn, asked, book)
    if filling.faults:
        return wrongly_filled(filling.faults)
    if unsettled := _unsettled(rule, asked, filling.values):
        return unsettled
    recorded = _recorded(turn, asked, by, rule, filling.values)
    waiting = recorded.state.follow_up
    verdict = judge(
        asked.answer,
        rule,
        attempts=waiting.attempts if waiting else (),
        zone=book.site(turn.state.site).zone,
        unsatisfied=turn.state.unsatisfied,
    )
    return _drawn(recorded, asked, by, verdict, book)


def _answers(turn: Turn, asked: FollowUp, book: Book) -> Filling:
    """Only somebody who answered is asked everything."""
    state = turn.state
    form, silent = procedure(state, book).follow_up.form, asked.answer in ("unreached", "refused")
    beside = Beside(floors(state, book, at=turn.at))
    return fill(
        form, asked.form, matter=progress(state).now, zone=book.site(state.site).zone, partial=silent, beside=beside
    )


def _unsettled(rule: FollowUpRule, asked: FollowUp, values: Filled) -> Refusal | None:
    """What was answered beside says that the matter is not settled, so this answer would end it too early."""
    said = marks(rule.form, values) & set(rule.unsettled)
    if not said or asked.answer not in ("satisfied", "refused"):
        return None
    names = {field.id: field.name for field in rule.form}
    fields = tuple(text("{name}", name=names[one.partition("=")[0]]) for one in sorted(said))
    return bad_field(
        "unsettled",
        "/answer",
        text("“{fields}”的回答说明事情还没有解决，不能就此结案", fields=fields),
        text("请记为不满意，转二次处理，处理后再回访"),
    )


def _recorded(turn: Turn, asked: FollowUp, by: str, rule: FollowUpRule, values: Filled) -> Turn:
    public, personal = apart(rule.form, values)
    work = replace(turn.state.work, answers=tuple(sorted(marks(rule.form, values)))) if rule.form else turn.state.work
    waiting = turn.state.follow_up or OpenFollowUp((), asked.method)
    missed = (*waiting.attempts, turn.at) if asked.answer == "unreached" else waiting.attempts
    fact = FollowUpRecorded(
        answer=asked.answer,
        method=asked.method,
        round=turn.state.round,
        attempt=len(waiting.attempts) + 1,
        quality=asked.quality,
        attitude=asked.attitude,
        form=public,
        by=by,
        private=FormNote(text=asked.text, form=personal),
    )
    return turn.says(fact, follow_up=changed(waiting, attempts=missed), work=work)


def _drawn(turn: Turn, asked: FollowUp, by: str, verdict: Verdict, book: Book) -> Step:
    if verdict is Verdict.HANDLE_AGAIN:
        again = turn.knows(unsatisfied=turn.state.unsatisfied + 1)
        return reopened(again, book, "unsatisfied", by=by).step(verdict)
    if verdict is Verdict.CLOSE:
        return ended(turn, book, ENDED_BY[asked.answer], by=by).step(verdict)
    return turn.step(verdict)


def close(turn: Turn, asked: Close, by: str, book: Book) -> Step | Refusal:
    """End the case as the asker says, where that ending is open."""
    if asked.ending not in chosen_endings(turn.state, book):
        sentence = _missing(turn.state, asked.ending, book)
        return standing_in_the_way(turn.state, book, why=f"not_{asked.ending}", sentence=sentence)
    return closed(turn, asked.ending, by=by, note=Note(text=asked.reason)).step("closed")


def _missing(state: CaseState, ending: Chosen, book: Book) -> Text:
    rounds = procedure(state, book).follow_up.max_unsatisfied_rounds
    sentences: Mapping[Chosen, Text] = {
        "by_authority": text("第{rounds}轮回访仍不满意之后，负责人才能这样结案", rounds=rounds),
        "anonymous": text("只有匿名事项，并且部门已接单核实，才能这样结案"),
        "invalid": text("判为无效、并且之后已答复客户，才能这样结案"),
        "completed": text("须先完成；需要回访的，回访后才能结案"),
    }
    return sentences[ending]


def reopen(turn: Turn, asked: Reopen, by: str, book: Book) -> Step | Refusal:
    """Handle it again."""
    return reopened(turn, book, asked.because, by=by, note=Note(text=asked.reason)).step("reopened")
