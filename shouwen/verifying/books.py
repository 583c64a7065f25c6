"""What each service finds in its own books, in words."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from shouwen.door import Door
from shouwen.verifying.comparing import Cure, Difference
from shouwen.verifying.log import LogReader
from shouwen.words import Words

PAGE = 500
PENDING_MOST = 1000
LEDGER_PAGE = 1000
NOTICES_PAGE = 500
Spell = Callable[[str, str], Words]

CODES: dict[str, tuple[Cure, Spell]] = {
    "unsent": (
        Cure.PUBLISH,
        lambda message, since: Words(
            f"发件箱里的消息 {message} 自 {since} 起没有发出", f"outbox row {message} has not been sent since {since}"
        ),
    ),
    "untried": (
        Cure.TRY,
        lambda key, due: Words(f"应办事项 {key} 定于 {due}，没有人办过", f"effect {key}, wanted at {due}, never tried"),
    ),
    "abandoned": (
        Cure.TRY,
        lambda key, due: Words(
            f"应办事项 {key} 办过而没有结果，再办定于 {due}",
            f"effect {key} was tried without an outcome, to be tried again at {due}",
        ),
    ),
    "overdue": (
        Cure.NONE,
        lambda due, _since: Words(f"{due}Z 到期的一步没有执行", f"a step due at {due}Z has not been taken"),
    ),
    "parked": (
        Cure.HEAR,
        lambda lane, since: Words(
            f"自 {since} 起停放，前一条没有到：{lane}", f"parked since {since}, its predecessor has not come: {lane}"
        ),
    ),
    "dead": (
        Cure.NONE,
        lambda letter, since: Words(
            f"自 {since} 起有死信 {letter}；请用 shouwen dlq",
            f"a dead letter since {since}: {letter}; see `shouwen dlq`",
        ),
    ),
    "state": (
        Cure.REBUILD,
        lambda stands, _should: Words(f"状态丢失或读不出：{stands}", f"its state is lost or cannot be read: {stands}"),
    ),
    "columns": (
        Cure.REWRITE,
        lambda stands, should: Words(
            f"索引列为 {stands}，按状态应为 {should}", f"index columns are {stands}, the state says {should}"
        ),
    ),
    "waiting": (
        Cure.REWRITE,
        lambda stands, should: Words(
            f"记为停放 {stands} 条，实有 {should} 条", f"{stands} parked by its row, {should} are there"
        ),
    ),
    "timer": (
        Cure.REWRITE,
        lambda stands, should: Words(f"定时为 {stands}，应为 {should}", f"timer at {stands}, should be at {should}"),
    ),
    "orphan": (
        Cure.REBUILD,
        lambda what, _should: Words(
            f"有{'定时' if what == 'timer' else '一行'}而没有它的实体", f"a {what} without its entity"
        ),
    ),
    "index": (
        Cure.REWRITE,
        lambda stands, should: Words(
            f"表中为 {stands or '（无此行）'}，应为 {should or '（无此行）'}",
            f"its row has {stands or '(no row)'}, should have {should or '(no row)'}",
        ),
    ),
    "record": (
        Cure.RECORD,
        lambda subject, kept: Words(
            f"记录 {subject} 缺失或与所写不同", f"record {subject} is {'not what was written' if kept else 'gone'}"
        ),
    ),
    "notice": (
        Cure.NOTICES,
        lambda stands, should: Words(
            f"通知为 {stands or '（无）'}，应有 {should}", f"a notice has {stands or '(nothing)'}, should have {should}"
        ),
    ),
    "archive": (
        Cure.REBUILD,
        lambda stands, should: Words(
            f"存档有 {stands}，听到 {should}", f"the archive has {stands}, heard was {should}"
        ),
    ),
    "fold": (
        Cure.REBUILD,
        lambda _stands, _should: Words("与存档重新推算的结果不同", "is not what the archive folds to"),
    ),
}


def in_words(service: str, finding: dict[str, Any]) -> Difference:
    """A finding as a difference."""
    cure, spell = CODES[finding["code"]]
    words = spell(finding["stands"], finding["should"])
    where = f"{service} {finding['code']}"
    return Difference(finding["entity"], where, words, service, cure, finding["stands"])


async def pending(door: Door, service: str) -> list[Difference]:
    """What waits at *service* and should not have to."""
    found = await door.read(f"/api/{service}/books/pending", limit=PENDING_MOST)
    return [in_words(service, finding) for finding in found]


async def ledger(door: Door) -> AsyncIterator[tuple[int, list[Difference]]]:
    """Page by page: clocks that run at escalation against those that run by what it has said."""
    owed: dict[str, Any] = {}
    said: dict[str, Any] = {}
    async for page in _ledger(door, "escalation"):
        owed |= page
    async for page in _ledger(door, "reporting"):
        said |= page
        yield len(said), []
    yield len(said), list(unbalanced(owed, said))


async def _ledger(door: Door, service: str) -> AsyncIterator[dict[str, Any]]:
    after: str | None = ""
    while after is not None:
        page = await door.read(f"/api/{service}/ledger", after=after, limit=LEDGER_PAGE)
        yield page["cases"]
        after = page["upto"]


async def notices(door: Door, reader: LogReader) -> AsyncIterator[tuple[int, list[Difference]]]:
    """Page by page of the log: notices that are not what was asked for and what became of them."""
    kinds, read = await door.read("/api/notify/books/notices"), 0
    async for facts in reader.facts(kinds, NOTICES_PAGE):
        read += len(facts)
        told = await door.post("/api/notify/books/notices", {"letters": [asdict(posted) for posted in facts]})
        yield read, [in_words("notify", {"code": "notice"} | finding) for finding in told["findings"]]


def unbalanced(owed: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Difference]:
    """Cases of which both know the same version, and yet not the same running clocks."""
    for case, here in owed.items():
        there = said.get(case, here)
        if here["version"] != there["version"]:
            continue
        for clock in sorted(here["running"].keys() | there["running"].keys()):
            runs, told = here["running"].get(clock), there["running"].get(clock)
            if runs != told:
                stands, should = _clock(runs), _clock(told)
                words = Words(
                    f"时钟 {clock}：这里{stands[0]}，按所说应为{should[0]}",
                    f"clock {clock} {stands[1]} here, {should[1]} by what was said",
                )
                yield Difference(case, "escalation ledger", words, "escalation", Cure.REBUILD)


def _clock(runs: list[Any] | None) -> tuple[str, str]:
    if runs is None:
        return "未运行", "does not run"
    due, breached = runs
    if breached:
        return f"已超时（{due}）", f"is breached (due {due})"
    return f"运行至 {due or '—'}", f"runs until {due or '—'}"


async def scanned(door: Door, service: str) -> AsyncIterator[tuple[int, list[Difference]]]:
    """Page by page: how many entities were looked at, and what is amiss with them."""
    after: str | None = ""
    while after is not None:
        page = await door.read(f"/api/{service}/books", after=after, limit=PAGE)
        yield page["entities"], [in_words(service, finding) for finding in page["findings"]]
        after = page["upto"]
