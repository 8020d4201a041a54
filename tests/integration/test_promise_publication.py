"""Every event of a type is written to a topic: once, in the order of its subject."""

import asyncio

import msgspec

from andon.connectors.kafka import Kafka, Publication
from andon.connectors.kafka.simulator import SmallKafka
from andon.core.plant import Connection
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan, wire
from andon.testing.conformance.trial import settings_of
from tests.integration.plant import Plant, Shift, Talker, Told, rows_of, told, until

ORDERS, EACH = 5, 8


class Publishing(Plant):
    """A talker, and a topic that hears all it says."""

    def __init__(self, dsn: str, broker: SmallKafka) -> None:
        self.dsn = dsn
        self._said = 0
        self.broker = broker
        self.plan = self._wired()

    def _wired(self) -> Plan:
        every = Publication(Told, connection="bus", target="acme.events")
        table = {**self.broker.settings(), "topics": {}, "settles_within": "1s", "attempts": 50}
        bus = Kafka("bus", settings_of(Kafka, table))
        talker = Talker("talker", settings_of(Talker, {}))
        return wire(
            name="plant", site="here",
            connections=[
                (Connection("talker", Talker, [told]), talker),
                (Connection("bus", Kafka, every.mappings), bus),
            ],
            workflows=every.workflows, routes=every.routes, ownership=[], policies=[],
            messages=[Told, *every.messages],
        )  # fmt: skip

    def published(self) -> dict[str, list[int]]:
        """Subject -> what its events say, in the order of their partition."""
        found: dict[str, list[int]] = {}
        for subject, value in self.broker.written("acme.events"):
            found.setdefault(subject, []).append(msgspec.json.decode(value)["n"])
        return found


async def test_every_event_is_published_once_and_in_order_over_a_lost_answer_and_an_outage(
    database: str,
) -> None:
    broker = SmallKafka()
    await broker.start()
    plant = Publishing(database, broker)
    plant.ingest = Ingest(plant.plan, database, SystemClock())
    await plant.ingest.open()
    shift = Shift(plant)
    try:
        await broker.lose_answer()
        for n in range(EACH):
            for order in range(ORDERS):
                await plant.says(Told(order_id=f"A{order}", n=n))
            if n == EACH // 2:
                await broker.stop()
                await asyncio.sleep(0.3)  # an outage has a length
                await broker.start()
        async with rows_of(database) as db:

            async def all_done() -> bool:
                return await db.fetchval("select count(*) from delivery") == 0

            every = ORDERS * EACH
            await until(lambda: sum(map(len, plant.published().values())) >= every, within=30)
            await until(all_done, within=30)
        names = {f"order/talker:A{order}" for order in range(ORDERS)}
        assert plant.published() == {name: list(range(EACH)) for name in names}
    finally:
        await shift.end()
        await plant.ingest.close()
        await broker.stop()
