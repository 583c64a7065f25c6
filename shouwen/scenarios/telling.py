"""A run in words: what failed, expected beside actual, and what happened, instant by instant."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shouwen.scenarios.instants import shown
from shouwen.scenarios.running import Failure, Verdict
from shouwen.scenarios.world import Message, Said

TIMELINE_MOST = 200
HEADINGS = ("字段 field", "应为 expected", "实际 actual")
QUIET = frozenset({"notice_delivered", "notice_sent"})
"""Facts that only repeat a message of the timeline."""


def failed(verdict: Verdict) -> Iterator[str]:
    """Every failure of a scenario as lines, then the timeline."""
    zone = verdict.scenario.setting.zone
    for failure in verdict.failures:
        place = f"{verdict.scenario.file}:{failure.line}"
        yield f"  {place}  {failure.what}  @ {shown(failure.at, zone)}  {failure.note}".rstrip()
        yield from _side_by_side(failure)
    yield "  经过 what happened:"
    yield from timeline(verdict)


def _side_by_side(failure: Failure) -> Iterator[str]:
    rows = [HEADINGS, *((line.field, line.expected, line.actual) for line in failure.lines)]
    widths = [max(_width(row[n]) for row in rows) for n in range(2)]
    marks = [" ", *("=" if line.right else "≠" for line in failure.lines)]
    for mark, row in zip(marks, rows, strict=True):
        cells = (row[0] + " " * (widths[0] - _width(row[0])), row[1] + " " * (widths[1] - _width(row[1])), row[2])
        yield (f"    {mark} " + "   ".join(cells)).rstrip()


def timeline(verdict: Verdict) -> Iterator[str]:
    """What people did, what the services said and who was told, in order of time."""
    world, zone = verdict.world, verdict.scenario.setting.zone
    if world is None:
        return
    said = [(one.now, 1, _fact(one, zone)) for one in world.log if one.fact.name not in QUIET]
    sent = [(one.at, 2, _message(one)) for one in world.messages if one.channel == "inbox"]
    done = [(at, 0, f"▸ {words}") for at, words in verdict.story]
    told = sorted([*done, *said, *sent], key=lambda each: each[:2])
    for at, _, words in told[:TIMELINE_MOST]:
        yield f"    {shown(at, zone):<19}  {words}"
    if len(told) > TIMELINE_MOST:
        yield f"    … {len(told) - TIMELINE_MOST}"


def _fact(said: Said, zone: str) -> str:
    body = said.fact.model_dump(exclude={"private"}, exclude_defaults=True)
    late = "" if said.heading.at == said.now else f"（{shown(said.heading.at, zone)}）"
    return f"  {said.heading.kind}{late}  {_brief(body, zone)}"


def _brief(body: dict[str, object], zone: str) -> str:
    return "  ".join(f"{key}={_value(value, zone)}" for key, value in body.items() if key not in _LEFT_OUT)[:300]


_LEFT_OUT = frozenset({"promises", "site", "directory_seq", "pack_version", "source", "raise_id", "number"})
_NAMING = ("clock", "person", "role", "due_at", "outcome")


def _value(value: object, zone: str) -> str:
    if isinstance(value, datetime):
        return shown(value, zone)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one, zone) for one in value)}]"
    if isinstance(value, dict):
        return ":".join(_value(value[key], zone) for key in _NAMING if value.get(key) is not None)
    return str(value)


def _message(message: Message) -> str:
    return f"  ✉ {message.person}  {message.words[0]}"


def summary(verdicts: Sequence[Verdict], seconds: float) -> str:
    """The closing count."""
    wrong = sum(not verdict.passed for verdict in verdicts)
    checks = sum(verdict.checks for verdict in verdicts)
    head = f"{len(verdicts)} 个场景 scenarios, {checks} 项检查 checks, {seconds:.1f} s"
    return f"全部符合。 All as written. {head}" if not wrong else f"{wrong} 个不符。 {wrong} failed. {head}"


def _width(words: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if ord(each) > 0x2E7F else 1 for each in words)  # noqa: PLR2004  where the wide scripts begin
