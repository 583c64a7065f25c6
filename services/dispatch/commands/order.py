"""What the department does with its order."""

from services.dispatch.commands.asked import Accept, Assign, Complete, Return, Start, Transfer
from services.dispatch.commands.refusing import bad_field, in_the_future, not_later, standing_in_the_way
from services.dispatch.policy.lifecycle import Status
from services.dispatch.saying import Turn, accepted, completed, settled, transferred
from services.dispatch.state import CaseState, procedure
from shared.contracts.dispatch import Note, OrderAssigned, OrderReturned, OrderStarted
from shared.contracts.fold import Refusal, Step
from shared.contracts.wording import Text, text
from shared.organisation.records import Person
from shared.rules.book import Book

NAMED_MOST = 12
"""How many right answers a hint lists."""


def accept(turn: Turn, asked: Accept, by: str, _book: Book) -> Step | Refusal:
    """Sign for the order."""
    wrong = in_the_future(asked.stated_at, turn.at) or not_later(asked.complete_by, turn.at, field="/complete_by")
    if wrong is not None:
        return wrong
    return accepted(turn, by=by, complete_by=asked.complete_by, stated_at=asked.stated_at).step("accepted")


def assign(turn: Turn, asked: Assign, by: str, book: Book) -> Step | Refusal:
    """Name who does it."""
    person = book.staff.person(asked.assignee)
    if person is None or not _serves(person, turn):
        return _nobody_here(turn, asked.assignee, book)
    if asked.assignee == turn.state.assignee:
        return turn.step("already_assigned")
    return turn.says(OrderAssigned(assignee=person.id, by=by), assignee=person.id).step("assigned")


def _serves(person: Person, turn: Turn) -> bool:
    return any(post.site == turn.state.site and post.at(turn.at) for post in person.appointments)


def _nobody_here(turn: Turn, assignee: str, book: Book) -> Refusal:
    state = turn.state
    there = book.staff.appointed(state.site, state.department, turn.at)[:NAMED_MOST]
    named: tuple[Text, ...] = tuple(text("{name}（{id}）", name=each.name, id=each.id) for each in there)
    return bad_field(
        "unknown_person",
        "/assignee",
        text("这个项目没有这个人：{id}", id=assignee),
        text("承办部门现有：{people}", people=named) if named else text("请填写在本项目任职的人员编号"),
    )


def start(turn: Turn, asked: Start, by: str, _book: Book) -> Step | Refusal:
    """Begin the work."""
    wrong = in_the_future(asked.stated_at, turn.at)
    if wrong is not None:
        return wrong
    fact = OrderStarted(by=by, stated_at=asked.stated_at)
    return turn.says(fact, status=Status.IN_PROGRESS).step("started")


def complete(turn: Turn, asked: Complete, by: str, book: Book) -> Step | Refusal:
    """Finish the work; what follows is a follow-up, or the end."""
    wrong = in_the_future(asked.stated_at, turn.at)
    if wrong is not None:
        return wrong
    note = Note(text=asked.text, photos=asked.photos)
    done = completed(turn, book, by=by, note=note, stated_at=asked.stated_at)
    return settled(done, book, by=by).step("completed")


def give_back(turn: Turn, asked: Return, by: str, _book: Book) -> Step | Refusal:
    """Give the order back to the desk."""
    fact = OrderReturned(by=by, department=turn.state.department, private=Note(text=asked.reason))
    return turn.says(fact, status=Status.RETURNED, assignee=None).step("returned")


def transfer(turn: Turn, asked: Transfer, by: str, book: Book) -> Step | Refusal:
    """Send the order to another department."""
    state, there = turn.state, _departments(turn.state, book)
    if asked.department not in there:
        return bad_field(
            "unknown_department",
            "/department",
            text("这个项目没有这个部门：{id}", id=asked.department),
            text("可以是：{ids}", ids=tuple(text("{id}", id=each) for each in there)),
        )
    if asked.department == state.department and state.status is not Status.RETURNED:
        sentence = text("工单已经在这个部门：{id}", id=asked.department)
        return standing_in_the_way(state, book, why="already_there", sentence=sentence)
    moved = transferred(turn, asked.department, by=by, note=Note(text=asked.reason))
    return moved.step("transferred")


def _departments(state: CaseState, book: Book) -> tuple[str, ...]:
    """Kinds of the site's departments and those the pack routes to; a site may run before all are entered."""
    kinds = {each.kind for each in book.departments(state.site)}
    routed = {each.department for each in procedure(state, book).categories}
    return tuple(sorted(kinds | routed))
