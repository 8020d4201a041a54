"""Queues read by one channel: every message waits for our acknowledgment at the broker."""

__all__ = ["Reading"]

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from typing import Any, cast

import aiormq
from aiormq.abc import AbstractChannel, DeliveredMessage

from andon.connectors.amqp.items import Arrived, Reader, items_of
from andon.connectors.amqp.session import Session, words
from andon.core.connector import Item, Position
from andon.core.errors import AndonError, SettingsError, UnavailableError

_PROPERTIES = (
    "content_type", "content_encoding", "correlation_id", "reply_to", "message_id", "timestamp",
    "message_type", "user_id", "app_id", "priority", "expiration",
)  # fmt: skip


class Reading:
    """One run of reading. What is yielded is acknowledged by `acknowledge`, never before."""

    def __init__(
        self,
        name: str,
        session: Session,
        readers: Sequence[Reader],
        *,
        in_flight: int,
        within: float,
    ) -> None:
        self._name = name
        self._session = session
        self._readers = readers
        self._in_flight = in_flight
        self._within = within
        self._queues: dict[str, str] = {}
        self._came: asyncio.Queue[DeliveredMessage | AndonError] = asyncio.Queue()
        self._channel: AbstractChannel | None = None
        self._yielded = self._acknowledged = 0

    async def items(self) -> AsyncGenerator[Item]:
        """What the queues hold and what comes. Raises UnavailableError when the connection or a
        consumer ends, SettingsError for a queue that is not ours to read."""
        channel = await self._session.channel()
        self._channel = channel
        cast("Any", channel).closing.add_done_callback(self._broken)
        self._session.ended.add_done_callback(self._broken)
        await self._consume(channel)
        while True:
            came = await self._came.get()
            if isinstance(came, AndonError):
                raise came
            message = self._arrived(came)
            self._yielded = message.tag
            for item in items_of(self._readers, message):
                yield item

    async def acknowledge(self, position: Position) -> None:
        """The broker may forget everything up to here. A connection that is gone meanwhile is no
        fault: it comes again and is known by its key."""
        tag = int(position)
        if self._channel is None or not self._acknowledged < tag <= self._yielded:
            return
        self._acknowledged = tag
        with contextlib.suppress(aiormq.AMQPError, OSError, RuntimeError):
            await self._channel.basic_ack(tag, multiple=True)

    async def _consume(self, channel: AbstractChannel) -> None:
        queue = ""
        try:
            await channel.basic_qos(prefetch_count=self._in_flight)
            for queue in dict.fromkeys(reader.queue for reader in self._readers):
                tag = f"andon-{self._name}-{queue}"
                self._queues[tag] = queue
                async with asyncio.timeout(self._within):
                    await channel.basic_consume(queue, self._put, consumer_tag=tag)
        except TimeoutError as error:
            raise UnavailableError(
                f"{self._name}: {queue} does not answer; a quorum queue waits for most of its"
                " members",
                reached=True,
            ) from error
        except (aiormq.ChannelNotFoundEntity, aiormq.ChannelAccessRefused) as error:
            raise SettingsError(
                f"{self._name}: {words(error)}. Correct the queue's name, or ask for the right to"
                " read it."
            ) from error
        except (aiormq.AMQPError, OSError, RuntimeError) as error:
            raise self._gone(error) from error
        cancelled: Any = getattr(channel, "on_consumer_cancel_callbacks", None)
        if cancelled is not None:
            cancelled.add(self._cancelled)

    async def _put(self, message: DeliveredMessage) -> None:
        self._came.put_nowait(message)

    def _cancelled(self, frame: aiormq.spec.Basic.Cancel) -> None:
        queue = self._queues.get(frame.consumer_tag or "", "a queue")
        self._came.put_nowait(
            UnavailableError(f"{self._name}: the broker ends the reading of {queue}", reached=True)
        )

    def _broken(self, ended: "asyncio.Future[Any]") -> None:
        error = None if ended.cancelled() else ended.exception()
        self._came.put_nowait(self._gone(error))

    def _gone(self, error: BaseException | None) -> AndonError:
        why = "the connection broke" if error is None else words(error)
        return UnavailableError(f"{self._name}: reading ended: {why}")

    def _arrived(self, message: DeliveredMessage) -> Arrived:
        delivery = message.delivery
        assert isinstance(delivery, aiormq.spec.Basic.Deliver)
        said = message.header.properties
        found = {name: getattr(said, name) for name in _PROPERTIES}
        return Arrived(
            queue=self._queues[delivery.consumer_tag or ""],
            exchange=message.exchange or "",
            routing_key=message.routing_key or "",
            properties={_named(name): value for name, value in found.items() if value is not None},
            headers=said.headers or {},
            payload=message.body,
            tag=delivery.delivery_tag or 0,
        )


def _named(name: str) -> str:
    """AMQP calls it `type`; the library had to call it otherwise."""
    return "type" if name == "message_type" else name
