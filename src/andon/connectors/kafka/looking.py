"""Reading a topic back: whether what may have been written is there."""

__all__ = ["Looks"]

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from andon.connectors.kafka.access import stopped
from andon.connectors.kafka.library import Consumer, Partition, errors
from andon.connectors.kafka.sending import MARK, Written
from andon.connectors.kafka.settings import KafkaSettings
from andon.core.errors import OutcomeUnknownError, UnavailableError


class _Asked(msgspec.Struct, frozen=True):
    mark: bytes
    since: datetime | None
    told: "asyncio.Future[Written | None]"


class _Seen(msgspec.Struct, frozen=True):
    found: Mapping[bytes, Written]
    cut: str = ""
    """Partitions that no longer hold all that was written since then."""


class Looks:
    """Goes through a topic once for all that are asked about while nobody does: after a death many
    are. One that is asked about during a pass may be behind it, and has the next."""

    def __init__(self, name: str, settings: KafkaSettings, words: Mapping[str, Any]) -> None:
        self._name = name
        self._settings = settings
        self._words = words
        self._asked: dict[str, list[_Asked]] = {}
        self._passes: dict[str, asyncio.Task[None]] = {}

    async def __call__(self, topic: str, mark: str, since: datetime | None) -> Written | None:
        """Where the record of this mark stands, if it was written since then. None only when all of
        it was seen. Raises OutcomeUnknownError, which says why that cannot be known, or
        UnavailableError."""
        told: asyncio.Future[Written | None] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(topic, []).append(_Asked(mark.encode(), since, told))
        if topic not in self._passes:
            self._passes[topic] = asyncio.create_task(self._all(topic))
        return await told

    async def close(self) -> None:
        """Nobody is told any more, nor whoever waits for the next pass."""
        passes = list(self._passes.values())
        for one in passes:
            one.cancel()
        await asyncio.gather(*passes, return_exceptions=True)
        for topic in list(self._asked):
            for one in self._asked.pop(topic):
                one.told.cancel()

    async def _all(self, topic: str) -> None:
        try:
            while asked := self._asked.pop(topic, []):
                await self._pass(topic, asked)
        finally:
            del self._passes[topic]

    async def _pass(self, topic: str, asked: Sequence[_Asked]) -> None:
        try:
            seen = await self._through(topic, asked)
        except Exception as error:
            for one in asked:
                if not one.told.done():
                    one.told.set_exception(error)
            return
        finally:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                for one in asked:
                    one.told.cancel()
        for one in asked:
            if one.told.done():
                continue  # nobody waits for it any more
            if one.mark in seen.found or not seen.cut:
                one.told.set_result(seen.found.get(one.mark))
            elif len(asked) > 1:  # another one had to be looked for further back
                await self._pass(topic, [one])
            else:
                one.told.set_exception(
                    OutcomeUnknownError(
                        f"{topic} no longer holds all that was written since then (partitions"
                        f" {seen.cut}), so what is not there may have been."
                    )
                )

    async def _through(self, topic: str, asked: Sequence[_Asked]) -> _Seen:
        within = 3 * self._settings.timeout
        consumer: Any = Consumer(
            group_id=None, enable_auto_commit=False, auto_offset_reset="none",
            isolation_level="read_committed",
            max_partition_fetch_bytes=self._settings.fetch_bytes,
            fetch_max_bytes=4 * self._settings.fetch_bytes, **self._words,
        )  # fmt: skip
        try:
            async with asyncio.timeout(within.total_seconds()):
                await consumer.start()
                await consumer._client._wait_on_metadata(topic)
                return await _looked(consumer, topic, asked, self._settings.clocks_agree)
        except TimeoutError as error:
            marks = ", ".join(one.mark.decode() for one in asked[:3])
            raise OutcomeUnknownError(
                f"{self._name}: {topic} was not read through within {within.total_seconds():g} s,"
                f" so nobody can tell whether {marks} is there."
            ) from error
        except errors.UnknownTopicOrPartitionError:
            return _Seen({})
        except errors.KafkaError as error:
            raise UnavailableError(f"{self._name}: {topic} cannot be read back: {error}") from error
        finally:
            await stopped(consumer)


async def _looked(consumer: Any, topic: str, asked: Sequence[_Asked], slack: timedelta) -> _Seen:
    every = [Partition(topic, n) for n in consumer._client.cluster.partitions_for_topic(topic)]
    begins, ends = await consumer.beginning_offsets(every), await consumer.end_offsets(every)
    since = _earliest(asked)
    moment = 0 if since is None else int((since - slack).timestamp() * 1000)
    starts = dict(begins)
    doubted: set[Any] = set()
    if since is not None:
        found = await consumer.offsets_for_times(dict.fromkeys(every, moment))
        # A broker names the first record that is not older. None: all are; the last one shows it.
        doubted = {each for each in every if found[each] is None}
        starts = {
            each: max(ends[each] - 1, begins[each]) if each in doubted else found[each].offset
            for each in every
        }
    left = {each for each in every if starts[each] < ends[each]}
    consumer.assign(list(left))
    for each in left:
        consumer.seek(each, starts[each])
    missing, there = {one.mark for one in asked}, dict[bytes, Written]()
    while left and missing:
        for each, records in (await consumer.getmany(*left, timeout_ms=200)).items():
            for record in records:
                for name, mark in record.headers:
                    if name == MARK and mark in missing:
                        missing.discard(mark)
                        there[mark] = Written(topic, each.partition, record.offset)
                if each in doubted and record.timestamp >= moment:
                    doubted.discard(each)
                    starts[each] = begins[each]
                    consumer.seek(each, begins[each])
        left = {each for each in left if await consumer.position(each) < ends[each]}
    cut = [each for each in every if each not in doubted and starts[each] == begins[each] > 0]
    return _Seen(there, ", ".join(str(each.partition) for each in cut))


def _earliest(asked: Sequence[_Asked]) -> datetime | None:
    """None is from the beginning on."""
    moments = [one.since for one in asked if one.since is not None]
    return min(moments) if len(moments) == len(asked) else None
