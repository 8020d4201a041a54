"""Changes, lives and unreadable things as items; positions that remember who was alive."""

__all__ = ["UNREADABLE_ITEM", "Places", "item_of", "known_at", "number_in", "unreadable"]

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from andon.connectors.sparkplug.addresses import Address
from andon.connectors.sparkplug.datatypes import named
from andon.connectors.sparkplug.said import Change, Life, Odd
from andon.core.connector import Item, Position
from andon.core.faults import UNREADABLE

UNREADABLE_ITEM = "sparkplug.unreadable"
"""Kind of what nobody can read; `mapping.mappings` makes an exception of it."""

_encode = msgspec.json.encode


class _Where(msgspec.Struct):
    n: int = 0
    alive: list[str] = []
    dead: list[str] = []


class Places:
    """Positions: the number of a message in this connection, and who was alive."""

    def __init__(self) -> None:
        self._lives: Mapping[str, bool] = {}
        self._tail = b""
        self.at(0, self._lives)

    def at(self, number: int, lives: Mapping[str, bool]) -> Position:
        """After the message of this number."""
        if lives is not self._lives or not self._tail:
            self._lives = lives
            alive = [name for name, lived in lives.items() if lived]
            dead = [name for name, lived in lives.items() if not lived]
            self._tail = b',"alive":%b,"dead":%b}' % (_encode(alive), _encode(dead))
        return f'{{"n":{number}{self._tail.decode()}'


def known_at(position: Position) -> tuple[int, dict[Address, bool]]:
    """The number in a position, and who was alive there; of another's position nothing."""
    try:
        where = msgspec.json.decode(position, type=_Where)
    except UNREADABLE:
        return 0, {}
    told = dict.fromkeys(where.alive, True) | dict.fromkeys(where.dead, False)
    return where.n, {Address(*name.split("/")): alive for name, alive in told.items() if _is(name)}


def number_in(position: Position) -> int:
    """The number of the message a position of the running read stands after."""
    return int(position[len('{"n":') : position.index(",")])


def _is(name: str) -> bool:
    return name.count("/") in (1, 2)


def item_of(said: Change | Life | Odd, presence: str) -> Item:
    """As JSON. A metric is remembered under its name, so a mapping knows what it said before."""
    match said:
        case Change():
            return _change(said)
        case Life():
            return _life(said, presence)
        case Odd():
            return _odd(said)


def unreadable(topic: str, payload: bytes, says: str) -> Item:
    """A message that is no payload, kept whole."""
    document = {"topic": topic, "at": topic, "says": says, "bytes": b64encode(payload).decode()}
    return Item(
        kind=UNREADABLE_ITEM,
        key=_digest(topic.encode(), payload),
        raw=_encode(document),
    )


def _change(said: Change) -> Item:
    known, who = said.metric, _name(said.address)
    at, written = _moment(said.at)
    document = {
        **_who(said.address),
        "metric": known.name,
        "type": named(known.datatype),
        "value": said.value,
        "at": written,
        "stale": said.stale,
        "returned": said.returned,
        "historical": said.historical,
        "properties": said.properties,
        "beside": said.beside,
    }
    key = f"{who}\0{known.name}\0{said.at}\0{said.again}\0{said.stale}\0"
    return Item(
        kind=said.watched.kind,
        key=_digest(key.encode(), _encode(said.value)),
        raw=_encode(document),
        mirror=None if said.historical else f"{who}:{known.name}",
        occurred_at=at,
    )


def _life(said: Life, presence: str) -> Item:
    at, written = _moment(said.at)
    document = {
        **_who(said.address),
        "what": said.what,
        "at": written,
        "why": said.why,
    }
    return Item(
        kind=presence,
        key=f"{said.address}/{said.what}/{said.at}",
        raw=_encode(document),
        mirror=f"{said.address}",
        occurred_at=at,
    )


def _odd(said: Odd) -> Item:
    document = {
        **_who(said.address),
        "at": f"{said.address}:{said.metric}",
        "says": said.says,
        "bytes": b64encode(said.raw).decode(),
    }
    return Item(
        kind=UNREADABLE_ITEM,
        key=_digest(f"{said.address}\0{said.metric}\0".encode(), said.raw),
        raw=_encode(document),
        occurred_at=_moment(said.at)[0],
    )


@lru_cache(1_024)
def _name(address: Address) -> str:
    return str(address)


def _who(address: Address) -> dict[str, Any]:
    return {"group": address.group, "node": address.node, "device": address.device}


def _digest(*parts: bytes) -> str:
    return blake2b(b"".join(parts), digest_size=16).hexdigest()


@lru_cache(256)
def _moment(milliseconds: int) -> tuple[datetime, str]:
    """As it is and as it is written; the metrics of one message have few of them."""
    at = datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    return at, at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
