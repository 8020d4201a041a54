"""B2MML: documents of ISA-95 in folders, by HTTP, and the answers to them."""

__all__ = ["B2mml"]

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import msgspec

from andon.connectors._access import session_of
from andon.connectors._folders.exchange import Exchange, refuse
from andon.connectors._folders.layout import Draft
from andon.connectors._folders.names import stamp
from andon.connectors._http import Http
from andon.connectors.b2mml.answering import Answer, answer_to
from andon.connectors.b2mml.answers import Answers
from andon.connectors.b2mml.doors import doors_of
from andon.connectors.b2mml.items import KINDS_OF_ANSWER, layout_of
from andon.connectors.b2mml.reading import nouns_in
from andon.connectors.b2mml.replies import holds, shown_in, verdict_in
from andon.connectors.b2mml.settings import B2mmlSettings, setting_faults
from andon.connectors.b2mml.words import split
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.connector import Door, Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import (
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
)

_LARGEST = 32_000_000
"""Larger documents are not sent back, and so not answered."""
_XML = {"content-type": "application/xml; charset=utf-8", "accept": "application/xml"}


class B2mml(Source[B2mmlSettings], Sink[B2mmlSettings]):
    """One system. Our key, shortened, is the id of the document (BODID): a repeat has the same."""

    settings_type = B2mmlSettings
    _exchange: Exchange
    _http: Http

    @property
    def reads(self) -> bool:
        """Whether there is a folder to read."""
        return bool(self.settings.folder and self.settings.incoming)

    @property
    def sends(self) -> bool:
        """Whether there is a folder or an address for what we send."""
        return bool(self.settings.folder or self.settings.url)

    def doors(self) -> Sequence[Door]:
        """Where they post, and where they fetch."""
        return doors_of(self.settings)

    async def open(self) -> None:
        """Looks whether the folder is there; the address is called when there is a command."""
        settings = self.settings
        refuse(self.name, setting_faults(settings))
        if settings.folder:
            layout = msgspec.structs.replace(layout_of(settings), answers=self._answer_file)
            self._exchange = Exchange(self.name, settings, layout, _draft)
            self._answers = Answers(self._exchange)
            await self._exchange.open()
        if settings.url is not None:
            self._http = session_of(
                settings.url,
                auth=settings.auth,
                tls=settings.tls,
                concurrency=settings.concurrency,
                timeout=settings.timeout,
            )

    async def close(self) -> None:
        """Ends the sessions there are."""
        if hasattr(self, "_exchange"):
            await self._exchange.close()
        if hasattr(self, "_http"):
            await self._http.close()

    # In

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Document by document. An answer says what it changed of what was sent."""
        async for item in self._exchange.read(after):
            yield await self._answers.judged(item) if item.kind in KINDS_OF_ANSWER else item

    async def committed(self, position: Position) -> None:
        """Documents that are recorded are answered, if their sender asks, and archived."""
        self._exchange.committed(position)

    async def _answer_file(self, path: Path, refused: str) -> None:
        document = await self._exchange.head(path, _LARGEST)
        answer = self._answer(document, refused)
        if answer is None:
            return
        key = f"answer/{blake2b(document, digest_size=16).hexdigest()}"
        try:
            if self.settings.url is not None:
                await self._http.call("POST", "", body=answer.content, headers=_XML)
            else:
                await self._exchange.send(Request(target=answer.target, body=answer.content), key)
        except (RejectedError, OutcomeUnknownError) as error:
            raise UnavailableError(
                f"{self.name}: {path.name} cannot be answered: {error} It stays in the work folder"
                " and is answered again.",
                reached=True,
            ) from error

    def _answer(self, document: bytes, refused: str = "") -> Answer | None:
        try:
            now = datetime.now(UTC)
            return answer_to(document, sender=self.settings.sender, created_at=now, refused=refused)
        except MappingError:
            return None  # too large to be sent back

    # Out

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One document. An answer that says anything but Accepted is a refusal."""
        if self.settings.url is not None:
            return await self._post(request, key)
        content = self._document(request, key)
        file, note = Request(target=request.target, body=content), stamp(key)
        receipt = await self._exchange.send(file, key, self._answers.sent(note, content))
        if self.settings.answers == "read":
            return receipt
        return await self._answered(receipt, stamp(key), within=self._patience())

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """Whether the file of this key was sent and, where that is awaited, what was answered.
        Who is posted to is asked by Get for what he holds."""
        if self.settings.url is not None:
            return await self._shown(request, key)
        receipt = await self._exchange.find(key)
        if receipt is None or self.settings.answers == "read":
            return receipt
        return await self._answered(receipt, stamp(key), within=0.0)

    async def _answered(self, receipt: Receipt, bod: str, *, within: float) -> Receipt:
        verdict = await self._answers.of(bod, within=within)
        if verdict is None:
            raise OutcomeUnknownError(
                f"{receipt.reference} lies there, and no answer has come yet. Ask its receiver for"
                f" the Acknowledge of {bod}."
            )
        verdict.require(f"{receipt.reference}")
        return msgspec.structs.replace(receipt, body={**receipt.body, "acknowledged": verdict.code})

    def _patience(self) -> float:
        """Leaves time to say that no answer came."""
        return self.settings.timeout.total_seconds() * 0.6

    async def _post(self, request: Request, key: str) -> Receipt:
        document = self._document(request, key)
        status, said = await self._http.call("POST", "", body=document, headers=_XML)
        receipt = Receipt(reference=stamp(key), body={"status": status})
        verdict = verdict_in(said, document)
        if verdict is None:
            return receipt
        verdict.require(f"{request.target} {stamp(key)}")
        return msgspec.structs.replace(receipt, body={**receipt.body, "acknowledged": verdict.code})

    async def _shown(self, request: Request, key: str) -> Receipt | None:
        """What they show must be what was sent."""
        verb, noun = split(request.target) or ("", "")
        nouns = {name: part for name, part in request.body.items() if name != verb}
        asks = Request(target=f"Get{noun}", body=nouns)
        _, said = await self._http.call(
            "POST", "", body=self._document(asks, f"{key}/get"), headers=_XML
        )
        held = shown_in(said, noun)
        if held is None:
            raise OutcomeUnknownError(
                f"{self.settings.url} does not show its {noun}, so nobody knows what became of"
                f" {request.target} {stamp(key)}. Ask its people."
            )
        sent = nouns_in(self._document(request, key))
        if not holds(held, sent):
            return None
        return Receipt(reference=stamp(key), body={"shown": True})

    def _document(self, request: Request, key: str) -> bytes:
        settings = self.settings
        envelope = Envelope(
            bod=stamp(key),
            sender=settings.sender,
            receiver=settings.receiver,
            created_at=datetime.now(UTC),
            wants=settings.acknowledge,
        )
        return document_of(request, envelope, judged=settings.outgoing_schema == "refuse")


def _draft(request: Request) -> Draft:
    return lambda _: request.body
