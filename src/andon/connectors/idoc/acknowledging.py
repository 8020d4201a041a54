"""Telling SAP that its IDocs are recorded here, once they are."""

__all__ = ["Acknowledging"]

from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import blake2b

import msgspec

from andon.connectors._folders.place import Place
from andon.connectors.idoc.audit import Verdict, aleaud, status
from andon.connectors.idoc.numbers import Head
from andon.core.connector import Item, Position, Request
from andon.core.errors import AndonError

_MOST = 500
"""So many confirmations fit into one ALEAUD."""
_NEWS = ("ALEAUD", "STATUS")
"""Nobody answers an answer."""

Send = Callable[[Request, str], Awaitable[object]]
"""Sends an IDoc under a key; a repeat has no effect."""


class _Read(msgspec.Struct):
    head: Head = msgspec.field(name="EDI_DC40")


class _Owed(msgspec.Struct, frozen=True):
    place: Place
    head: Head


class Acknowledging:
    """What is read and not yet told. A crash between recording and telling leaves some untold:
    in SAP they stay at 03, which says no more than that they were passed on."""

    def __init__(self, send: Send, now: Callable[[], datetime]) -> None:
        self._send = send
        self._now = now
        self._owed: list[_Owed] = []

    def read(self, item: Item) -> None:
        """One document that is not in the log yet."""
        if item.kind in _NEWS or item.kind.endswith(".order") or item.position is None:
            return
        head = msgspec.json.decode(item.raw, type=_Read).head
        self._owed.append(_Owed(Place.read(item.position), head))

    async def committed(self, position: Position, says: str) -> None:
        """Tells of all up to here. What cannot be sent now is told with the next."""
        done = Place.read(position)
        due = [one for one in self._owed if _covers(done, one.place)]
        for mestyp in sorted({one.head.mestyp for one in due}):
            many = [one for one in due if one.head.mestyp == mestyp]
            most = _MOST if says == "ALEAUD" else 1
            for start in range(0, len(many), most):
                await self._tell(mestyp, many[start : start + most], says)

    async def _tell(self, mestyp: str, many: list[_Owed], says: str) -> None:
        numbers = [one.head.docnum for one in many]
        if says == "ALEAUD":
            request = aleaud(mestyp, [Verdict(one, "50", "recorded") for one in numbers])
        else:
            request = status(Verdict(numbers[0], "39", "recorded"), self._now())
        digest = blake2b("/".join([mestyp, *numbers]).encode(), digest_size=12).hexdigest()
        try:
            await self._send(request, f"recorded/{digest}")
        except AndonError:
            return
        self._owed = [one for one in self._owed if one not in many]


def _covers(done: Place, place: Place) -> bool:
    if done.covers(place.number):
        return True
    return (
        done.number == place.number and (place.rows or 0) <= (done.rows or 0) and bool(place.rows)
    )
