"""Refusals in words: what stands in the way, and what would be possible."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.dispatch.policy.lifecycle import Act, Status
from services.dispatch.state import CaseState, possible_acts
from shared.contracts.fields import is_future
from shared.contracts.fold import Actor, Refusal
from shared.contracts.wording import Text, text
from shared.rules.book import Book
from shared.rules.steps import StepRule

STATUS_WORDS: Mapping[Status, Text] = {
    Status.AWAITED: text("尚未收到"),
    Status.DISPATCHED: text("已派单"),
    Status.ACCEPTED: text("已接单"),
    Status.IN_PROGRESS: text("处理中"),
    Status.RETURNED: text("已退回前台"),
    Status.JOINED: text("已并入事件"),
    Status.RESOLVED: text("已处理完毕"),
    Status.CLOSED: text("已结案"),
}
ACT_WORDS: Mapping[Act, Text] = {
    Act.ACCEPT: text("接单"),
    Act.ASSIGN: text("指派"),
    Act.START: text("开始处理"),
    Act.REPLY: text("答复"),
    Act.COMPLETE: text("完成"),
    Act.RETURN: text("退单"),
    Act.TRANSFER: text("转派"),
    Act.FOLLOW_UP: text("回访"),
    Act.CLOSE: text("结案"),
    Act.REOPEN: text("重新处理"),
}


def unknown() -> Refusal:
    """No such case, as far as the asker may know."""
    return Refusal(why="unknown", text=text("没有找到这个编号"), status=404)


def no_right() -> Refusal:
    """The asker may see the case but not do this."""
    return Refusal(why="no_right", text=text("您在这个项目没有这项权限"), status=403)


def not_possible(state: CaseState, act: Act, book: Book) -> Refusal:
    """The act does not follow the state; names the state and the acts that do."""
    return standing_in_the_way(
        state,
        book,
        why="not_possible_now",
        sentence=text("现在不能{act}：这件事{state}", act=ACT_WORDS[act], state=STATUS_WORDS[state.status]),
    )


def standing_in_the_way(state: CaseState, book: Book, *, why: str, sentence: Text) -> Refusal:
    """Something else than the state stands in the way; names the state and what is possible all the same."""
    acts = possible_acts(state, book)
    words = tuple(ACT_WORDS[each] for each in acts)
    return Refusal(
        why=why,
        text=sentence,
        state=state.status.value,
        possible=tuple(each.value for each in acts),
        hint=text("现在可以：{acts}", acts=words) if words else None,
    )


def waits_for_steps(state: CaseState, act: Act, missing: Sequence[StepRule], book: Book) -> Refusal:
    """The act follows the state, but steps of the manual come first."""
    steps: tuple[Text, ...] = tuple(text("{name}", name=step.text) for step in missing)
    sentence = text("须先办理以下步骤，才能{act}：{steps}", act=ACT_WORDS[act], steps=steps)
    return standing_in_the_way(state, book, why="step_missing", sentence=sentence)


def step_named_in(step: StepRule) -> Text:
    """A step as a sentence names it."""
    return text("{name}（{id}）", name=step.text, id=step.id)


def role_names(roles: Sequence[str], state: CaseState, book: Book) -> tuple[Text, ...]:
    """Roles as the pack of the case names them; a word it does not know stays as it is."""
    named = book.pack(state.pack, state.pack_version).roles
    return tuple(text("{name}", name=named[role]) if role in named else text("{id}", id=role) for role in roles)


def name_of(actor: Actor) -> str:
    """Who stands in ``by``."""
    return actor.person or actor.account


def bad_field(why: str, field: str, sentence: Text, hint: Text | None = None) -> Refusal:
    """A value that cannot be right, whatever the state."""
    return Refusal(why=why, text=sentence, status=422, field=field, hint=hint)


def in_the_future(stated_at: datetime | None, now: datetime, *, field: str = "/stated_at") -> Refusal | None:
    """A stated time that has not come yet; None if there is nothing to object to."""
    if stated_at is None or not is_future(stated_at, now):
        return None
    return bad_field(
        "in_the_future",
        field,
        text("所填时间还没有到：{stated}", stated=stated_at),
        text("请填写不晚于 {now} 的时间，或留空", now=now),
    )


def not_later(limit: datetime | None, now: datetime, *, field: str) -> Refusal | None:
    """A limit that has passed already; None if there is nothing to object to."""
    if limit is None or limit > now:
        return None
    return bad_field(
        "limit_passed",
        field,
        text("期限已经过去：{limit}", limit=limit),
        text("请填写晚于 {now} 的时间", now=now),
    )
