"""Answers that come as files: what was sent is kept with its note, and so is the verdict."""

__all__ = ["Answers"]

import asyncio
import re
import zlib
from base64 import b64decode, b64encode
from contextlib import suppress

import msgspec

from andon.connectors._folders.exchange import Exchange
from andon.connectors._folders.layout import Beside
from andon.connectors._folders.noted import Noted
from andon.connectors.b2mml.document import About
from andon.connectors.b2mml.reading import nouns_in
from andon.connectors.b2mml.shape import Json
from andon.connectors.b2mml.verdict import Verdict, verdict_of
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.faults import UNREADABLE

_OURS = re.compile("[0-9a-f]{16}")
_LOOK_EVERY = 0.1
_SHORT = 780
"""Signs; with stamp and name they fit into a link on XFS too, which takes 1,023."""


class _Said(msgspec.Struct):
    document: About
    header: Json
    body: Json


class Answers:
    """Notes in the folder, so that whoever reads and whoever sends need not be one process."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def sent(self, bod: str, content: bytes) -> Beside:
        """What is sent under this id, to compare an answer with: packed into its note, as most
        are that are one fact, or a file beside it. That would have to be flushed by itself."""
        packed = b64encode(zlib.compress(content))
        if len(packed) <= _SHORT:
            return Beside(says=packed.decode())
        return Beside(files={self._exchange.note(_sent(bod)): content})

    async def judged(self, item: Item) -> Item:
        """An answer with its verdict, whose note is there first."""
        said = msgspec.json.decode(item.raw, type=_Said)
        bod = said.document.answers
        sent = await self._was_sent(bod) if _OURS.fullmatch(bod) else None
        before = None if sent is None else _nouns(sent)
        verdict = verdict_of(said.document, said.body, before)
        if sent is not None:
            await self._exchange.keep(f"{bod}.answer", msgspec.json.encode(verdict))
        fields = msgspec.structs.asdict(said)
        return msgspec.structs.replace(
            item, raw=msgspec.json.encode({**fields, "verdict": verdict})
        )

    async def _was_sent(self, bod: str) -> bytes | None:
        """None where nothing was sent under this id; empty where our note was spoiled."""
        packed = Noted.read(await self._exchange.kept(bod) or "").says
        if not packed:
            beside = await self._exchange.kept(_sent(bod))
            return None if beside is None else beside.encode()
        try:
            return zlib.decompress(b64decode(packed))
        except (ValueError, zlib.error):
            return b""

    async def of(self, bod: str, *, within: float) -> Verdict | None:
        """The verdict on what was sent under this id; None while there is none."""
        clock = asyncio.get_running_loop().time
        until = clock() + within
        while True:
            note = await self._exchange.kept(f"{bod}.answer")
            with suppress(*UNREADABLE):  # half a note: its writer is still at it
                if note:
                    return msgspec.json.decode(note, type=Verdict)
            if clock() >= until:
                return None
            await asyncio.sleep(_LOOK_EVERY)


def _sent(bod: str) -> str:
    return f"{bod}.xml"


def _nouns(sent: bytes) -> Json | None:
    """What we sent; None where our note was spoiled: then only the codes of the answer count."""
    try:
        return nouns_in(sent)
    except MappingError:
        return None
