"""Steps, contracts and notices on a real broker and database: each heard twice, each said once."""

from collections import Counter
from datetime import timedelta

from nats.js.api import ConsumerInfo

from services.escalation.app import build
from shared.contracts.catalogue import read
from shared.contracts.dispatch import OrderIssued, StepTaken
from shared.contracts.envelope import Fact, Heading, Heard
from shared.contracts.escalation import ClockArmed, EscalationFact, NoticeWanted
from shared.organisation.outsiders import Contract
from shared.rules.words import Basis, Means, Outside, StartFact
from shared.schema.migrating import migrate
from shared.timekeeping.clock import SystemClock
from shouwen.embedded import NatsServer
from shouwen.places import migrations_of
from tests.support.delivering import stranger
from tests.support.escalation_builders import CASE_ID
from tests.support.made_packs import book_of, clock, notice, pack_of, request
from tests.support.system import alive, provisioned, surrounded
from tests.support.waiting import eventually

KEY = clock("CK-KEY", StartFact.STEP, Basis.DAYS, 3, after="lend", steps=("return",), stop=())
LENT = notice("N-LENT", StartFact.STEP, after="lend", outside=(Outside.BORROWER,), means=(Means.PHONE,))
BOOK = book_of(pack_of(KEY, raises_at_intake=(LENT,)), contract=Contract(accept=10, arrive=30, restore=240))
STARTED = SystemClock().now().replace(microsecond=0) - timedelta(minutes=2)
STORY: tuple[tuple[Fact, int], ...] = (
    (request(STARTED), 1),
    (OrderIssued(site="s1", order="o", number=1, department="engineering_dept"), 1),
    (StepTaken(step="lend", marks=("lend=done",), by="p-desk"), 2),
)


async def tell(url: str, copy: str) -> None:
    """Publish the story; *copy* makes the broker take it for other messages."""
    async with stranger(url) as nc:
        for number, (fact, version) in enumerate(STORY):
            id_ = f"{number + 1:032x}"
            heading = Heading(id_, fact.wire_kind(), CASE_ID, STARTED + timedelta(seconds=number), version, CASE_ID)
            headers = heading.headers() | {"Nats-Msg-Id": id_ + copy}
            await nc.jetstream().publish(fact.subject(heading), fact.model_dump_json().encode(), headers=headers)


async def said(url: str) -> list[Fact]:
    """What escalation has said so far, in the order of the log."""
    async with stranger(url) as nc:
        js = nc.jetstream()
        last = (await js.stream_info("EV")).state.last_seq
        stored = [await js.get_msg("EV", seq=seq, direct=True) for seq in range(1, last + 1)]
    heard = [read(one.headers or {}, one.data or b"") for one in stored]
    return [one.fact for one in heard if isinstance(one, Heard) and isinstance(one.fact, EscalationFact)]


def hearing(info: list[ConsumerInfo]) -> list[ConsumerInfo]:
    """The durables by which escalation hears."""
    found = [one for one in info if one.name.startswith("escalation")]
    assert found
    return found


async def test_a_step_and_an_order_heard_twice_start_each_clock_and_ask_for_each_notice_once(
    own_broker: NatsServer, fresh_db: str
) -> None:
    await provisioned(own_broker.url)
    async with surrounded(own_broker.url, fresh_db) as around:
        await migrate(around.db, "escalation", migrations_of("escalation"))
        process = build(around)
        async with alive(process):
            process.book.__dict__.update(BOOK.__dict__)
            await tell(own_broker.url, "")
            await tell(own_broker.url, "-again")

            async def wanted() -> list[Fact]:
                facts = await said(own_broker.url)
                return facts if any(isinstance(fact, NoticeWanted) for fact in facts) else []

            await eventually(wanted)

            async def settled() -> bool:
                async with stranger(own_broker.url) as nc:
                    info = await nc.jetstream().consumers_info("EV")
                return not any(one.num_pending or one.num_ack_pending for one in hearing(info))

            await eventually(settled)
            facts = await said(own_broker.url)
    armed = Counter(one.clock for fact in facts if isinstance(fact, ClockArmed) for one in fact.clocks)
    assert armed == {"CK-VEN-ACCEPT": 1, "CK-VEN-ARRIVE": 1, "CK-VEN-RESTORE": 1, "CK-KEY": 1}
    notices = [fact for fact in facts if isinstance(fact, NoticeWanted)]
    assert [(one.rule, one.to, [told.person for told in one.people]) for one in notices] == [
        ("N-LENT", ("borrower",), ["p-engineering_dept"])
    ]
