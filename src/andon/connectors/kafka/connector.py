"""Kafka: topics as items, read on from our own log; what happened as CloudEvents."""

__all__ = ["Kafka"]

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

import msgspec

from andon.connectors._cloudevents import STRUCTURED, structured
from andon.connectors.kafka.access import client_words, knock, quiet
from andon.connectors.kafka.places import Places
from andon.connectors.kafka.reading import Reader
from andon.connectors.kafka.sending import MARK, Writer, Written, look_for
from andon.connectors.kafka.settings import TOPIC, KafkaSettings
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import OutcomeUnknownError, RejectedError
from andon.core.moments import aware

_OURS = ("specversion", "id", "source", "datacontenttype", "data")


class Kafka(Source[KafkaSettings], Sink[KafkaSettings]):
    """One cluster. A record written is done when all replicas in sync have it.

    `Request.target` is a topic, `Request.body` the attributes of a CloudEvent and its `data`;
    records of one `subject` stand in one partition, in order.
    """

    settings_type = KafkaSettings

    def __init__(self, name: str, settings: KafkaSettings) -> None:
        super().__init__(name, settings)
        self._words: Mapping[str, Any] = {}
        self._reader: Reader | None = None
        self._writer: Writer | None = None
        self._one = asyncio.Lock()

    @property
    def reads(self) -> bool:
        """Without topics we only write."""
        return bool(self.settings.topics)

    async def open(self) -> None:
        """Looks at the certificates; the first read or send tells whether a broker is there."""
        quiet()
        self._words = client_words(self.name, self.settings)

    async def close(self) -> None:
        """Leaves nothing open."""
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
            async for item in reader.items():
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
        said = _said(request)
        subject = said.get("subject")
        value, headers = self._written(said, request.body["data"], key)
        writer = await self._ready()
        try:
            written = await writer.put(
                request.target,
                key=subject.encode() if subject else None,
                value=value,
                headers=headers,
            )
        except (OutcomeUnknownError, asyncio.CancelledError):
            await self._give_up(writer)  # else it goes on trying after we said that we do not know
            raise
        return _receipt(written)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """Reads the topic back from the event's `time` on, whatever partition it is in."""
        since = aware(_said(request).get("time"))
        await knock(self.name, self.settings, self._words)
        found = await look_for(self.name, self.settings, self._words, request.target, key, since)
        return None if found is None else _receipt(found)

    def _written(
        self, said: Mapping[str, str], data: Any, key: str
    ) -> tuple[bytes, list[tuple[str, bytes]]]:
        attributes = {"specversion": "1.0", "id": key, "source": self.settings.source, **said}
        body = msgspec.json.encode(data)
        mark = (MARK, key.encode())
        if self.settings.mode == "structured":
            kind = f"{STRUCTURED}; charset=UTF-8"
            return structured(attributes, body), [("content-type", kind.encode()), mark]
        headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
        return body, [("content-type", b"application/json"), *headers, mark]

    async def _ready(self) -> Writer:
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


def _said(request: Request) -> dict[str, str]:
    """The attributes a request gives. Raises RejectedError for what is no CloudEvent."""
    if not TOPIC.fullmatch(request.target):
        raise RejectedError(f"{request.target!r} is no name of a topic.", "InvalidTopic")
    told: Any = request.body
    body = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
    if not isinstance(body.get("type"), str) or "data" not in body:
        raise RejectedError(
            "What is written to Kafka is a CloudEvent: give a body with `type` and `data`.",
            "InvalidRecord",
        )
    return {n: str(v) for n, v in body.items() if n not in _OURS and v is not None}


def _receipt(written: Written) -> Receipt:
    where = f"{written.topic}/{written.partition}/{written.offset}"
    return Receipt(reference=where, body=msgspec.to_builtins(written))
