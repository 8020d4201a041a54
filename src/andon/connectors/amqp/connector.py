"""AMQP 0-9-1: queues as items, acknowledged after the log has them; commands as messages."""

__all__ = ["Amqp"]

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence, Set
from datetime import UTC, datetime

from andon.connectors._declared import faults_of
from andon.connectors._messages import written
from andon.connectors._publication import mode_for
from andon.connectors._topics import AMQP, Template
from andon.connectors.amqp.items import Reader
from andon.connectors.amqp.publishing import Publisher
from andon.connectors.amqp.reading import Reading
from andon.connectors.amqp.session import Session, connected
from andon.connectors.amqp.settings import AmqpSettings
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import Fault, OutcomeUnknownError, RejectedError, SettingsError


class Amqp(Source[AmqpSettings], Sink[AmqpSettings]):
    """One virtual host. What is read is acknowledged when it is in the log; what is published is
    done when the broker confirms it. `Request.target` is `exchange/routing.key`, or `/queue`."""

    settings_type = AmqpSettings

    def __init__(self, name: str, settings: AmqpSettings) -> None:
        super().__init__(name, settings)
        self._readers: Sequence[Reader] = ()
        self._reading: Reading | None = None
        self._publisher: Publisher | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Looks at the settings; the first read or send tells whether the broker is there."""
        self._readers = self._checked()

    async def close(self) -> None:
        """Leaves the broker; the queues keep what comes."""
        if self._publisher is not None:
            await self._publisher.session.close()
            self._publisher = None

    def faults(self) -> Sequence[Fault]:
        """Every mistake of the messages."""
        return faults_of(self._checked)

    @property
    def kinds(self) -> Set[str]:
        """One for each entry of `messages`."""
        return set(self.settings.messages)

    def _checked(self) -> Sequence[Reader]:
        """Every mistake of the messages at once."""
        faults: list[Fault] = []
        readers: list[Reader] = []
        for kind, one in self.settings.messages.items():
            at = f"messages.{kind}"
            if one.at is not None and not one.at.startswith("/"):
                faults.append(Fault(f"{at}.at", f"{one.at!r} is no JSON pointer"))
            if not one.queue:
                faults.append(Fault(f"{at}.queue", "is empty"))
            try:
                template = None if one.routing is None else Template(one.routing, AMQP)
            except SettingsError as error:
                faults.append(Fault(f"{at}.routing", str(error)))
                continue
            readers.append(Reader(kind, one.queue, template, one.format, one.key, one.at))
        if faults:
            raise SettingsError(f"{self.name} cannot be opened", faults)
        # Whatever no other kind takes is looked at last.
        return sorted(readers, key=lambda reader: reader.template is None)

    # -- reading --------------------------------------------------------------------------------

    @property
    def reads(self) -> bool:
        """Without messages we only publish."""
        return bool(self.settings.messages)

    async def read(self, after: Position) -> AsyncGenerator[Item]:
        """What the queues hold, then on as it comes. A queue has no positions: the broker keeps
        what was not acknowledged and sends it again, so a position only counts within one
        connection."""
        del after
        async with connected(self.name, self.settings) as session:
            self._reading = Reading(
                self.name,
                session,
                self._readers,
                in_flight=self.settings.in_flight,
                within=self.settings.timeout.total_seconds(),
            )
            try:
                async with contextlib.aclosing(self._reading.items()) as items:
                    async for item in items:
                        yield item
            finally:
                self._reading = None

    async def committed(self, position: Position) -> None:
        """The broker may forget what is in the log."""
        if self._reading is not None:
            await self._reading.acknowledge(position)

    # -- writing --------------------------------------------------------------------------------

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One persistent message under our key as its `message-id`; done when the broker confirms
        it. What no queue takes is refused."""
        exchange, slash, routing_key = request.target.partition("/")
        if not slash:
            raise RejectedError(
                f"{request.target!r} is nowhere to publish to. Write exchange/routing.key, or"
                " /queue.",
                "bad-target",
            )
        if len(exchange.encode()) > 255 or len(routing_key.encode()) > 255:
            raise RejectedError(f"{request.target[:80]}... is longer than AMQP allows.", "too-long")
        message = written(
            request.body, mode_for(request.body, self.settings.mode),
            key=key, source=self.settings.source, now=datetime.now(UTC),
        )  # fmt: skip
        publisher = await self._connected()
        await publisher.publish(exchange, routing_key, message, key=key)
        return Receipt()

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 a sink's signature
        """Nobody can tell: a queue cannot be searched, and what was read is gone from it."""
        raise OutcomeUnknownError(
            f"{self.name}: a broker cannot be asked whether {request.target} was published."
            " Declare the command `keyed` where every reader knows a repeat by its message-id,"
            " else `none`."
        )

    async def _connected(self) -> Publisher:
        """The publishing session, made anew when the last one ended."""
        async with self._opening:
            publisher = self._publisher
            if publisher is None or publisher.session.ended.done():
                if publisher is not None:
                    await publisher.session.close()
                    self._publisher = None
                session = Session(self.name, self.settings)
                await session.open()
                within = self.settings.timeout.total_seconds()
                publisher = self._publisher = Publisher(self.name, session, within=within)
            return publisher
