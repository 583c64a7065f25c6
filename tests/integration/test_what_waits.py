"""What waits, for what, and how it goes on: gaps, the directory, and metrics of it all."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from shared.process.service import ServiceProcess
from shared.runtime import mending, settling
from tests.support.dying import Defect, Json, Ward, ward
from tests.support.system import alive, toy
from tests.support.toy import FUSE, SPEAKER, Count
from tests.support.toying import Place, ask, nothing_in_hand, rendered
from tests.support.waiting import eventually


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "DIRECTORY_DELAYS", (0.05, 0.05))
    monkeypatch.setattr(mending, "PATIENCE", timedelta(0))
    monkeypatch.setattr(mending, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(mending, "NEXT_PAGE", 0.0)


async def test_a_fact_about_a_case_that_never_existed_is_parked_and_seen(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.say("case-never", 7)
        (lane,) = await eventually(one.lanes)
        assert {key: lane[key] for key in ("entity", "speaker", "letters", "heard", "first", "because")} == {
            "entity": "case-never",
            "speaker": "intake",
            "letters": 1,
            "heard": 0,
            "first": 7,
            "because": "gap",
        }
        assert await nothing_in_hand(one.process)


@pytest.mark.usefixtures("_soon")
async def test_what_the_directory_does_not_know_waits_told_and_listed_and_goes_on(toy_place: Place) -> None:
    with capture_logs() as logs:
        async with ward(toy_place) as one:
            for version, by in ((1, "nowhere"), (2, "x")):
                await one.say("case-a", version, by)
            await one.say("case-b", 1, "nowhere")
            (first, second) = await eventually(lambda: one.lanes(2))
            assert (first["because"], second["because"]) == ("directory", "directory")
            await eventually(lambda: nothing_in_hand(one.process))  # it is not asked for again and again
            one.defect.unknown = "nobody"
            await eventually(lambda: one.counted("case-a", 2))
            await eventually(lambda: one.counted("case-b", 1))
            assert await one.lanes() == []
    assert len([log for log in logs if log["event"] == "waiting_for_directory"]) == 1


async def test_a_record_that_is_late_by_a_moment_parks_nothing(
    toy_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "DIRECTORY_DELAYS", (0.3,))
    async with ward(toy_place) as one:
        await one.say("case-a", 1, "nowhere")
        await one.say("case-good")
        await eventually(lambda: one.counted("case-good", 1))
        one.defect.unknown = "nobody"
        await eventually(lambda: one.counted("case-a", 1))
        assert await toy_place.rows("select 1 from dispatch.parked") == []


@pytest.mark.usefixtures("_soon")
async def test_a_predecessor_fetched_from_the_stream_is_never_stepped_over(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.send("case-a", b"not JSON", 1)
        await eventually(one.dead)
    async with toy_place.around.db.begin() as conn:
        await conn.exec_driver_sql("truncate dispatch.dead_letters, dispatch.entities")
    async with ward(toy_place) as one:
        await one.say("case-a", 2)
        (letter,) = await eventually(one.dead)
        assert letter["version"] == 1
        assert await one.count("case-a") == 0


@pytest.mark.usefixtures("_soon")
async def test_hopeless_gaps_keep_nobody_from_being_mended(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        for number in range(mending.PAGE + 10):
            await one.say(f"case-hopeless{number:03}", 9)
        await one.say("case-mended", 1, "nowhere")
        await eventually(lambda: one.lanes(mending.PAGE + 11))
        one.defect.unknown = "nobody"
        await eventually(lambda: one.counted("case-mended", 1))


@pytest.mark.parametrize(
    ("headers", "fate"),
    [
        pytest.param({"ce-dataschema": "2"}, "contract version 2", id="a future version"),
        pytest.param({"ce-dataschema": "0"}, "", id="a past version"),
        pytest.param({"ce-type": "intake.never_heard_of"}, "subject and headers differ", id="another kind"),
        pytest.param({"version": "0"}, "out of bounds", id="version nought"),
        pytest.param({"version": "1" + "0" * 5000}, "malformed", id="endless version"),
        pytest.param({"ce-time": "2025-03-04T10:00:00"}, "no zone", id="a time without zone"),
        pytest.param({"correlation": "case a > b"}, "correlation", id="a correlation that is no name"),
    ],
)
async def test_an_envelope_out_of_the_ordinary(toy_place: Place, headers: Json, fate: str) -> None:
    async with ward(toy_place) as one:
        await one.say("case-a", 1, "x", headers)
        await one.say("case-good")
        await eventually(lambda: one.counted("case-good", 1))
        await eventually(lambda: nothing_in_hand(one.process))
        letters = await one.dead()
        assert [fate in letter["reason"] for letter in letters] == ([True] if fate else [])
        assert await one.count("case-a") == (0 if fate else 1)


async def test_metrics_tell_what_waits(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        await one.say("case-a", 1, "poison")
        await one.say("case-a", 2)
        await eventually(one.dead)
        await eventually(lambda: nothing_in_hand(one.process))
        await eventually(lambda: measured(one, "shouwen_outbox_unsaid", 0))
        numbers = await scraped(one)
    assert numbers["shouwen_dead_letters"] == 1
    assert numbers["shouwen_parked_letters"] == 1
    assert numbers["shouwen_parked_oldest_seconds"] >= 0
    assert numbers["shouwen_unheard"] == 0
    assert numbers["shouwen_advisories"] == 0
    assert numbers["shouwen_reader_stopped"] == 0
    assert numbers["shouwen_broker_connected"] == 1
    assert numbers["shouwen_desk_waiting"] == 0


async def measured(one: Ward, name: str, value: float) -> bool:
    return (await scraped(one))[name] == value


async def scraped(one: Ward) -> dict[str, float]:
    answer = await one.ask("GET", "/metrics", "viewer")
    assert answer.status_code == 200
    found = (sample for family in text_string_to_metric_families(answer.text) for sample in family.samples)
    return {sample.name: sample.value for sample in found if sample.labels.get("service") == "dispatch"}


async def test_metrics_are_for_whoever_may_view_every_site(toy_place: Place) -> None:
    async with ward(toy_place) as one:
        assert (await one.ask("GET", "/metrics", "one")).status_code == 403
        assert (await one.client.get("/metrics")).status_code == 401


async def test_the_lateness_of_fired_steps_is_counted(toy_place: Place) -> None:
    speaker = toy(SPEAKER, toy_place.around)
    async with alive(speaker):
        past = speaker.clock.now() - FUSE - timedelta(seconds=7)
        await speaker.desk.ask(ask("case-a", Count(fuse=True), past), rendered)
        buckets = await eventually(lambda: fired(speaker))
    assert (buckets["5.0"], buckets["10.0"]) == (0, 1)


async def fired(speaker: ServiceProcess) -> dict[str, float]:
    """The steps fired by how late they were, once there is one."""
    told = (await speaker.metrics.scraped(speaker.clock, 0)).decode()
    (family,) = (one for one in text_string_to_metric_families(told) if one.name == "shouwen_step_lateness_seconds")
    buckets = {one.labels["le"]: one.value for one in family.samples if one.name.endswith("_bucket")}
    return buckets if buckets["+Inf"] else {}


async def test_a_reader_that_gives_messages_up_is_told_by_the_broker(toy_place: Place) -> None:
    async with ward(toy_place, Defect()) as one:
        assert one.process.nc is not None
        advisory = "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.EV.dispatch"
        await one.process.nc.jetstream().publish(advisory, b"{}")
        assert (await one.get("/dead-letters"))["advisories"] == 1
