"""Answers that come as files: what was sent is kept beside its note, and so is the verdict."""

__all__ = ["Answers"]

import asyncio
import re
from contextlib import suppress

import msgspec

from andon.connectors._folders.exchange import Exchange
from andon.connectors._folders.layout import Beside
from andon.connectors.b2mml.document import About
from andon.connectors.b2mml.reading import nouns_in
from andon.connectors.b2mml.shape import Json
from andon.connectors.b2mml.verdict import Verdict, verdict_of
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.faults import UNREADABLE

_OURS = re.compile("[0-9a-f]{16}")
_LOOK_EVERY = 0.1


class _Said(msgspec.Struct):
    document: About
    header: Json
    body: Json


class Answers:
    """Notes in the folder, so that whoever reads and whoever sends need not be one process."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def sent(self, bod: str, content: bytes) -> Beside:
        """The note of what is sent under this id, to compare an answer with."""
        return Beside(files={self._exchange.note(_sent(bod)): content})

    async def judged(self, item: Item) -> Item:
        """An answer with its verdict, whose note is there first."""
        said = msgspec.json.decode(item.raw, type=_Said)
        bod = said.document.answers
        sent = await self._exchange.kept(_sent(bod)) if _OURS.fullmatch(bod) else None
        before = None if sent is None else _nouns(sent)
        verdict = verdict_of(said.document, said.body, before)
        if sent is not None:
            await self._exchange.keep(f"{bod}.answer", msgspec.json.encode(verdict))
        fields = msgspec.structs.asdict(said)
        return msgspec.structs.replace(
            item, raw=msgspec.json.encode({**fields, "verdict": verdict})
        )

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


def _nouns(sent: str) -> Json | None:
    """What we sent; None where our note was spoiled: then only the codes of the answer count."""
    try:
        return nouns_in(sent.encode())
    except MappingError:
        return None
