"""What a group robot is sent and what its answers mean."""

from datetime import timedelta
from typing import Any

import pytest

from services.notify.channels.wecom import Reach, WecomCarrier, cut, harmless, judged, permitted, redacted
from services.notify.policy.recipients import robot_url
from services.notify.ports import Message
from shared.contracts.effects import Outcome, Wanted
from tests.support.notify_builders import GROUP, book, fold, raised, received, told
from tests.support.wecom import FakeRobot

REACH = Reach(hosts=frozenset({"qyapi.weixin.qq.com"}), plain_hosts=frozenset({"127.0.0.1"}))


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        pytest.param(200, {"errcode": 0, "errmsg": "ok"}, Outcome(done=True, evidence="ok"), id="taken"),
        pytest.param(
            200, {"errcode": 93000, "errmsg": "invalid"}, Outcome(False, "93000", "invalid"), id="refused for good"
        ),
        pytest.param(
            200,
            {"errcode": 45009, "errmsg": "freq"},
            Outcome(False, "45009", "freq", again=True, retry_after=timedelta(seconds=60)),
            id="too often",
        ),
        pytest.param(200, {"errcode": -1}, Outcome(False, "-1", again=True), id="busy"),
        pytest.param(200, None, Outcome(False, "unreadable_answer", again=True), id="no JSON"),
        pytest.param(200, [1], Outcome(False, "unreadable_answer", again=True), id="JSON of another kind"),
        pytest.param(500, None, Outcome(False, "http_500", again=True), id="server at fault"),
        pytest.param(404, None, Outcome(False, "http_404"), id="not there"),
        pytest.param(302, None, Outcome(False, "http_302"), id="elsewhere"),
    ],
)
def test_success_is_http_2xx_and_code_zero(status: int, body: Any, outcome: Outcome) -> None:
    assert judged(status, body) == outcome


@pytest.mark.parametrize(
    ("content", "most", "kept"),
    [
        pytest.param("abc", 3, "abc", id="fits exactly"),
        pytest.param("abcdef", 5, "ab…", id="cut and marked"),
        pytest.param("水水水", 8, "水…", id="never inside a character"),
        pytest.param("𠮷𠮷", 7, "𠮷…", id="nor inside a rare one"),
    ],
)
def test_a_long_message_is_cut_by_bytes(content: str, most: int, kept: str) -> None:
    assert cut(content, most) == kept
    assert len(kept.encode()) <= most


def test_words_of_others_cannot_call_everybody_link_or_mark_up() -> None:
    tame = harmless('<@all> [x](http://a) **b** `c`\n# d <font color="warning">')
    assert not set(tame) & set("<>@[]*`#\n")


def test_a_key_never_reaches_an_evidence() -> None:
    assert "secret" not in redacted(f"bad request to {GROUP}&debug=1")


def test_an_evidence_is_text_every_database_takes() -> None:
    assert redacted("a\x00b\ud800") == "ab?"


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        pytest.param(GROUP, True, id="the real host over https"),
        pytest.param(GROUP.replace("https", "http"), False, id="the real host over http"),
        pytest.param("https://evil.example/?key=1", False, id="another host"),
        pytest.param("http://127.0.0.1:9/x", True, id="a host listed for http"),
        pytest.param("file:///etc/passwd", False, id="a file"),
        pytest.param("https://qyapi.weixin.qq.com@evil.example/", False, id="the host as a user name"),
        pytest.param("https://[", False, id="no URL"),
    ],
)
def test_messages_go_to_listed_hosts_only(url: str, fine: bool) -> None:  # noqa: FBT001
    assert permitted(url, REACH) is fine


def wanted(*raises: str) -> list[Wanted]:
    people = book("ann", "bo", robot=GROUP)
    steps = fold(received(), *(raised(told("ann"), told("bo"), id=r) for r in raises), book=people)
    wants = [want for step in steps for want in step.want if want.kind == "wecom"]
    return [Wanted(w.key, "case-018f", w.kind, w.recipient, w.payload, 1) for w in wants]


async def posted(bundle: list[Wanted], robot: FakeRobot) -> Outcome:
    known = book("ann", "bo", robot=GROUP)
    return await WecomCarrier(robot, lambda owner: robot_url(owner, known), "zh").carry(bundle)


async def test_a_group_is_told_once_what_several_of_it_should_know() -> None:
    robot = FakeRobot()
    outcome = await posted(wanted("m1"), robot)
    assert outcome.done
    assert [(url, message.kind) for url, message in robot.posts] == [(GROUP, "text")]


async def test_what_is_due_together_comes_as_one_list() -> None:
    robot, bundle = FakeRobot(), wanted("m1", "m2")
    other = {**bundle[2].payload, "number": "SZ1-20250304-0002"}
    other["sentences"] = [{"template": "另一件 {number}", "gaps": {"number": "SZ1-20250304-0002"}}]
    bundle[2:] = [Wanted("m2/ann/wecom", "case-2", "wecom", bundle[2].recipient, other, 1)]
    await posted(bundle, robot)
    ((_, message),) = robot.posts
    assert message.kind == "markdown"
    assert [line[:4] for line in message.content.splitlines()] == ["> 1.", "> 2."]


async def test_a_robot_taken_away_meanwhile_fails_for_good() -> None:
    robot = FakeRobot()
    outcome = await WecomCarrier(robot, lambda _owner: None, "zh").carry(wanted("m1"))
    assert (outcome.done, outcome.again, robot.posts) == (False, False, [])


def test_a_message_is_a_value() -> None:
    assert Message("text", "a") == Message("text", "a")
