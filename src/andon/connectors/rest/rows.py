"""One row of a list: its name, its version, its time, and the item it becomes."""

__all__ = ["EARLIEST", "Row", "gone", "row_of", "written"]

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors._pointer import MISSING, at, parsed
from andon.connectors.rest.settings import Feed
from andon.core.connector import Item
from andon.core.faults import UNREADABLE

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything changed."""


class Row(msgspec.Struct, frozen=True):
    """One state of one thing."""

    id: str
    """Empty when nobody can tell what it names."""
    time: datetime
    item: Item

    @property
    def digest(self) -> str:
        """The same for the same state, and short enough to remember many."""
        return blake2b(self.item.key.encode(), digest_size=16).hexdigest()


def row_of(feed: Feed, raw: bytes) -> Row:
    """A row that has no name or time becomes an item no mapping reads, so that it is not lost."""
    digest = blake2b(raw, digest_size=16).digest()
    try:
        document = msgspec.json.decode(raw)
    except UNREADABLE:
        return _odd(feed, "JSON", raw, digest)
    id = at(document, parsed(feed.key))
    if not isinstance(id, (str, int)) or id is True or id is False or id == "":
        return _odd(feed, feed.key, raw, digest)
    time = EARLIEST
    if feed.time is not None:
        said = _moment(feed, at(document, parsed(feed.time)))
        if said is None:
            return _odd(feed, feed.time, raw, digest)
        time = said
    version = _version(feed, document, time, digest)
    if version is None:
        return _odd(feed, feed.version or "", raw, digest)
    key = f"{feed.kind}/{id}/{version}"
    item = Item(
        kind=feed.kind,
        key=key,
        raw=raw,
        mirror=f"{feed.kind}/{id}",
        occurred_at=time if feed.time is not None else None,
    )
    return Row(str(id), time, item)


def gone(feed: Feed, id: str, last: str) -> Item:
    """What is not shown any more; `before` in its mapping is the last reading."""
    name = feed.key.rpartition("/")[2] or "id"
    return Item(
        kind=f"{feed.kind}.gone",
        key=f"{feed.kind}/{id}/gone/{last}",
        raw=msgspec.json.encode({name: id}),
        mirror=f"{feed.kind}/{id}",
    )


def written(feed: Feed, moment: datetime) -> str:
    """A time as the system reads it in a query."""
    match feed.time_format:
        case "iso":
            return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case "iso-local":
            return moment.astimezone(ZoneInfo(feed.time_zone)).replace(tzinfo=None).isoformat()
        case "epoch":
            return str(int(moment.timestamp()))
        case "epoch-ms":
            return str(int(moment.timestamp() * 1000))


def _version(feed: Feed, document: Any, time: datetime, digest: bytes) -> str | None:
    if feed.version is not None:
        version = at(document, parsed(feed.version))
        return None if version is MISSING or version is None else str(version)
    if feed.time is not None:
        # Coarse clocks give one time to two states, so the state itself is part of it.
        return f"{time.isoformat()}/{digest[:6].hex()}"
    return digest.hex()


def _odd(feed: Feed, lacks: str, raw: bytes, digest: bytes) -> Row:
    kind = f"{feed.kind} without {lacks}"
    item = Item(kind=kind, key=f"{feed.kind}/unreadable/{digest.hex()}", raw=raw)
    return Row("", EARLIEST, item)


def _moment(feed: Feed, said: Any) -> datetime | None:
    try:
        match feed.time_format:
            case "iso" | "iso-local":
                found = msgspec.convert(said, datetime, strict=True)
            case "epoch":
                found = EARLIEST + timedelta(seconds=float(said))
            case "epoch-ms":
                found = EARLIEST + timedelta(milliseconds=float(said))
        return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(feed.time_zone))
    except (msgspec.ValidationError, TypeError, ValueError, OverflowError):
        return None
