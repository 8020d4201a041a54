"""MQTT: topics as items, acknowledged after the log has them; commands as publications."""

__all__ = ["Mqtt", "MqttConnectionSettings", "Topic"]

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence, Set
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from andon.connectors._declared import faults_of
from andon.connectors._mqtt import MqttSettings, Taken
from andon.connectors._topics import Template
from andon.connectors.mqtt.items import Reader, item_of
from andon.connectors.mqtt.session import PlantSession
from andon.connectors.mqtt.shares import meet, share_fault, shared
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import (
    AndonError,
    Fault,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages of one kind."""

    template: str
    """`umh/v1/{enterprise}/{site}/_mes/{word...}`: named levels come with the item."""
    format: Literal["json", "text", "bytes"] = "json"
    """What a payload is; bytes come as base64."""
    key: str | None = None
    """JSON pointer to what tells one fact from another, `/event_id`. None: topic and payload, so
    the same words twice on one topic are one fact."""
    at: str | None = None
    """JSON pointer to when it happened, with its zone."""
    retained: Literal["read", "skip"] = "read"
    """What to do with the last message the broker kept, which comes with every subscription."""


class MqttConnectionSettings(MqttSettings, frozen=True, kw_only=True):
    """One broker, and what we read and write there."""

    topics: Mapping[str, Topic] = {}
    """Kind of item -> topic, read in the order written here."""
    share: str | None = None
    """Group whose readers get each message once between them, in no order (`$share`). Each reader
    needs a `client_id` of its own; what is for one that is away waits for it."""
    qos: Literal[0, 1] = 1
    """1: the broker keeps a message until it is in the log. 0: what nobody hears is gone."""
    retain: bool = False
    """Whether the broker keeps our last publication of each topic."""


class Mqtt(Source[MqttConnectionSettings], Sink[MqttConnectionSettings]):
    """One broker. A message read is acknowledged when it is in the log; one published is done when
    the broker has it. `Request.target` is a topic."""

    settings_type = MqttConnectionSettings

    def __init__(self, name: str, settings: MqttConnectionSettings) -> None:
        super().__init__(name, settings)
        self._reading: PlantSession | None = None
        self._writing: PlantSession | None = None
        self._ready = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._trouble: AndonError | None = None

    async def open(self) -> None:
        """Looks at the settings; the first read or send tells whether the broker is there."""
        self._readers = self._checked()

    async def close(self) -> None:
        """Leaves the broker; what it keeps for us stays there."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
            self._writer = None

    def faults(self) -> Sequence[Fault]:
        """Every mistake of the topics."""
        return faults_of(self._checked)

    @property
    def kinds(self) -> Set[str]:
        """One for each entry of `topics`."""
        return set(self.settings.topics)

    def _checked(self) -> Sequence[Reader]:
        """Every mistake of the topics at once."""
        faults: list[Fault] = []
        if urlsplit(self.settings.url).scheme not in ("mqtt", "mqtts"):
            faults.append(Fault("url", f"is {self.settings.url!r}; write mqtt:// or mqtts://"))
        readers: list[Reader] = []
        for kind, topic in self.settings.topics.items():
            try:
                readers.append(
                    Reader(
                        kind,
                        topic.format,
                        topic.key,
                        topic.at,
                        topic.retained,
                        Template(topic.template),
                    )
                )
            except SettingsError as error:
                faults.append(Fault(f"topics.{kind}.template", str(error)))
            for field in ("key", "at"):
                pointer: str | None = getattr(topic, field)
                if pointer is not None and not pointer.startswith("/"):
                    faults.append(
                        Fault(f"topics.{kind}.{field}", f"{pointer!r} is no JSON pointer")
                    )
        faults += self._share_faults(readers)
        if faults:
            raise SettingsError(f"{self.name} cannot be opened", faults)
        return readers

    def _share_faults(self, readers: Sequence[Reader]) -> Iterator[Fault]:
        """What would bring a message to nobody, or to two."""
        if self.settings.share is None:
            return
        if (fault := share_fault(self.settings.share)) is not None:
            yield fault
        for first, later in itertools.combinations(readers, 2):
            one, other = first.template.filter, later.template.filter
            if one != other and meet(one, other):
                says = (
                    f"a message that fits {first.kind}, too, would go to two readers of the share"
                )
                yield Fault(f"topics.{later.kind}.template", says)

    # -- reading --------------------------------------------------------------------------------

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """What comes from now on, and what the broker kept since we left. The broker knows where
        we stand, so the position only counts within one connection."""
        del after
        if not self._readers:
            await asyncio.Event().wait()
        session = PlantSession(self.name, self.settings, clean=False)
        async with session.running():
            self._reading = session
            try:
                await self._subscribe(session)
                async for taken in session.messages():
                    if (item := self._item(taken)) is not None:
                        yield item
                    elif session.nothing_before(taken.number):
                        session.acknowledge(taken.number)  # no item will ever stand for it
            finally:
                self._reading = None

    async def _subscribe(self, session: PlantSession) -> None:
        filters = list(dict.fromkeys(reader.template.filter for reader in self._readers))
        if self.settings.share is None:
            await session.subscribe(filters, self.settings.qos)
            return
        ours = [shared(one, self.settings.share) for one in filters]
        await session.subscribe(ours, self.settings.qos)
        # From before it shared: it would get every message, and its share of them once more.
        await session.unsubscribe(filters)

    async def committed(self, position: Position) -> None:
        """The broker may forget what is in the log."""
        if self._reading is not None:
            self._reading.acknowledge(int(position))

    def _item(self, taken: Taken) -> Item | None:
        for reader in self._readers:
            places = reader.template.places(taken.topic)
            if places is not None:
                # MQTT 5 retains nothing for a share (4.8.2); mosquitto 2 sends it to each reader.
                skips = reader.retained == "skip" or self.settings.share is not None
                return None if taken.retained and skips else item_of(reader, taken, places)
        return None

    # -- writing --------------------------------------------------------------------------------

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One publication; done when the broker acknowledges it. With MQTT 5 our key travels as the
        user property `andon-key`, by which a reader knows a repeat."""
        topic = request.target
        if not topic or set(topic) & set("+#\0") or topic.startswith("$"):
            raise RejectedError(f"{topic!r} is no topic to publish to.", "topic-name-invalid")
        session = await self._connected()
        body = request.body
        payload = body if isinstance(body, bytes) else msgspec.json.encode(body)
        await session.publish(
            topic,
            payload,
            qos=self.settings.qos,
            retain=self.settings.retain,
            marks=[("andon-key", key)],
        )
        return Receipt()

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 a sink's signature
        """Nobody can tell: a broker does not say what it has passed on. Declare the command
        `keyed` where every reader knows a repeat by our key, else `none`."""
        raise OutcomeUnknownError(
            f"{self.name}: a broker cannot be asked whether {request.target} was published."
        )

    async def _connected(self) -> PlantSession:
        """The writing session; waits for its connection, and says what stands in its way."""
        if self._writer is None or self._writer.done():
            self._ready.clear()
            self._trouble = None
            self._writer = asyncio.create_task(self._write())
        waiting = asyncio.create_task(self._ready.wait())
        try:
            await asyncio.wait({waiting, self._writer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._writing is None:
            raise self._trouble or UnavailableError(f"{self.name} is not connected")
        return self._writing

    async def _write(self) -> None:
        """Holds the writing connection until it ends."""
        session = PlantSession(self.name, self.settings, clean=True, suffix="-out")
        try:
            async with session.running():
                self._writing = session
                self._ready.set()
                async for _ in session.messages():
                    pass  # nothing was asked for; the loop ends with the connection
        except AndonError as error:
            self._trouble = error
        finally:
            self._writing = None
