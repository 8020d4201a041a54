"""EDI: X12 and EDIFACT interchanges with trading partners, over a folder or SFTP."""

__all__ = ["Edi"]

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import cast

from andon.connectors._folders.exchange import Exchange, refuse
from andon.connectors._folders.layout import Beside, Layout
from andon.connectors._folders.layout import Draft as Content
from andon.connectors.edi.agreement import ACKS, Agreement
from andon.connectors.edi.awaiting import Awaiting
from andon.connectors.edi.reading import Mailbox
from andon.connectors.edi.receiving import Receiving
from andon.connectors.edi.settings import EdiSettings
from andon.connectors.edi.soundness import setting_faults
from andon.connectors.edi.writing import Ready, bytes_of, outline_of
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import RejectedError


class Edi(Source[EdiSettings], Sink[EdiSettings]):
    """One mailbox. Each message of an interchange is an item, each request an interchange.

    What comes is acknowledged once it is in the log; what is sent is awaited to be acknowledged.
    """

    settings_type = EdiSettings
    _exchange: Exchange
    _awaiting: Awaiting
    _receiving: Receiving | None = None

    @property
    def reads(self) -> bool:
        """Whether there is a folder to read."""
        return bool(self.settings.incoming)

    async def open(self) -> None:
        """Looks whether the folder is there."""
        refuse(self.name, setting_faults(self.settings))
        mailbox = Mailbox(self.settings)
        layout = Layout(kind="document", rows=mailbox.rows)
        self._exchange = Exchange(self.name, self.settings, layout, self._content)
        await self._exchange.open()
        self._awaiting = Awaiting(self._exchange.folder, self.settings)

    async def close(self) -> None:
        """Ends the session if there is one."""
        if hasattr(self, "_exchange"):
            await self._exchange.close()

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One interchange with one message; its file's name is the receipt."""
        agreed = self._agreed(request.target)
        draft = outline_of(request.body, agreed)
        awaited = agreed.partner.ack_within is not None and draft.document not in ACKS
        beside = Beside()
        if awaited:
            beside = await self._awaiting.expected(agreed.name, draft.document, key)
        try:
            ready = Request(target=request.target, body=Ready([draft]))
            return await self._exchange.send(ready, key, beside)
        except RejectedError:
            if awaited:
                await self._awaiting.forget(agreed.name, key)
            raise

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 by key alone
        """The name under which the file of this key was sent."""
        return await self._exchange.find(key)

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Message by message, file by file."""
        self._receiving = Receiving(self._exchange, self.settings, self._awaiting)
        async with aclosing(self._receiving.items(after)) as items:
            async for item in items:
                yield item

    async def committed(self, position: Position) -> None:
        """What is in the log is acknowledged at the next look, and its file archived."""
        if self._receiving is not None:
            self._receiving.committed(position)

    def _agreed(self, target: str) -> Agreement:
        partner = self.settings.partners.get(target)
        if partner is None:
            known = ", ".join(sorted(self.settings.partners))
            raise RejectedError(f"{target!r} is no partner; there are {known}", "no-partner")
        return Agreement(target, partner)

    def _content(self, request: Request) -> Content:
        agreed = self._agreed(request.target)
        drafts = cast("Ready", request.body).drafts
        return lambda number: bytes_of(drafts, agreed, number, datetime.now(UTC))
