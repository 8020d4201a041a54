"""NATS JetStream: a stream as items, acknowledged after the log has them; commands published."""

__all__ = ["Nats"]

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence, Set
from datetime import UTC, datetime

from nats.errors import (
    BadHeaderError,
    BadSubjectError,
    ConnectionClosedError,
    ConnectionDrainingError,
    Error,
    MaxPayloadError,
)
from nats.js.api import PubAck
from nats.js.errors import APIError, NoStreamResponseError, NotFoundError, ServiceUnavailableError

from andon.connectors._cloudevents import headers_of
from andon.connectors._declared import faults_of
from andon.connectors._messages import written
from andon.connectors._publication import mode_for
from andon.connectors._topics import NATS, Template
from andon.connectors.nats.finding import MESSAGE_ID, found
from andon.connectors.nats.items import Reader
from andon.connectors.nats.reading import Reading
from andon.connectors.nats.session import Session, connected
from andon.connectors.nats.settings import NatsSettings
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import (
    Fault,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)


class Nats(Source[NatsSettings], Sink[NatsSettings]):
    """One account with JetStream. What is read is acknowledged when it is in the log; what is
    published is done when the stream has stored it. `Request.target` is a subject."""

    settings_type = NatsSettings

    def __init__(self, name: str, settings: NatsSettings) -> None:
        super().__init__(name, settings)
        self._readers: Sequence[Reader] = ()
        self._reading: Reading | None = None
        self._writing: Session | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Looks at the settings; the first read or send tells whether the server is there."""
        self._readers = self._checked()

    async def close(self) -> None:
        """Leaves the server; our consumer stays there."""
        if self._writing is not None:
            await self._writing.close()
            self._writing = None

    def faults(self) -> Sequence[Fault]:
        """Every mistake of the subjects."""
        return faults_of(self._checked)

    @property
    def kinds(self) -> Set[str]:
        """One for each entry of `subjects`."""
        return set(self.settings.subjects)

    def _checked(self) -> Sequence[Reader]:
        """Every mistake of the subjects at once."""
        faults: list[Fault] = []
        readers: list[Reader] = []
        for kind, subject in self.settings.subjects.items():
            at = f"subjects.{kind}"
            if subject.at is not None and not subject.at.startswith("/"):
                faults.append(Fault(f"{at}.at", f"{subject.at!r} is no JSON pointer"))
            try:
                template = Template(subject.template, NATS)
            except SettingsError as error:
                faults.append(Fault(f"{at}.template", str(error)))
                continue
            readers.append(Reader(kind, subject.format, subject.key, subject.at, template))
        if faults:
            raise SettingsError(f"{self.name} cannot be opened", faults)
        return readers

    # -- reading --------------------------------------------------------------------------------

    @property
    def reads(self) -> bool:
        """Without subjects we only publish."""
        return bool(self.settings.subjects)

    async def read(self, after: Position) -> AsyncGenerator[Item]:
        """Everything in the stream after a position, wherever our consumer stands. A number that
        retention took before it was read is an item of kind `nats.gap`."""
        async with connected(self.name, self.settings) as session:
            self._reading = Reading(self.name, self.settings, session, self._readers)
            try:
                async with contextlib.aclosing(self._reading.items(after)) as items:
                    async for item in items:
                        yield item
            finally:
                self._reading = None

    async def committed(self, position: Position) -> None:
        """The server may forget what is in the log."""
        if self._reading is not None:
            await self._reading.acknowledge(position)

    # -- writing --------------------------------------------------------------------------------

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One message under our key, which the stream knows again within its duplicate window;
        done when the stream says that it is stored."""
        subject = request.target
        _checked_subject(subject)
        message = written(
            request.body, mode_for(request.body, self.settings.mode),
            key=key, source=self.settings.source, now=datetime.now(UTC),
        )  # fmt: skip
        headers = {MESSAGE_ID: key, **_headers(message.content_type, message.attributes)}
        session = await self._session()
        ack = await self._published(session, subject, message.payload, headers)
        return Receipt(
            reference=f"{ack.stream}/{ack.seq}",
            body={"stream": ack.stream, "seq": ack.seq, "duplicate": bool(ack.duplicate)},
        )

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """Looks for our key in the stream that holds the subject; says unknown where the stream
        does not keep its messages long enough to prove that nothing came."""
        session = await self._session()
        return await found(session, self.settings, request.target, key=key, now=datetime.now(UTC))

    async def _session(self) -> Session:
        """The writing session, made anew when the last one ended."""
        async with self._opening:
            if self._writing is None or self._writing.ended.done():
                if self._writing is not None:
                    await self._writing.close()
                    self._writing = None
                session = Session(self.name, self.settings)
                await session.open()
                self._writing = session
            return self._writing

    async def _published(
        self, session: Session, subject: str, payload: bytes, headers: Mapping[str, str]
    ) -> PubAck:
        publishing = asyncio.ensure_future(
            session.streams.publish(
                subject, payload, stream=self.settings.expected, headers=dict(headers)
            )
        )
        try:
            with session.forbidden(subject) as told:
                await asyncio.wait(
                    {publishing, told, session.ended}, return_when=asyncio.FIRST_COMPLETED
                )
            if told.done():
                raise RejectedError(f"NATS refuses {subject}: {told.result()}", "permissions")
            if not publishing.done():
                raise OutcomeUnknownError(
                    f"{subject}: the connection broke before the stream answered"
                )
            return publishing.result()
        except (Error, OSError, TimeoutError, ValueError, LookupError, TypeError) as error:
            raise await self._named(session, subject, error) from error
        finally:
            publishing.cancel()

    async def _named(
        self, session: Session, subject: str, error: Exception
    ) -> RejectedError | UnavailableError | OutcomeUnknownError:
        match error:
            case ConnectionClosedError() | ConnectionDrainingError():
                return UnavailableError(f"{self.name} is not connected")  # nothing left yet
            case MaxPayloadError() | BadSubjectError() | BadHeaderError():
                return RejectedError(f"{subject} cannot be published: {error}", "invalid")
            case NoStreamResponseError():
                return await self._nobody_took(session, subject)
            case ServiceUnavailableError():
                return UnavailableError(f"{subject}: NATS says {_words(error)}", reached=True)
            case APIError():
                return RejectedError(f"{subject}: NATS says {_words(error)}", str(error.err_code))
            case TimeoutError():
                return OutcomeUnknownError(f"{subject}: no stream answered in time")
            case _:
                return OutcomeUnknownError(f"{subject}: what answered is no stream: {error!r}")

    async def _nobody_took(
        self, session: Session, subject: str
    ) -> RejectedError | UnavailableError:
        """Nobody at all listens to the subject, so nothing was stored: for ever, or just now.
        Raises SettingsError where there is no JetStream at all."""
        try:
            stream = await session.asked(session.streams.find_stream_name_by_subject(subject))
        except SettingsError as error:
            if isinstance(error.__cause__, NotFoundError):
                return RejectedError(f"No stream takes {subject}: no responders", "no-responders")
            raise
        return UnavailableError(f"{stream}, which takes {subject}, does not answer", reached=True)


def _checked_subject(subject: str) -> None:
    tokens = subject.split(".")
    if subject.startswith("$") or not all(tokens) or set(subject) & set("*> \t\r\n\0"):
        raise RejectedError(f"{subject!r} is no subject to publish to.", "bad-subject")


def _headers(content_type: str, attributes: Mapping[str, str]) -> Mapping[str, str]:
    """By the NATS binding `content-type` says that the whole event is the payload, or is absent."""
    if attributes:
        return headers_of({**attributes, "datacontenttype": content_type})
    if content_type.startswith("application/cloudevents"):
        return {"content-type": content_type}
    return {}


def _words(error: APIError) -> str:
    return f"{error.description or 'nothing'} ({error.err_code or error.code})"
