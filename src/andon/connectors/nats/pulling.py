"""Messages of one consumer, asked for in batches: never more than asked for is held here."""

__all__ = ["Pull", "sequence_of", "stored_of", "waiting_of"]

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error

from andon.connectors.nats.session import Session
from andon.core.errors import UnavailableError

_MOST_BYTES = 16 * 1024 * 1024
_BEAT, _NONE_LEFT, _TIME_OUT, _CONFLICT = "100", "404", "408", "409"


class Pull:
    """A pull consumer that is asked again before what was asked for has all come."""

    def __init__(
        self, session: Session, stream: str, consumer: str, *, batch: int, patience: float
    ) -> None:
        self._session = session
        self._batch = batch
        self._patience = patience
        """The server is heard twice in this time, or it is gone."""
        self._next = f"{session.api}.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._named = f"{stream}/{consumer}"
        self._came: asyncio.Queue[Msg | None] = asyncio.Queue()
        self._owed = 0

    async def messages(self) -> AsyncGenerator[Msg]:
        """In the order of delivery. Raises UnavailableError when connection or consumer end."""
        client = self._session.client
        inbox = client.new_inbox()
        taken = await self._session.subscription(inbox, self._came.put)
        self._session.ended.add_done_callback(self._end)
        try:
            while True:
                if self._owed <= self._batch // 2:
                    await self._ask(inbox)
                message = await self._one()
                if message.reply:
                    self._owed -= 1
                    yield message
                else:
                    self._told(message.headers or {})
        finally:
            self._session.ended.remove_done_callback(self._end)
            with contextlib.suppress(Error, OSError):
                await taken.unsubscribe()

    def _end(self, _: object) -> None:
        self._came.put_nowait(None)

    async def _ask(self, inbox: str) -> None:
        count = self._batch - self._owed
        most = max(_MOST_BYTES, 2 * self._session.client.max_payload)
        asked = {
            "batch": count,
            "expires": int(self._patience * 3e9),
            "idle_heartbeat": int(self._patience * 5e8),
            "max_bytes": most,
        }
        sent = self._session.client.publish(self._next, msgspec.json.encode(asked), reply=inbox)
        await self._session.asked(sent)
        self._owed += count

    async def _one(self) -> Msg:
        if self._came.empty():
            try:
                async with asyncio.timeout(self._patience):
                    message = await self._came.get()
            except TimeoutError:
                raise UnavailableError(
                    f"NATS is silent about {self._named} for {self._patience:.0f} s"
                ) from None
        else:
            message = self._came.get_nowait()
        if message is None:
            raise UnavailableError(f"The connection broke while {self._named} was read")
        return message

    def _told(self, status: dict[str, str]) -> None:
        """What is no message: a heartbeat, or the end of one request."""
        code, words = status.get("Status", ""), status.get("Description", "")
        if code == _CONFLICT and words.lower() == "batch completed":
            return  # all of one request came
        early = code == _CONFLICT and "maxbytes" in words.lower()
        if early or code in (_NONE_LEFT, _TIME_OUT):
            self._owed = max(0, self._owed - int(status.get("Nats-Pending-Messages", self._owed)))
        elif code != _BEAT:
            raise UnavailableError(
                f"NATS ends the reading of {self._named}: {words or 'no such consumer'} ({code})",
                reached=True,
            )


def sequence_of(message: Msg) -> int:
    """The number of a delivered message in its stream."""
    return int(_tokens(message)[0])


def stored_of(message: Msg) -> int:
    """When the stream stored it, in nanoseconds since 1970."""
    return int(_tokens(message)[2])


def waiting_of(message: Msg) -> int:
    """How many of the consumer's messages come after it."""
    return int(_tokens(message)[3])


def _tokens(message: Msg) -> list[str]:
    """Stream sequence, consumer sequence, time, pending: from `$JS.ACK...`, old form and new."""
    tokens = message.reply.split(".")
    return tokens[5:9] if len(tokens) == 9 else tokens[7:11]
