"""One operation that is asked again and again, and how changes in its answers are noticed."""

__all__ = ["Feed"]

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from andon.connectors._template import placeholders
from andon.connectors.soap.mistakes import refuse, wrong_pointers

_ASKING = frozenset({"since", "after", "page", "offset", "size"})
"""What a feed's arguments may ask for."""


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One operation that is asked again and again.

    By time: the arguments hold `{since}`, and `time` is set. By cursor: they hold `{after}`, and
    `cursor` is set. Neither: the whole list is read at every look and compared with the one before.
    """

    kind: str
    """Which mapping reads its items."""
    operation: str
    """Name in the WSDL."""
    arguments: dict[str, Any] = {}
    """What it is given. `{since}`, `{after}`, `{page}`, `{offset}` and `{size}` are filled in."""
    items: str
    """Pointer to the rows inside an answer: `/Orders/Order`."""
    key: str
    """Pointer to what names a row."""
    version: str | None = None
    """Pointer to what differs between two states of a row; without one the row itself is it."""
    time: str | None = None
    """Pointer to when a row changed."""
    time_zone: str = "UTC"
    """Zone of times that say none, in rows and in `{since}`."""
    since_format: str = "%Y-%m-%dT%H:%M:%SZ"
    """How `{since}` is written (strftime). One that does not end in Z is written in `time_zone`."""
    begin: str = "1970-01-01T00:00:00Z"
    """The first look and each sweep ask for what changed since then."""
    cursor: str | None = None
    """Pointer to where the next look begins, in the service's words."""
    size: int = 500
    """Rows asked for at once, where the arguments hold `{size}`."""
    first_page: int = 1
    """What `{page}` begins with."""
    poll_every: timedelta = timedelta(seconds=30)
    """Pause between two looks. Two changes between two looks are seen as one."""
    overlap: timedelta = timedelta(minutes=1)
    """How far each look by time reaches back: as long as the service's longest transaction."""
    sweep_every: timedelta = timedelta(hours=1)
    """Pause between full looks, which find what a look by time missed."""

    @property
    def asks(self) -> frozenset[str]:
        """What its arguments ask for."""
        return frozenset(placeholders(self.arguments))

    @property
    def paged(self) -> bool:
        """Whether one look is cut into pages."""
        return bool(self.asks & {"page", "offset"})

    def __post_init__(self) -> None:
        """Raises ValueError with everything that does not fit together."""
        refuse([*self._wrong_fields(), *self._wrong_pairs()])

    def _wrong_fields(self) -> Iterator[str]:
        yield from wrong_pointers(self.items, self.key, self.version, self.time, self.cursor)
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield f"there is no time zone {self.time_zone!r}"
        try:
            aware = datetime.fromisoformat(self.begin).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            yield f"begin {self.begin!r} is no moment with a zone: 2026-01-01T00:00:00Z"
        if self.size < 1:
            yield "size must be at least 1"

    def _wrong_pairs(self) -> Iterator[str]:
        try:
            asks = self.asks
        except ValueError as error:
            yield str(error)
            return
        if unknown := asks - _ASKING:
            known = ", ".join(sorted(_ASKING))
            yield f"arguments of a feed cannot hold {sorted(unknown)}, only {known}"
        if ("since" in asks) != (self.time is not None):
            yield "{since} and time go together: the argument, and where a row says its time"
        if ("after" in asks) != (self.cursor is not None):
            yield "{after} and cursor go together: the argument, and where the answer says it"
        if {"since", "after"} <= asks:
            yield "a feed is read by time or by cursor, not by both"
        if "after" in asks and self.paged:
            yield "a feed by cursor needs no {page} and no {offset}"
