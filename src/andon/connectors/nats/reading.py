"""Our durable consumer, set to where the log stands, and its messages as items."""

__all__ = ["Reading"]

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Sequence

from nats.aio.msg import Msg
from nats.errors import Error
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy
from nats.js.errors import NotFoundError

from andon.connectors.nats.items import Place, Reader, items_of
from andon.connectors.nats.pulling import Pull, sequence_of, stored_of
from andon.connectors.nats.session import Session
from andon.connectors.nats.settings import NatsSettings
from andon.connectors.nats.standing import Standing, let_go, standing
from andon.core.connector import Item, Position

_BATCH = 256


class Reading:
    """One run of reading. What is yielded is acknowledged by `acknowledge`, never before."""

    def __init__(
        self, name: str, settings: NatsSettings, session: Session, readers: Sequence[Reader]
    ) -> None:
        assert settings.stream is not None
        self._settings = settings
        self._session = session
        self._readers = readers
        self._stream = settings.stream
        self._consumer = settings.consumer or f"andon-{name}"
        self._filters = list(dict.fromkeys(reader.template.filter for reader in readers))
        self._unacknowledged: OrderedDict[Position, str] = OrderedDict()
        self._whole = False
        self._looked_at = float("-inf")

    async def items(self, after: Position) -> AsyncGenerator[Item]:
        """What the stream let go first, then what it has, then on as it comes."""
        asked, streams = self._session.asked, self._session.streams
        info = await asked(streams.stream_info(self._stream))
        self._whole = set(self._filters) >= set(info.config.subjects or ())
        stands = standing(self._stream, info, after)
        await self._set(stands)
        if stands.missing is not None:
            yield stands.missing
        pull = Pull(
            self._session, self._stream, self._consumer,
            batch=min(_BATCH, self._settings.in_flight),
            patience=self._settings.timeout.total_seconds(),
        )  # fmt: skip
        before = stands.place
        try:
            async with contextlib.aclosing(pull.messages()) as messages:
                async for message in messages:
                    place = before._replace(sequence=sequence_of(message))
                    if stands.keeps and (missing := await self._missing(before, place)):
                        yield missing
                    self._unacknowledged[place.position()] = message.reply
                    for item in self._read(message, place):
                        yield item
                    before = max(before, place)
        finally:
            await self._give_back(stands)

    async def acknowledge(self, position: Position) -> None:
        """The server may forget everything up to here. A connection that is gone meanwhile is no
        fault: it comes again and is known by its key."""
        if position not in self._unacknowledged:
            return
        with contextlib.suppress(Error, OSError):
            while self._unacknowledged:
                one, reply = self._unacknowledged.popitem(last=False)
                await self._session.client.publish(reply, b"+ACK")
                if one == position:
                    return

    def _read(self, message: Msg, place: Place) -> Sequence[Item]:
        for reader in self._readers:
            if reader.template.places(message.subject) is not None:
                headers = message.headers or {}
                stored = stored_of(message)
                return items_of(reader, message.subject, headers, message.data, place, stored)
        raise AssertionError(f"{message.subject} came through {self._filters}")

    # -- the consumer ---------------------------------------------------------------------------

    async def _set(self, stands: Standing) -> None:
        """Where the stream keeps what was acknowledged, a consumer that stands elsewhere than the
        log is made anew; else it keeps its own account, and what it holds unacknowledged comes."""
        asked, streams = self._session.asked, self._session.streams
        found = await asked(self._found())
        if found is not None and stands.keeps:
            if self._in_step(found, stands.place.sequence):
                return
            await asked(streams.delete_consumer(self._stream, self._consumer))
        await self._session.consumer(self._stream, self._wanted(stands))

    async def _found(self) -> ConsumerInfo | None:
        try:
            return await self._session.streams.consumer_info(self._stream, self._consumer)
        except NotFoundError:
            return None

    def _in_step(self, found: ConsumerInfo, sequence: int) -> bool:
        config, floor, given = found.config, found.ack_floor, found.delivered
        filters = config.filter_subjects or [config.filter_subject]
        return (
            floor is not None
            and given is not None
            and floor.stream_seq == given.stream_seq == sequence
            and set(filters) == set(self._filters)
            and config.max_ack_pending == self._settings.in_flight
            and config.ack_wait == self._settings.ack_wait.total_seconds()
        )

    def _wanted(self, stands: Standing) -> ConsumerConfig:
        after = stands.place.sequence if stands.keeps else 0
        one = len(self._filters) == 1
        return ConsumerConfig(
            name=self._consumer,
            durable_name=self._consumer,
            description="Andon; made anew where the log says",
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self._settings.ack_wait.total_seconds(),
            max_ack_pending=self._settings.in_flight,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE if after else DeliverPolicy.ALL,
            opt_start_seq=after + 1 if after else None,
            filter_subject=self._filters[0] if one else None,
            filter_subjects=None if one else self._filters,
        )

    async def _give_back(self, stands: Standing) -> None:
        """What nobody will acknowledge comes again at once, not after `ack_wait`."""
        if stands.keeps:
            return
        with contextlib.suppress(Error, OSError, TimeoutError):
            for reply in self._unacknowledged.values():
                await self._session.client.publish(reply, b"-NAK")
            async with asyncio.timeout(0.3):
                await self._session.client.flush()

    # -- gaps -----------------------------------------------------------------------------------

    async def _missing(self, before: Place, here: Place) -> Item | None:
        """Numbers between two messages that retention took while we read. Where we read only some
        subjects, numbers are missing all the time, and the stream is asked once a second."""
        if here.sequence <= before.sequence + 1:
            return None
        now = asyncio.get_running_loop().time()
        if not self._whole and now < self._looked_at + 1:
            return None
        self._looked_at = now
        info = await self._session.asked(self._session.streams.stream_info(self._stream))
        last = min(info.state.first_seq, here.sequence) - 1
        if last <= before.sequence:
            return None
        return let_go(before._replace(sequence=last), before.sequence + 1)
