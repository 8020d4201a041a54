"""Following topics: every partition is ours, and what retention took before us is said."""

__all__ = ["Reader"]

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from andon.connectors.kafka.access import said_of, stopped
from andon.connectors.kafka.items import Taken, gap_item, items_of
from andon.connectors.kafka.library import Consumer, Partition, errors
from andon.connectors.kafka.places import Place, Places
from andon.connectors.kafka.settings import KafkaSettings, Topic
from andon.core.connector import Item, Position
from andon.core.errors import AttentionError, CredentialsError, UnavailableError

_MOST = 250
_WAIT_MS = 500


class Reader:
    """One consumer from `opened` to `close`; it stands where `places` says."""

    def __init__(
        self, name: str, settings: KafkaSettings, words: Mapping[str, Any], places: Places
    ) -> None:
        self._name = name
        self._settings = settings
        self._kinds = {topic.topic: (kind, topic) for kind, topic in settings.topics.items()}
        self._places = places
        self._consumer: Any = Consumer(
            group_id=settings.group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            max_partition_fetch_bytes=settings.fetch_bytes,
            fetch_max_bytes=4 * settings.fetch_bytes,
            fetch_max_wait_ms=_WAIT_MS,
            metadata_max_age_ms=max(int(settings.look_every.total_seconds() * 1000), 100),
            **words,
        )
        self._assigned: set[Any] = set()
        self._seen_at = 0.0

    async def steps(self) -> AsyncIterator[Iterator[Item]]:
        """Everything from our places on, as many items at a time as came together, each with
        its position; our own place moves on once they are taken. Raises UnavailableError when the
        brokers went away, CredentialsError or SettingsError when a person must look."""
        clock = asyncio.get_running_loop().time
        try:
            await self._consumer.start()
        except errors.KafkaError as error:
            raise self._lost(error) from error
        await self._found()
        self._seen_at = clock()
        while True:
            await self._appeared()
            try:
                fetched: Any = await self._consumer.getmany(timeout_ms=_WAIT_MS, max_records=_MOST)
            except errors.OffsetOutOfRangeError as error:
                yield iter([item async for item in self._passed(error.args[0])])
                continue
            except errors.KafkaError as error:
                raise self._lost(error) from error
            if fetched:
                self._seen_at = clock()
            elif clock() - self._seen_at > self._settings.look_every.total_seconds():
                await self._ends(self._assigned)  # is anybody there?
                self._seen_at = clock()
            for partition, records in fetched.items():
                yield self._read(partition, records)

    async def close(self) -> None:
        """Leaves nothing open."""
        await stopped(self._consumer)

    async def committed(self, position: Position) -> None:
        """A courtesy to tools: nobody reads on from there."""
        if self._settings.group is None:
            return
        told = {
            Partition(topic, number): place.offset
            for topic, number, place in Places.of(position)
            if Partition(topic, number) in self._assigned
        }
        with contextlib.suppress(TimeoutError, errors.KafkaError, errors.IllegalStateError):
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                await self._consumer.commit(told)

    # -- partitions -----------------------------------------------------------------------------

    async def _found(self) -> None:
        """The topics are there and we may read them."""
        client = self._consumer._client  # the library shows partitions only of subscribed topics
        for topic in self._kinds:
            try:
                async with asyncio.timeout(self._settings.timeout.total_seconds()):
                    await client._wait_on_metadata(topic)
            except (TimeoutError, errors.UnknownTopicOrPartitionError) as error:
                raise UnavailableError(
                    f"{self._name}: there is no topic {topic}, or we may not know of it. It is"
                    " looked for again; create it, or correct its name.",
                    reached=True,
                ) from error
            except errors.KafkaError as error:
                raise self._lost(error) from error

    async def _appeared(self) -> None:
        """Takes partitions that were added; one that is new to us is read from its beginning."""
        now = {
            Partition(topic, number)
            for topic in self._kinds
            for number in self._consumer.partitions_for_topic(topic) or ()
        }
        if now <= self._assigned:
            return
        new = [each for each in now if self._place(each) is None]
        at_end = [
            each
            for each in new
            if not self._places.knows(each.topic) and self._topic(each).begin == "end"
        ]
        starts = {**await self._begins(new), **await self._ends(at_end)}
        for each, offset in starts.items():
            self._places.move(each.topic, each.partition, Place(offset))
        self._assigned |= now
        self._consumer.assign(list(self._assigned))
        for each in self._assigned:
            place = self._place(each)
            assert place is not None
            self._consumer.seek(each, place.offset)

    async def _passed(self, asked: Mapping[Any, int]) -> AsyncIterator[Item]:
        """We asked for offsets that are gone: they are named, and we read on behind them."""
        begins, ends = await self._begins(list(asked)), await self._ends(list(asked))
        for each, offset in asked.items():
            begin, end = begins[each], ends[each]
            place = self._place(each) or Place(offset)
            if offset < begin:
                missed = (offset, begin - 1, "retention passed us")
                place = Place(begin, place.life)
            elif offset > end:
                missed = (end, offset - 1, "the partition ends before what we had read")
                place = Place(begin, place.life + 1)
            else:
                continue
            self._places.move(each.topic, each.partition, place)
            self._consumer.seek(each, place.offset)
            first, last, why = missed
            gap = gap_item(each.topic, each.partition, place.life, first=first, last=last, why=why)
            yield _at(gap, self._places.position())

    def _place(self, each: Any) -> Place | None:
        return self._places.of_partition(each.topic, each.partition)

    def _topic(self, each: Any) -> Topic:
        return self._kinds[each.topic][1]

    async def _begins(self, partitions: Sequence[Any]) -> Mapping[Any, int]:
        return await self._asked(self._consumer.beginning_offsets, partitions)

    async def _ends(self, partitions: Any) -> Mapping[Any, int]:
        return await self._asked(self._consumer.end_offsets, list(partitions))

    async def _asked(self, ask: Any, partitions: Sequence[Any]) -> Mapping[Any, int]:
        if not partitions:
            return {}
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                return await ask(partitions)
        except (TimeoutError, errors.KafkaError) as error:
            raise self._lost(error) from error

    def _lost(self, error: Exception) -> Exception:
        if isinstance(error, errors.TopicAuthorizationFailedError):
            return CredentialsError(
                f"{self._name}: we may not read {error}. Grant READ and DESCRIBE, then resume."
            )
        said = said_of(self._name, error, doing="reading")
        if isinstance(said, AttentionError):
            return said
        return UnavailableError(str(said), reached=True)

    # -- records --------------------------------------------------------------------------------

    def _read(self, partition: Any, records: Sequence[Any]) -> Iterator[Item]:
        kind, topic = self._kinds[partition.topic]
        place = self._place(partition) or Place(0)
        head, tail = self._places.around(partition.topic, partition.partition)
        stands = f"{head}[{place.offset},{place.life}]{tail}"
        for record in records:
            before, stands = stands, f"{head}[{record.offset + 1},{place.life}]{tail}"
            taken = Taken(
                partition.topic,
                partition.partition,
                record.offset,
                place.life,
                -1 if record.timestamp is None else record.timestamp,
                record.key,
                record.value,
                record.headers,
                stands,
            )
            found = items_of(kind, topic, taken)
            if len(found) > 1:  # only the last lets us go on behind the record
                found = [*(_at(item, before) for item in found[:-1]), found[-1]]
            yield from found
        if records:
            behind = Place(records[-1].offset + 1, place.life)
            self._places.move(partition.topic, partition.partition, behind)


def _at(item: Item, position: Position) -> Item:
    return msgspec.structs.replace(item, position=position)
