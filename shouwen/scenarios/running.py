"""Runs a scenario: acts and checks in the order of time, each at its own instant."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.fold import Refusal
from shared.web.wording import Voice
from shouwen.scenarios.acting import Stage
from shouwen.scenarios.comparing import Comparing, Line
from shouwen.scenarios.deeds import happen
from shouwen.scenarios.instants import Reckoning, Written
from shouwen.scenarios.looking import records
from shouwen.scenarios.model import Act, Check, Refused, Scenario
from shouwen.scenarios.registers import NotIssued
from shouwen.scenarios.world import World

CARRIED_OUT = "carried out"
# In the name of a case that a plan or a rule opens: `<plan>/<period>`, `<case>/<rule>`.
OF_A_RULE = "/"


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that was not as written.

    Attributes:
        line: Of the file.
        at: When it was looked at.
        what: The act or check, in its own words.
        lines: Expected beside actual.
    """

    line: int
    at: datetime
    what: str
    lines: tuple[Line, ...]
    note: str = ""


@dataclass(slots=True)
class Verdict:
    """What became of a scenario.

    Attributes:
        checks: How many things were looked at, expected refusals included.
        story: What people did and what came of it, for the timeline.
    """

    scenario: Scenario
    failures: list[Failure] = field(default_factory=list)
    checks: int = 0
    story: list[tuple[datetime, str]] = field(default_factory=list)
    world: World | None = None

    @property
    def passed(self) -> bool:
        """Whether everything was as written."""
        return not self.failures


def run(scenario: Scenario) -> Verdict:
    """Run it from beginning to end; a failed check does not stop it, an act that cannot be done does."""
    return played(scenario)[0]


def played(scenario: Scenario) -> tuple[Verdict, Stage]:
    """The verdict, and the stage as it was left."""
    stage = Stage.of(scenario)
    verdict = Verdict(scenario, world=stage.world)
    for at, one in _in_order(scenario):
        try:
            _one(stage, verdict, at, one)
        except Exception as trouble:  # noqa: BLE001  whatever a rule raised is the finding, and the next row still runs
            words = f"{type(trouble).__name__}: {trouble}"
            verdict.failures.append(Failure(one.line, at.at, _what(one), (Line("!", CARRIED_OUT, words, right=False),)))
            break
    return verdict, stage


def _in_order(scenario: Scenario) -> Iterator[tuple[Written, Act | Check]]:
    """By instant; at one instant acts first, then checks that look at the day before, then at the new day."""
    last = next(act.at for act in reversed(scenario.acts))
    both: list[tuple[datetime, int, int, Written, Act | Check]] = []
    both += [(act.at.at, 0, n, act.at, act) for n, act in enumerate(scenario.acts)]
    for n, check in enumerate(scenario.checks):
        at = check.at or last
        both.append((at.at, 2 if at.next_day else 1, n, at, check))
    for _, _, _, at, one in sorted(both, key=lambda each: each[:3]):
        yield at, one


def _one(stage: Stage, verdict: Verdict, at: Written, one: Act | Check) -> None:
    if isinstance(one, Check):
        stage.world.pass_time(at.at, through=True, past=at.next_day)
        if not _nobody_opened(stage, verdict, at, one):
            _look(stage, verdict, at, one)
        return
    stage.world.pass_time(at.at)
    if _nobody_opened(stage, verdict, at, one):
        return
    refusal = happen(stage, one)
    verdict.story.append((at.at, _told(one, refusal)))
    _judge(verdict, one, refusal, Voice("zh", stage.setting.zone))


def _nobody_opened(stage: Stage, verdict: Verdict, at: Written, one: Act | Check) -> bool:
    """Whether it names a case no rule has opened by then, of which every denial would be true."""
    if OF_A_RULE not in one.case or one.case in stage.entities:
        return False
    opened = ", ".join(name for name in stage.entities if OF_A_RULE in name) or "—"
    verdict.failures.append(Failure(one.line, at.at, _what(one), (Line("case", one.case, opened, right=False),)))
    return True


def _told(act: Act, refusal: Refusal | None) -> str:
    said = " ".join(f"{key}={value}" for key, value in act.fields.items() if isinstance(value, str | int))
    words = (f"[{act.case}]", f"{act.by}:" if act.by else "", act.name, said, f"✗ {refusal.why}" if refusal else "")
    return " ".join(word for word in words if word)


def _look(stage: Stage, verdict: Verdict, at: Written, check: Check) -> None:
    verdict.checks += 1
    comparing = Comparing(check, Reckoning(stage.setting.zone, at.at.year, stage.world.now))
    try:
        lines = comparing.lines(records(stage, check))
    except NotIssued as wrong:
        lines = (Line(check.kind, "issued", str(wrong), right=False),)
    if lines:
        verdict.failures.append(Failure(check.line, at.at, _what(check), lines, check.note))


def _judge(verdict: Verdict, act: Act, refusal: Refusal | None, voice: Voice) -> None:
    if act.refused is None and refusal is None:
        return
    if act.refused is not None:
        verdict.checks += 1
    lines = tuple(_beside(act.refused, refusal, voice))
    if any(not line.right for line in lines):
        verdict.failures.append(Failure(act.line, act.at.at, act.name, lines, act.note))


def _beside(wanted: Refused | None, refusal: Refusal | None, voice: Voice) -> Iterator[Line]:
    if refusal is None:
        yield Line("refused", wanted.why or "true" if wanted else "", CARRIED_OUT, right=False)
        return
    said = _said(refusal, voice)
    if wanted is None:
        yield Line("refused", CARRIED_OUT, f"{refusal.why} {refusal.field or ''} {said}", right=False)
        return
    if wanted.why:
        yield Line("why", wanted.why, refusal.why, right=wanted.why == refusal.why)
    if wanted.field:
        yield Line(
            "field",
            wanted.field,
            refusal.field or "",
            right=wanted.field.strip("/") == (refusal.field or "").strip("/"),
        )
    if wanted.status:
        yield Line("status", str(wanted.status), str(refusal.status), right=wanted.status == refusal.status)
    if wanted.contains:
        yield Line("contains", wanted.contains, said, right=wanted.contains in said)


def _said(refusal: Refusal, voice: Voice) -> str:
    """The sentence and its hint, in both languages."""
    voices = (voice, Voice("en", voice.zone))
    texts = [one for one in (refusal.text, refusal.hint) if one is not None]
    return " ".join(each.say(one) for each in voices for one in texts)


def _what(one: Act | Check) -> str:
    if isinstance(one, Act):
        return one.name
    return f"no_{one.kind}" if one.none else one.kind
