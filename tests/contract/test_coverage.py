"""Every demand of the manuals has a rule that keeps it and a scenario that shows it."""

from pathlib import Path

from shouwen.manuals.coverage import KEPT_BY, covered, gaps

ROOT = Path(__file__).parents[2]


def test_every_demand_is_kept_by_a_rule_and_shown_by_a_scenario() -> None:
    lacking = {one.id: ("rule " if not one.rules else "") + ("scenario" if not one.scenarios else "") for one in gaps()}
    assert lacking == {}


def test_all_families_are_there() -> None:
    counts: dict[str, int] = {}
    for one in covered():
        counts[one.family] = counts.get(one.family, 0) + 1
    assert counts == {"CT": 45, "CK": 163, "UP": 15, "CN": 10, "FC": 4, "OH": 7, "N": 50, "PC": 12, "R": 108, "K": 24}


def test_what_the_services_keep_names_files_that_exist() -> None:
    assert [place for place in KEPT_BY.values() if not (ROOT / place).is_file()] == []
