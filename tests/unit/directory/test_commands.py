"""Who may write which record, and what is said."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.directory.commands import PutRecord, obey, record_entity
from services.directory.policy.access import sites_of
from services.directory.state import Record
from shared.contracts.directory import RecordPut
from shared.contracts.fold import Actor, Ask, Grant, Moment, Refusal, Step
from shared.rules.book import Book
from tests.support.organisation import EVER


def actor(*sites: str, right: str = "admin", account: str = "ann") -> Actor:
    return Actor(account=account, name="Ann", grants=tuple(Grant(site, right) for site in sites))


def put(
    *, key: str = "eng", body: Mapping[str, Any] | None = None, sites: tuple[str, ...] = ("s1",), **more: Any
) -> PutRecord:
    return PutRecord(record=more.pop("record", "department"), key=key, body=dict(body or {"n": 1}), sites=sites, **more)


def ask(command: Any, by: Actor, state: Record | None = None) -> Step | Refusal:
    asked = Ask(entities=("record-x",), command=command, actor=by, at=EVER)
    return obey(state, asked, Moment(at=EVER, now=EVER, book=Book()))


def written(command: PutRecord) -> Record:
    step = ask(command, actor("*"))
    assert isinstance(step, Step)
    state = step.state
    assert isinstance(state, Record)
    return state


def test_a_new_record_is_said_whole() -> None:
    step = ask(put(), actor("s1"))
    assert isinstance(step, Step)
    assert [say.fact for say in step.say] == [RecordPut(record="department", key="eng", body={"n": 1}, by="ann")]


def test_the_same_body_again_says_nothing() -> None:
    step = ask(put(body={"a": 1, "b": 2}), actor("s1"), written(put(body={"b": 2, "a": 1})))
    assert isinstance(step, Step)
    assert (step.why, step.say) == ("unchanged", ())


@pytest.mark.parametrize(
    ("before", "after", "by", "allowed"),
    [
        pytest.param(None, ("s1",), actor("s1"), True, id="his site"),
        pytest.param(None, ("s1",), actor("s2"), False, id="another site"),
        pytest.param(None, ("s1",), actor("s1", right="lead"), False, id="not an administrator"),
        pytest.param(None, ("*",), actor("s1"), False, id="head office's"),
        pytest.param(None, ("*",), actor("*"), True, id="head office"),
        pytest.param(("s2",), ("s1",), actor("s1"), False, id="taken from another site"),
        pytest.param(("s2",), ("s1",), actor("s1", "s2"), True, id="moved between his sites"),
    ],
)
def test_only_administrators_of_every_site_concerned_may_write(
    before: tuple[str, ...] | None,
    after: tuple[str, ...],
    by: Actor,
    allowed: bool,  # noqa: FBT001
) -> None:
    state = written(put(sites=before)) if before else None
    verdict = ask(put(body={"n": 2}, sites=after), by, state)
    assert isinstance(verdict, Step) is allowed
    assert allowed or (isinstance(verdict, Refusal) and verdict.status == 403)


@pytest.mark.parametrize(("account", "allowed"), [("ann", True), ("bo", False)])
def test_a_token_may_be_ended_by_whom_it_speaks_for(account: str, allowed: bool) -> None:  # noqa: FBT001
    token = put(record="token", key="sw_1", body={"account": account}, sites=("*",))
    verdict = ask(token, actor("s1", right="view", account="ann"), written(token))
    assert isinstance(verdict, Step) is allowed


def test_a_version_of_a_pack_is_never_replaced() -> None:
    first = put(record="pack", key="P001/3", version=1, sites=("*",))
    verdict = ask(first.model_copy(update={"body": {"n": 2}}), actor("*"), written(first))
    assert isinstance(verdict, Refusal)
    assert (verdict.why, verdict.field) == ("pack_version_taken", "/version")
    assert verdict.hint is not None
    assert verdict.hint.gaps == {"next": 2}


def test_two_keys_that_share_a_subject_are_told_apart() -> None:
    verdict = ask(put(key="a_b"), actor("*"), written(put(key="a/b")))
    assert isinstance(verdict, Refusal)
    assert verdict.why == "key_collides"


def test_other_commands_are_refused() -> None:
    assert isinstance(ask("dance", actor("*")), Refusal)


@pytest.mark.parametrize(
    ("record", "key", "version", "entity"),
    [
        pytest.param("site", "s1", None, "record-site-s1", id="plain"),
        pytest.param("pack", "P001/3", 2, "record-pack-P001_3-2", id="pack with version"),
    ],
)
def test_a_record_is_an_entity_of_one_token(record: str, key: str, version: int | None, entity: str) -> None:
    assert record_entity(record, key, version) == entity


@pytest.mark.parametrize(
    ("record", "body", "sites"),
    [
        pytest.param("site", {"id": "s1"}, ("s1",), id="site"),
        pytest.param("roster", {"site": "s1"}, ("s1",), id="roster"),
        pytest.param(
            "person", {"appointments": [{"site": "b"}, {"site": "a"}, {"site": "b"}]}, ("a", "b"), id="person"
        ),
        pytest.param("person", {"appointments": []}, ("*",), id="person of nowhere"),
        pytest.param("account", {"grants": [{"site": "*"}, {"site": "a"}]}, ("*",), id="account of all sites"),
        pytest.param("pack", {}, ("*",), id="pack"),
    ],
)
def test_a_record_belongs_to_sites(record: str, body: dict[str, Any], sites: tuple[str, ...]) -> None:
    assert sites_of(record, body) == sites
