"""One row of an answer: its name, its version, its time, and the item it becomes."""

__all__ = ["Row", "begin_of", "rows_in", "since_text"]

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors._pointer import MISSING, at, parsed
from andon.connectors.soap.feed import Feed
from andon.core.connector import Item


class Row(msgspec.Struct, frozen=True):
    """One state of one thing."""

    digest: str
    """The same for the same state, and short enough to remember many."""
    time: datetime
    item: Item


def rows_in(feed: Feed, answer: Any) -> Iterator[Row]:
    """Each row of an answer. A list that is left out is empty; one row alone is a list, too."""
    found = at(answer, parsed(feed.items))
    if found is MISSING or found is None or found == "":
        return
    many = cast("list[Any]", found) if isinstance(found, list) else [found]
    for one in many:
        yield _row(feed, one)


def begin_of(feed: Feed) -> datetime:
    """Before anything of interest changed."""
    return datetime.fromisoformat(feed.begin)


def since_text(feed: Feed, moment: datetime) -> str:
    """A time as the service wants to be asked."""
    zone = UTC if feed.since_format.endswith("Z") else ZoneInfo(feed.time_zone)
    return moment.astimezone(zone).strftime(feed.since_format)


def _row(feed: Feed, document: Any) -> Row:
    """A row without name or time becomes an item no mapping reads, so that it is not lost."""
    raw = msgspec.json.encode(document)
    digest = blake2b(raw, digest_size=16).hexdigest()
    id = at(document, parsed(feed.key))
    if not isinstance(id, str | int) or id == "":
        return _odd(feed, feed.key, raw, digest)
    time = begin_of(feed)
    if feed.time is not None:
        said = _moment(feed, at(document, parsed(feed.time)))
        if said is None:
            return _odd(feed, feed.time, raw, digest)
        time = said
    version = digest
    if feed.version is not None:
        named = at(document, parsed(feed.version))
        if named is MISSING or named is None:
            return _odd(feed, feed.version, raw, digest)
        version = str(named)
    key = f"{feed.kind}/{id}/{version}"
    item = Item(
        kind=feed.kind,
        key=key,
        raw=raw,
        mirror=f"{feed.kind}/{id}",
        occurred_at=None if feed.time is None else time,
    )
    return Row(blake2b(key.encode(), digest_size=16).hexdigest(), time, item)


def _odd(feed: Feed, lacks: str, raw: bytes, digest: str) -> Row:
    key = f"{feed.kind}/unreadable/{digest}"
    item = Item(kind=f"{feed.kind} without {lacks}", key=key, raw=raw)
    return Row(digest, begin_of(feed), item)


def _moment(feed: Feed, said: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
        found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(feed.time_zone))
        return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
