"""The robot of the tests and the real one against a stand-in server pass the same tests."""

import logging
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from services.notify.channels.wecom import Reach, WecomRobot
from services.notify.ports import Message, Robot
from tests.support.wecom import Answer, FakeRobot, code, stand_in

HELLO = Message("text", "工单 1，请签收")


@dataclass
class Bench:
    robot: Robot
    url: str
    answers: deque[Answer]
    contents: Callable[[], list[str]]


@pytest.fixture(params=["fake", "wecom"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    if request.param == "fake":
        fake = FakeRobot()
        yield Bench(fake, "https://x/?key=secret-key", fake.answers, lambda: [m.content for _, m in fake.posts])
        return
    async with stand_in() as server:
        reach = Reach(hosts=frozenset(), plain_hosts=frozenset({"127.0.0.1"}), timeout_seconds=0.3)

        def contents() -> list[str]:
            return [body[body["msgtype"]]["content"] for _, body in server.requests]

        yield Bench(WecomRobot(reach), server.url, server.answers, contents)


async def test_a_message_is_taken(bench: Bench) -> None:
    outcome = await bench.robot.send(bench.url, HELLO)
    assert (outcome.done, outcome.code, outcome.evidence) == (True, "0", "ok")
    assert bench.contents() == [HELLO.content]


@pytest.mark.parametrize(
    ("answer", "known_as", "again"),
    [
        pytest.param(code(93000, "invalid webhook url"), "93000", False, id="refused inside HTTP 200"),
        pytest.param(code(45009, "api freq out of limit"), "45009", True, id="too often"),
        pytest.param(Answer(status=500), "http_500", True, id="server error"),
        pytest.param(Answer(status=403, body=""), "http_403", False, id="forbidden"),
        pytest.param(Answer(body="<html>"), "unreadable_answer", True, id="garbage"),
        pytest.param(Answer(silent=True), "unreachable", True, id="no answer in time"),
    ],
)
async def test_a_refusal_is_not_taken_for_success(bench: Bench, answer: Answer, known_as: str, again: bool) -> None:  # noqa: FBT001
    bench.answers.append(answer)
    outcome = await bench.robot.send(bench.url, HELLO)
    assert (outcome.done, outcome.code, outcome.again) == (False, known_as, again)


@pytest.mark.parametrize(("kind", "most"), [("text", 2048), ("markdown", 4096)])
async def test_a_message_too_long_is_cut_to_what_the_robot_takes(bench: Bench, kind: str, most: int) -> None:
    assert kind in ("text", "markdown")
    long = Message("text" if kind == "text" else "markdown", "水" * 3000)
    assert (await bench.robot.send(bench.url, long)).done
    (sent,) = bench.contents()
    assert most - 3 < len(sent.encode()) <= most
    assert sent.endswith("水…")


async def test_the_key_reaches_neither_evidence_nor_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench.answers.append(code(93000, f"cannot post to {bench.url}"))
    outcome = await bench.robot.send(bench.url, HELLO)
    assert "secret-key" not in outcome.evidence + caplog.text


async def test_a_host_that_is_not_listed_is_not_even_asked() -> None:
    async with stand_in() as server:
        robot = WecomRobot(Reach(hosts=frozenset({"127.0.0.1"})))
        assert (await robot.send(server.url, HELLO)).code == "robot_not_permitted"
        assert server.requests == []


async def test_a_closed_port_can_be_tried_again() -> None:
    async with stand_in() as server:
        url = server.url
    robot = WecomRobot(Reach(hosts=frozenset(), plain_hosts=frozenset({"127.0.0.1"})))
    outcome = await robot.send(url, HELLO)
    assert (outcome.code, outcome.again) == ("unreachable", True)
