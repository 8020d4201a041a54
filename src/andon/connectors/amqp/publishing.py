"""Messages published one at a time on each channel, so that an error belongs to one of them."""

__all__ = ["Publisher"]

import asyncio
from datetime import UTC, datetime

import aiormq
from aiormq.abc import AbstractChannel

from andon.connectors._messages import Written
from andon.connectors.amqp.session import Session, words
from andon.core.errors import (
    AndonError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
)

_PERSISTENT = 2
_PREFIX = "cloudEvents:"
_REFUSED = (
    aiormq.ChannelNotFoundEntity,
    aiormq.ChannelAccessRefused,
    aiormq.ChannelPreconditionFailed,
)


class Publisher:
    """A session with as many channels as there are messages on their way at once."""

    def __init__(self, name: str, session: Session, *, within: float) -> None:
        self._name = name
        self._within = within
        self._idle: list[AbstractChannel] = []
        self.session = session

    async def publish(self, exchange: str, routing_key: str, message: Written, *, key: str) -> None:
        """Returns when the broker has it on disk. Raises RejectedError, UnavailableError (nothing
        left) or OutcomeUnknownError."""
        channel = await self._channel()
        properties = aiormq.spec.Basic.Properties(
            content_type=message.content_type,
            delivery_mode=_PERSISTENT,
            message_id=key,
            timestamp=datetime.now(UTC),
            app_id="andon",
            headers={f"{_PREFIX}{name}": value for name, value in message.attributes.items()},
        )
        publishing = asyncio.ensure_future(
            channel.basic_publish(
                message.payload,
                exchange=exchange,
                routing_key=routing_key,
                properties=properties,
                mandatory=True,
            )
        )
        try:
            # Awaited from outside: the library ends a lost connection by a cancellation, too.
            await asyncio.wait({publishing}, timeout=self._within)
            if not publishing.done() or publishing.cancelled():
                raise OutcomeUnknownError(f"{exchange}/{routing_key}: the broker did not confirm")
            publishing.result()
        except (aiormq.AMQPError, OSError, RuntimeError) as error:
            raise _named(error, f"{exchange}/{routing_key}") from error
        finally:
            publishing.cancel()
            if publishing.done() and not channel.is_closed:
                self._idle.append(channel)

    async def _channel(self) -> AbstractChannel:
        while self._idle:
            channel = self._idle.pop()
            if not channel.is_closed:
                return channel
        if self.session.ended.done():
            raise UnavailableError(f"{self._name} is not connected")
        return await self.session.channel()


def _named(error: BaseException, target: str) -> AndonError:
    match error:
        case aiormq.PublishError(frame=aiormq.spec.Basic.Return() as told):
            return RejectedError(
                f"{target}: no queue takes it: {told.reply_text} ({told.reply_code})",
                str(told.reply_code),
            )
        case aiormq.DeliveryError():
            return OutcomeUnknownError(
                f"{target}: a queue refused it (a limit, or it was not ready); if several are bound"
                " there, others may hold it"
            )
        case _ if isinstance(error, _REFUSED):
            return RejectedError(f"{target}: the broker refused it: {words(error)}", "channel")
        case _:
            return OutcomeUnknownError(
                f"{target}: the connection broke before the broker confirmed: {words(error)}"
            )
