"""Whether a stream holds a command of ours: its key is the message's `Nats-Msg-Id`."""

__all__ = ["MESSAGE_ID", "found"]

import asyncio
import contextlib
from datetime import datetime
from typing import cast

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, RetentionPolicy, StreamInfo
from nats.js.errors import NotFoundError

from andon.connectors.nats.pulling import Pull, sequence_of, waiting_of
from andon.connectors.nats.session import Session
from andon.connectors.nats.settings import NatsSettings
from andon.core.connector import Receipt
from andon.core.errors import OutcomeUnknownError

MESSAGE_ID = "Nats-Msg-Id"
_BATCH = 1000


async def found(
    session: Session, settings: NatsSettings, subject: str, *, key: str, now: datetime
) -> Receipt | None:
    """Looks at the last message of the subject, then through the headers of all it kept. Raises
    OutcomeUnknownError where the stream forgets too soon to prove that nothing came."""
    stream = settings.expected or await _stream_of(session, subject)
    if stream is None:
        raise OutcomeUnknownError(
            f"No stream keeps {subject} (any more), so nobody can tell whether {key} arrived."
        )
    info = await session.asked(session.streams.stream_info(stream))
    sequence = await _last(session, stream, subject, key)
    since = now - settings.looks_back
    if sequence is None and info.config.retention in (None, RetentionPolicy.LIMITS):
        sequence = await _looked_through(session, settings, stream, subject, key, since)
    if sequence is not None:
        return Receipt(reference=f"{stream}/{sequence}", body={"stream": stream, "seq": sequence})
    if why := await _forgets(session, stream, info, since):
        raise OutcomeUnknownError(
            f"{key} is not in {stream}, and that proves nothing: {why}."
            f" Ask whoever reads {subject}."
        )
    return None


async def _stream_of(session: Session, subject: str) -> str | None:
    async def named() -> str | None:
        try:
            return await session.streams.find_stream_name_by_subject(subject)
        except NotFoundError:
            return None

    return await session.asked(named())


async def _last(session: Session, stream: str, subject: str, key: str) -> int | None:
    async def last() -> int | None:
        try:
            message = await session.streams.get_last_msg(stream, subject)
        except NotFoundError:
            return None
        headers = cast("dict[str, str]", message.headers or {})  # pyright: ignore[reportUnknownMemberType] the library does not say
        return message.seq if headers.get(MESSAGE_ID) == key else None

    return await session.asked(last())


async def _looked_through(
    session: Session, settings: NatsSettings, stream: str, subject: str, key: str, since: datetime
) -> int | None:
    wanted = ConsumerConfig(
        description="Andon looks for one of its commands",
        deliver_policy=DeliverPolicy.BY_START_TIME,
        opt_start_time=since,
        ack_policy=AckPolicy.NONE,
        filter_subject=subject,
        headers_only=True,
        inactive_threshold=30,
        mem_storage=True,
        num_replicas=1,
    )
    made = await session.consumer(stream, wanted)
    patience = settings.timeout.total_seconds()
    try:
        if not made.num_pending:
            return None
        pull = Pull(session, stream, made.name, batch=_BATCH, patience=patience)
        async with (
            asyncio.timeout(max(patience, settings.settles_within.total_seconds())),
            contextlib.aclosing(pull.messages()) as messages,
        ):
            async for message in messages:
                if (message.headers or {}).get(MESSAGE_ID) == key:
                    return sequence_of(message)
                if not waiting_of(message):
                    return None
    except TimeoutError:
        raise OutcomeUnknownError(
            f"{stream} holds too many messages of {subject} to look through them in time."
            " Shorten looks_back, or lengthen settles_within."
        ) from None
    finally:
        await session.asked(session.streams.delete_consumer(stream, made.name))
    return None


async def _forgets(session: Session, stream: str, info: StreamInfo, since: datetime) -> str:
    """Why absence proves nothing here; empty when it does."""
    config, state = info.config, info.state
    if config.retention not in (None, RetentionPolicy.LIMITS):
        return f"it keeps only what nobody has read yet ({config.retention})"
    if config.max_msgs_per_subject > 0:
        return f"it keeps the last {config.max_msgs_per_subject} messages of each subject"
    if state.first_seq <= 1:
        return ""
    if not state.messages:
        return "all its messages were let go"
    oldest = await session.asked(session.streams.get_msg(stream, state.first_seq))
    if oldest.time is None or _at(oldest.time) > since:
        return f"it was emptied up to {oldest.time}, later than looks_back asks for"
    return ""


def _at(time: datetime | str) -> datetime:
    return datetime.fromisoformat(time) if isinstance(time, str) else time
