"""Writing records one by one with an answer to each."""

__all__ = ["MARK", "Writer", "Written"]

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from andon.connectors.kafka.access import knock, said_of
from andon.connectors.kafka.library import Partition, Partitioner, Producer, errors
from andon.connectors.kafka.settings import KafkaSettings
from andon.core.errors import OutcomeUnknownError, RejectedError, UnavailableError

MARK = "andon-key"
"""Header by which a record of ours is found, and by which a reader knows a repeat."""


class Written(msgspec.Struct, frozen=True):
    """Where a record stands."""

    topic: str
    partition: int
    offset: int


class Writer:
    """One idempotent producer from `open` to `close`."""

    def __init__(self, name: str, settings: KafkaSettings, words: Mapping[str, Any]) -> None:
        self._name = name
        self._settings = settings
        self._words = words
        self._within = settings.timeout.total_seconds()
        self._partitioner: Any = Partitioner()
        self._producer: Any = None

    async def open(self) -> None:
        """Raises UnavailableError or CredentialsError."""
        await knock(self._name, self._settings, self._words)
        # Longer than we wait: the library must not send again what we call unknown.
        words = {**self._words, "request_timeout_ms": self._words["request_timeout_ms"] * 2 + 1000}
        self._producer = Producer(
            acks="all", enable_idempotence=True, partitioner=self._partitioner, **words
        )
        try:
            async with asyncio.timeout(self._within):
                await self._producer.start()
        except (TimeoutError, errors.KafkaError) as error:
            await self.close()
            raise UnavailableError(f"{self._name}: the brokers went away: {error}") from error
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self) -> None:
        """Ends at once; what has no answer yet stays unknown."""
        producer = self._producer
        stopping = asyncio.ensure_future(producer.stop())
        await asyncio.wait({stopping}, timeout=0.2)
        if stopping.done() and not stopping.cancelled() and stopping.exception() is None:
            return
        # It waits for answers that nobody waits for any more.
        stopping.cancel()
        await asyncio.wait({stopping, asyncio.ensure_future(producer.client.close())}, timeout=0.3)
        task = producer._sender.sender_task
        for _ in range(20):  # each round ends one task that the last one waits for
            if task is None or task.done():
                break
            task.cancel()
            await asyncio.wait([task], timeout=0.02)
        # Whoever flushes waits for each batch.
        producer._message_accumulator.fail_all(errors.ProducerClosed())
        await asyncio.sleep(0)

    async def put(
        self, topic: str, *, key: bytes | None, value: bytes, headers: Sequence[tuple[str, bytes]]
    ) -> Written:
        """Appended to all replicas in sync. Raises UnavailableError when nothing left us,
        RejectedError in the broker's words, OutcomeUnknownError without an answer."""
        partition = await self._ready(topic, key)
        try:
            async with asyncio.timeout(self._within):
                on_its_way = await self._producer.send(
                    topic, value, key=key, partition=partition, headers=headers
                )
                on_its_way.add_done_callback(_heard)
                told = await asyncio.shield(on_its_way)
        except TimeoutError as error:
            raise OutcomeUnknownError(
                f"{self._name}: no answer from {topic} within {self._within:g} s; the record may be"
                " there or not."
            ) from error
        except errors.KafkaError as error:
            raise said_of(self._name, error, doing=f"writing to {topic}") from error
        return Written(topic, told.partition, told.offset)

    async def _ready(self, topic: str, key: bytes | None) -> int:
        """The partition, once the broker that leads it is connected: till then nothing left us."""
        client = self._producer.client
        known = client.cluster.partitions_for_topic(topic)
        partitions = sorted(known or await self._looked_up(topic))
        partition: int = self._partitioner(key, partitions, partitions)
        leader = client.cluster.leader_for_partition(Partition(topic, partition))
        if leader is None or leader < 0:
            client.force_metadata_update()
            raise UnavailableError(f"{self._name}: {topic}/{partition} has no leader", reached=True)
        if not await client.ready(leader):
            await knock(self._name, self._settings, self._words)
            raise UnavailableError(f"{self._name}: the leader of {topic}/{partition} is away")
        return partition

    async def _looked_up(self, topic: str) -> set[int]:
        try:
            async with asyncio.timeout(self._within):
                return await self._producer.partitions_for(topic)
        except (TimeoutError, errors.UnknownTopicOrPartitionError) as error:
            await knock(self._name, self._settings, self._words)
            raise RejectedError(
                f"{self._name}: the brokers know no topic {topic}.", "UnknownTopicOrPartition"
            ) from error
        except errors.KafkaError as error:
            raise said_of(self._name, error, doing=f"writing to {topic}") from error


def _heard(answer: Any) -> None:
    """An answer that comes after nobody waits for it any more."""
    if not answer.cancelled():
        answer.exception()
