"""A broker to which an MES writes orders, and from which it reads what we publish."""

__all__ = ["COUNTERPARTS", "SmallKafka"]

import itertools
from collections.abc import Sequence
from typing import Any

import msgspec

from andon.connectors.kafka.library import Batch, records_of
from andon.connectors.kafka.simulated import Broker
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

_NOON = 1_795_608_000_000
_IN, _OUT = "acme.orders", "acme.events"


class SmallKafka(Counterpart, Speaks, Takes):
    """Two topics of two partitions. What it took is known by the `effect` in each record."""

    name = "broker"
    dedupes = False
    refusal_words = "TopicAuthorizationFailed"

    def __init__(self) -> None:
        self.broker = Broker([_IN, _OUT, "forbidden"], username="andon", password="line-secret")
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """Listens."""
        await self.broker.start()

    async def stop(self) -> None:
        """Breaks all connections."""
        await self.broker.stop()

    def settings(self) -> dict[str, Any]:
        """Orders in, events out."""
        return {
            "servers": [f"127.0.0.1:{self.broker.port or 9}"],
            "encrypted": False,
            "plain_password": True,
            "sasl": {"username": "andon", "password": "line-secret", "mechanism": "PLAIN"},
            "timeout": "2s",
            "group": "andon",
            "topics": {"order": {"topic": _IN, "key": "/id", "at": "/at"}},
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        access = {"username": "andon", "password": "guessed", "mechanism": "PLAIN"}
        return {**self.settings(), "sasl": access}

    async def say(self, count: int) -> Sequence[str]:
        """Orders, all at one instant, half of them in each partition."""
        names = [f"order-{next(self._numbers)}-" for _ in range(count)]
        for n, partition in enumerate(self.broker.topics[_IN]):
            mine = names[n::2]
            for start in range(0, len(mine), 100):
                partition.append(_batch(mine[start : start + 100]))
        return names

    def request(self, effect: str) -> Request:
        """Something that happened to an order."""
        return Request(
            target=_OUT,
            body={
                "type": "acme.order.released",
                "subject": "production-order/erp:1001",
                "at": "2026-11-23T12:00:00Z",
                "data": {"effect": effect},
            },
        )

    async def effects(self) -> Sequence[str]:
        """What stands in the topic."""
        return [msgspec.json.decode(value)["effect"] for _, value in self.written(_OUT)]

    def written(self, topic: str) -> Sequence[tuple[str, bytes]]:
        """Key and value of every record, partition by partition."""
        return [
            ((record.key or b"").decode(), record.value)
            for partition in self.broker.topics[topic]
            for batch in partition.batches
            for record in records_of(batch.raw)
        ]

    async def lose_answer(self) -> None:
        """The record is appended; nobody hears that."""
        self.broker.losing = True

    def refused(self) -> Request:
        """A topic we may not write."""
        request = self.request("none")
        return Request(target="forbidden", body=request.body)


def _batch(names: Sequence[str]) -> bytes:
    batch = Batch(
        magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1,
        base_sequence=-1, batch_size=10_000_000,
    )  # fmt: skip
    for n, name in enumerate(names):
        value = msgspec.json.encode({"id": name, "at": "2026-11-23T12:00:00Z"})
        batch.append(n, timestamp=_NOON, key=b"1001", value=value, headers=[("plant", b"7")])
    return bytes(batch.build())


COUNTERPARTS = (SmallKafka,)
