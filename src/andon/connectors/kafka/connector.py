"""Kafka: topics as items, read on from our own log; what happened as CloudEvents."""

__all__ = ["Kafka"]

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from andon.connectors._messages import CloudEvent, written
from andon.connectors.kafka.access import client_words, knock, quiet
from andon.connectors.kafka.looking import Looks
from andon.connectors.kafka.places import Places
from andon.connectors.kafka.reading import Reader
from andon.connectors.kafka.sending import MARK, Writer, Written
from andon.connectors.kafka.settings import TOPIC, KafkaSettings
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import OutcomeUnknownError, RejectedError


class Kafka(Source[KafkaSettings], Sink[KafkaSettings]):
    """One cluster. A record written is done when all replicas in sync have it.

    `Request.target` is a topic, `Request.body` a CloudEvent or a table of its fields;
    records of one `subject` stand in one partition, in order.
    """

    settings_type = KafkaSettings

    def __init__(self, name: str, settings: KafkaSettings) -> None:
        super().__init__(name, settings)
        self._words: Mapping[str, Any] = {}
        self._reader: Reader | None = None
        self._writer: Writer | None = None
        self._looks = Looks(name, settings, {})
        self._one = asyncio.Lock()

    @property
    def reads(self) -> bool:
        """Without topics we only write."""
        return bool(self.settings.topics)

    async def open(self) -> None:
        """Looks at the certificates; the first read or send tells whether a broker is there."""
        quiet()
        self._words = client_words(self.name, self.settings)
        self._looks = Looks(self.name, self.settings, self._words)

    async def close(self) -> None:
        """Leaves nothing open."""
        await self._looks.close()
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.close()

    # -- reading --------------------------------------------------------------------------------

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Every partition of every topic, on from where our log stands."""
        places = Places.of(after)
        await knock(self.name, self.settings, self._words)
        reader = Reader(self.name, self.settings, self._words, places)
        self._reader = reader
        try:
            async for step in reader.steps():
                for item in step:
                    yield item
        finally:
            self._reader = None
            await reader.close()

    async def committed(self, position: Position) -> None:
        """Tells the consumer group, if there is one, for tools that show lag."""
        if self._reader is not None:
            await self._reader.committed(position)

    # -- writing --------------------------------------------------------------------------------

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One CloudEvent, with our key as its id: a reader knows a repeat by it."""
        event = _event(request)
        content_type, attributes, value = written(
            event, self.settings.mode, key=key, source=self.settings.source, now=datetime.now(UTC)
        )
        headers = [("content-type", content_type), (MARK, key)]
        headers += [(f"ce_{name}", value) for name, value in attributes.items()]
        writer = await self._ready()
        try:
            place = await writer.put(
                request.target,
                key=event.subject.encode() or None,
                value=value,
                headers=[(name, word.encode()) for name, word in headers],
            )
        except (OutcomeUnknownError, asyncio.CancelledError):
            await self._give_up(writer)  # else it goes on trying after we said that we do not know
            raise
        return _receipt(place)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """Reads the topic back from the event's time on, whatever partition it is in."""
        since = _event(request).at
        await knock(self.name, self.settings, self._words)
        found = await self._looks(request.target, key, since)
        return None if found is None else _receipt(found)

    async def _ready(self) -> Writer:
        if self._writer is not None:
            return self._writer
        async with self._one:
            if self._writer is None:
                writer = Writer(self.name, self.settings, self._words)
                await writer.open()
                self._writer = writer
            return self._writer

    async def _give_up(self, writer: Writer) -> None:
        if self._writer is writer:
            self._writer = None
            await writer.close()


def _event(request: Request) -> CloudEvent:
    """What a request wants written. Raises RejectedError for what is no CloudEvent."""
    if not TOPIC.fullmatch(request.target):
        raise RejectedError(f"{request.target!r} is no name of a topic.", "InvalidTopic")
    try:
        event = msgspec.convert(request.body, CloudEvent)
    except msgspec.ValidationError as error:
        raise RejectedError(
            f"What is written to Kafka is a CloudEvent, or holds `type` and `data`: {error}.",
            "InvalidRecord",
        ) from error
    if event.at is not None and event.at.utcoffset() is None:
        raise RejectedError(f"The event's time {event.at} has no zone.", "InvalidTimestamp")
    return event


def _receipt(written: Written) -> Receipt:
    where = f"{written.topic}/{written.partition}/{written.offset}"
    return Receipt(reference=where, body=msgspec.to_builtins(written))
