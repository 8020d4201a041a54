"""SAP's IDocs as XML: in files, posted to us, posted by us; ALEAUD says what became of them."""

__all__ = ["Idoc"]

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from andon.connectors._access import session_of
from andon.connectors._folders.exchange import Exchange, refuse
from andon.connectors._folders.layout import Draft
from andon.connectors._http import Http
from andon.connectors.idoc.acknowledging import Way, answers_to
from andon.connectors.idoc.items import items_of, layout_of
from andon.connectors.idoc.lookout import SAYING, Lookout
from andon.connectors.idoc.settings import IdocSettings, setting_faults
from andon.connectors.idoc.writing import Control, docnum_of, document_of
from andon.core.connector import Arrival, Door, Item, Position, Push, Receipt, Request, Sink, Source
from andon.core.errors import (
    AndonError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
    UnknownError,
)

_XML = {"content-type": "text/xml; charset=utf-8"}


class Idoc(Source[IdocSettings], Sink[IdocSettings]):
    """One SAP system. Our number (DOCNUM) is made from our key: a repeat has the same."""

    settings_type = IdocSettings
    _exchange: Exchange
    _lookout: Lookout
    _http: Http

    @property
    def reads(self) -> bool:
        """Whether there is a folder to read."""
        return bool(self.settings.folder and self.settings.incoming)

    @property
    def sends(self) -> bool:
        """Whether both sides are said, and a way to the other one."""
        settings = self.settings
        return settings.receiver is not None and bool(settings.folder or settings.url)

    def doors(self) -> Sequence[Door]:
        """Where SAP posts; it takes 200 for an answer."""
        path = self.settings.posted
        return (Push("POST", path, _posted, status=200),) if path else ()

    async def open(self) -> None:
        """Looks whether the folder is there; the address is called when there is a command."""
        settings = self.settings
        refuse(self.name, setting_faults(settings))
        if settings.folder:
            layout = layout_of(None if settings.acknowledge == "none" else self._tell)
            self._exchange = Exchange(self.name, settings, layout, _draft)
            await self._exchange.open()
            self._lookout = Lookout(self.name, settings)
            await self._lookout.open()
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
        if hasattr(self, "_lookout"):
            await self._lookout.close()
        if hasattr(self, "_http"):
            await self._http.close()

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """IDoc by IDoc. What one says of those we sent is noted before it counts as read."""
        async for item in self._exchange.read(after):
            if item.kind in SAYING:
                await self._lookout.heard(item)
            yield item

    async def committed(self, position: Position) -> None:
        """Files that are recorded go to the archive, once SAP is told of them if it wants that."""
        self._exchange.committed(position)

    async def _tell(self, path: Path, refused: str) -> None:
        """SAP is told of a whole file before that leaves the work folder; a repeat has no effect
        by files, and says the same once more by HTTP."""
        del refused
        way = self.settings.acknowledge
        if way == "none":
            return
        for key, request in await asyncio.to_thread(_answers, path, way, self._now()):
            try:
                await self._sent(request, key)
            except (RejectedError, OutcomeUnknownError) as error:
                raise UnavailableError(
                    f"{self.name}: SAP cannot be told that {path.name} is recorded: {error}"
                    " It stays in the work folder and is told again.",
                    reached=True,
                ) from error

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One IDoc. Where ALEAUD is awaited, what it says is the outcome."""
        receipt, docnum = await self._sent(request, key), docnum_of(key)
        if self.settings.audit == "none":
            return receipt
        patience = self.settings.timeout.total_seconds() * 0.6
        verdict = await self._lookout.awaited(docnum, patience)
        done = None if verdict is None else verdict.receipt()
        if done is None:
            raise OutcomeUnknownError(_unsaid(request, docnum))
        return done

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """What ALEAUD says; else whether the file of this key was sent, or a post begun."""
        if self.settings.url is not None and not self.settings.folder:
            raise SettingsError(
                f"{self.name} has no folder, so nobody knows what became of a post without an"
                " answer. Say `folder`: it keeps notes, and takes the ALEAUD that SAP writes."
            )
        docnum = docnum_of(key)
        verdict = await self._lookout.verdict(docnum)
        done = None if verdict is None else verdict.receipt()
        if done is not None:
            return done
        if self.settings.url is None:
            receipt = await self._exchange.find(key)
            if receipt is None:
                return None
        else:
            match await self._lookout.noted(docnum):
                case None | "not sent":
                    return None
                case "posted":
                    receipt = Receipt(reference=docnum)
                case _:
                    raise OutcomeUnknownError(_unsaid(request, docnum))
        if self.settings.audit == "await":
            raise OutcomeUnknownError(_unsaid(request, docnum))
        return receipt

    async def _sent(self, request: Request, key: str) -> Receipt:
        document = document_of(request, key, self._control())
        if self.settings.url is not None:
            return await self._post(docnum_of(key), document)
        return await self._exchange.send(Request(target=request.target, body=document), key)

    async def _post(self, docnum: str, document: bytes) -> Receipt:
        """SAP does not know a repeat by itself, so a note says first that this one begins."""
        if self.settings.folder:
            await self._lookout.note(docnum, "begun")
        try:
            status, _ = await self._http.call("POST", "", body=document, headers=_XML)
        except UnknownError:
            raise
        except AndonError:
            if self.settings.folder:
                await self._lookout.note(docnum, "not sent")
            raise
        if self.settings.folder:
            await self._lookout.note(docnum, "posted")
        return Receipt(reference=docnum, body={"status": status})

    def _control(self) -> Control:
        settings = self.settings
        if settings.sender is None or settings.receiver is None:
            raise SettingsError(f"{self.name} cannot send: say `sender` and `receiver`.")
        return Control(
            settings.client,
            settings.sender.fields("SND"),
            settings.receiver.fields("RCV"),
            self._now(),
        )

    def _now(self) -> datetime:
        return self.now().astimezone(ZoneInfo(self.settings.time_zone))


def _posted(arrival: Arrival) -> Sequence[Item]:
    return items_of(arrival.body)


def _answers(path: Path, way: Way, now: datetime) -> list[tuple[str, Request]]:
    return [*answers_to(path, way, now)]


def _draft(request: Request) -> Draft:
    return lambda _: request.body


def _unsaid(request: Request, docnum: str) -> str:
    return (
        f"{request.target} {docnum} was sent, and no ALEAUD has said yet what became of it. If none"
        " comes, look in SAP by WE02 for the IDoc with this number as its partner's, and send the"
        " audit by RBDSTATE."
    )
