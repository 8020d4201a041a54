"""What a time column holds, as an instant and as a place to read from."""

__all__ = ["Dial"]

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from math import ceil
from typing import Any

import msgspec

from andon.connectors.sql.settings import ByTime


class Dial(msgspec.Struct, frozen=True):
    """How one time column is read: a time of any type, a date, a text, a number."""

    cursor: ByTime
    zone: tzinfo

    def instant(self, value: Any) -> datetime | None:
        """The moment a value means; None for what is none (`infinity`, rubbish)."""
        try:
            match value:
                case datetime():
                    moment = value if value.tzinfo else value.replace(tzinfo=self.zone)
                case date():
                    moment = datetime.combine(value, time(), self.zone)
                case str():
                    return self.instant(self._parsed(value))
                case int() | float() | Decimal():
                    return datetime.fromtimestamp(float(value) / self._ticks, UTC)
                case _:
                    return None
            return moment.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            return None

    def earlier(self, value: Any, span: timedelta) -> Any:
        """The place `span` before a value, as the column would hold it."""
        match value:
            case datetime():
                return _floor(value, span + self._doubled(value))
            case date():
                return _day(value, timedelta(days=ceil(span / timedelta(days=1))))
            case str():
                return self._text(value, span)
            case float():
                return value - span.total_seconds() * self._ticks
            case int() | Decimal():
                return value - ceil(span.total_seconds() * self._ticks)
            case _:
                return value

    @property
    def _ticks(self) -> int:
        return 1000 if self.cursor.ticks == "ms" else 1

    def _parsed(self, text: str) -> datetime:
        if self.cursor.format is not None:
            return datetime.strptime(text, self.cursor.format)  # noqa: DTZ007 it gets the zone next
        return datetime.fromisoformat(text)

    def _text(self, text: str, span: timedelta) -> str:
        try:
            moment = self.earlier(self._parsed(text), span)
        except ValueError:
            return text
        if self.cursor.format is not None:
            return moment.strftime(self.cursor.format)
        if len(text) <= len("2026-01-01"):
            return moment.date().isoformat()
        # Without fraction and offset it sorts before every text of its second.
        plain = moment.replace(tzinfo=None, microsecond=0)
        return plain.isoformat("T" if "T" in text else " ")

    def _doubled(self, value: datetime) -> timedelta:
        """An hour that comes twice in autumn: its second half stands before what was read."""
        if value.tzinfo is not None:
            return timedelta(0)
        first = value.replace(tzinfo=self.zone, fold=0).utcoffset() or timedelta(0)
        second = value.replace(tzinfo=self.zone, fold=1).utcoffset() or timedelta(0)
        return max(first - second, timedelta(0))


def _floor(value: datetime, span: timedelta) -> datetime:
    try:
        return value - span
    except OverflowError:
        return datetime.min.replace(tzinfo=value.tzinfo)


def _day(value: date, span: timedelta) -> date:
    try:
        return value - span
    except OverflowError:
        return date.min
