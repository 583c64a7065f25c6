"""What `shared/process/pump.py` uses of FastStream though it is private; an upgrade that moves it fails here."""

import inspect
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, PullSub
from faststream.nats.subscriber.usecases.basic import LogicSubscriber
from faststream.nats.subscriber.usecases.stream_pull_subscriber import BatchPullStreamSubscriber

from shared.process.pump import PumpedSubscriber, pump_up


def subscriber() -> Any:
    broker = NatsBroker("nats://nowhere.invalid", logger=None, apply_types=False)
    return broker.subscriber(
        "ev.>",
        stream=JStream("EV", declare=False),
        durable="toy",
        pull_sub=PullSub(batch_size=200, batch=True),
        ack_policy=AckPolicy.MANUAL,
    )


def test_a_batch_of_a_stream_is_read_by_the_class_the_pump_replaces() -> None:
    assert isinstance(subscriber(), BatchPullStreamSubscriber)


@pytest.mark.parametrize("method", ["_create_subscription", "consume", "start", "stop"])
def test_a_method_the_pump_calls_or_replaces_is_a_coroutine(method: str) -> None:
    assert inspect.iscoroutinefunction(getattr(BatchPullStreamSubscriber, method))


def test_the_loop_is_a_task_of_the_subscriber() -> None:
    assert list(inspect.signature(BatchPullStreamSubscriber.add_task).parameters)[:2] == ["self", "func"]


def test_starting_a_subscriber_creates_its_subscription_and_stopping_ends_it() -> None:
    assert "self._create_subscription()" in inspect.getsource(LogicSubscriber.start)
    assert "self.subscription.unsubscribe()" in inspect.getsource(LogicSubscriber.stop)


def test_the_connection_and_the_running_flag_are_where_the_pump_looks() -> None:
    assert isinstance(inspect.getattr_static(BatchPullStreamSubscriber, "jetstream"), property)
    made = subscriber()
    assert made.running is False
    assert made.subscription is None


def test_a_subscriber_takes_the_attributes_of_the_pump_because_it_is_not_slotted() -> None:
    assert hasattr(subscriber(), "__dict__")


def test_a_pumped_subscriber_keeps_its_class_and_knows_its_durable() -> None:
    pumped = pump_up(subscriber(), stream="EV", durable="toy")
    assert isinstance(pumped, PumpedSubscriber)
    assert isinstance(pumped, BatchPullStreamSubscriber)
    assert (pumped.stream_name, pumped.durable, pumped.paused_until) == ("EV", "toy", 0.0)
    assert type(pumped)._create_subscription is PumpedSubscriber._create_subscription


def test_a_pumped_subscriber_still_takes_a_handler() -> None:
    async def on_facts(batch: Any) -> None:
        del batch

    pumped = pump_up(subscriber(), stream="EV", durable="toy")
    pumped(on_facts)
    assert len(pumped.calls) == 1
