"""Two thousand worlds in which machines die, messages come twice, late or never, and clocks jump: nothing is lost."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

from shouwen.torture.many import run_all
from shouwen.torture.running import Verdict, run
from shouwen.torture.shrinking import shrink
from shouwen.torture.story import Event, story_of

SEEDS = range(1, int(os.environ.get("SHOUWEN_SEEDS", "2000")) + 1)


def test_no_world_sees_a_promise_broken(record_property: Callable[[str, object], None]) -> None:
    verdicts = list(run_all(SEEDS))
    broken = [verdict for verdict in verdicts if verdict.broken]
    record_property("worlds", len(verdicts))
    record_property("facts", sum(verdict.facts for verdict in verdicts))
    assert len(verdicts) == len(SEEDS)
    assert broken == [], "\n".join(f"shouwen torture --seed {one.seed}: {one.broken}" for one in broken)


def test_the_worlds_are_worth_living_in() -> None:
    """Requests are accepted, steps fall due, and every kind of trouble happens somewhere."""
    stories = [story_of(seed) for seed in range(1, 101)]
    happened = {event.what for story in stories for event in story}
    troubles = {"kill", "leave", "join", "down", "database", "broker", "shorten", "rewind", "poison"}
    assert happened == {"report", "import", "incident", "act", "jump"} | troubles
    lived = [run(seed) for seed in range(1, 11)]
    assert all(verdict.facts > verdict.accepted > 0 for verdict in lived)


SNIPPET = """
from shouwen.torture.many import quiet
from shouwen.torture.running import run
quiet()
print(run(7))
"""


def test_a_seed_tells_the_same_story_on_any_machine() -> None:
    told = set()
    for hashing in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hashing}
        done = subprocess.run(
            [sys.executable, "-c", SNIPPET], capture_output=True, text=True, env=environment, check=True
        )
        told.add(done.stdout)
    assert len(told) == 1


def test_a_failing_story_is_shrunk_to_the_events_that_matter() -> None:
    def again(seed: int, story: tuple[Event, ...]) -> Verdict:
        what = [event.what for event in story]
        broken = "the law: seen" if "kill" in what and "jump" in what else ""
        return replace(whole, story=story, broken=broken)

    story = next(story for story in map(story_of, range(1, 100)) if {"kill", "jump"} <= {e.what for e in story})
    whole = Verdict(seed=1, story=story, broken="the law: seen", facts=0, steps=0, accepted=0, digest="")
    shrunk = shrink(whole, again=again)
    assert sorted(event.what for event in shrunk.story) == ["jump", "kill"]
