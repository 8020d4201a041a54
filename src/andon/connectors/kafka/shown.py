"""A Kafka to look around in: one broker with a password, orders in one topic, room in another."""

__all__ = ["Shown"]

from collections.abc import Sequence

import msgspec

from andon.connectors.kafka.library import Batch, records_of
from andon.connectors.kafka.simulated import Broker
from andon.core.counterpart import Shows

_USER, _PASSWORD = "andon", "line-secret"
_ORDERS, _EVENTS = "acme.orders", "acme.events"
_NOON = 1_795_608_000_000


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._broker = Broker([_ORDERS, _EVENTS], username=_USER, password=_PASSWORD)

    async def start(self, place: str) -> Sequence[str]:
        """Two orders are in their topic when it begins."""
        self._broker.port = int(place)
        await self._broker.start()
        self._broker.topics[_ORDERS][0].append(_batch(("1001", "1002")))
        return [
            f"servers 127.0.0.1:{place}, user {_USER}, password {_PASSWORD}, mechanism PLAIN",
            f"topics: {_ORDERS} with orders 1001 and 1002, {_EVENTS} with nothing yet",
        ]

    async def effects(self) -> Sequence[str]:
        """What was published."""
        return [
            f"{(record.key or b'').decode()}: {record.value.decode()}"
            for partition in self._broker.topics[_EVENTS]
            for batch in partition.batches
            for record in records_of(batch.raw)
        ]


def _batch(orders: Sequence[str]) -> bytes:
    batch = Batch(
        magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1,
        base_sequence=-1, batch_size=1_000_000,
    )  # fmt: skip
    for n, order in enumerate(orders):
        row = {"id": f"e{n + 1}", "order": order, "item": "PUMP", "qty": "5"}
        value = msgspec.json.encode({**row, "at": "2026-11-23T12:00:00Z"})
        batch.append(n, timestamp=_NOON, key=order.encode(), value=value, headers=[])
    return bytes(batch.build())
