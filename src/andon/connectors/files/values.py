"""Cells as values: decimal commas, implied decimals, times with their zone. Pure."""

__all__ = ["Reader", "ValueFaultError", "reader_of", "readers_of", "zone_of"]

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from andon.connectors.files.shapes import Column, Text
from andon.core.errors import MappingError

Reader = Callable[[str], str | None]
"""A cell as its value in JSON; an empty one is null. Raises ValueFaultError."""


class ValueFaultError(MappingError):
    """A cell that does not read as its column says."""


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of that name, None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def readers_of(text: Text) -> Mapping[str, Reader]:
    """How each typed column is read; columns of plain text are not in it."""
    return {
        name: reader_of(column, text)
        for name, column in text.columns.items()
        if column.type != "text"
    }


def reader_of(column: Column, text: Text) -> Reader:
    """How one column is read."""
    match column.type:
        case "text":
            return lambda cell: cell
        case "number":
            return _number(text.decimal, text.thousands, column.implied)
        case "date":
            return _date(column.format)
        case "time":
            return _time(column.format, zone_of(text.zone) or ZoneInfo("UTC"))


def _number(decimal: str, thousands: str, implied: int) -> Reader:
    point = re.escape(decimal)
    whole = r"\d+"
    if thousands:
        whole = rf"(?:\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+)"
    # A sign may stand behind: that is how some ERPs write it.
    shape = re.compile(rf"([+-]?)({whole})?(?:{point}(\d*))?([+-]?)", re.ASCII)
    # Most are written as JSON writes them but for the point: nothing has to be taken apart.
    plain = re.compile(rf"-?(?:0|[1-9]\d{{0,29}})(?:{point}\d{{1,30}})?", re.ASCII).fullmatch

    def read(cell: str) -> str | None:
        if not implied and plain(cell):
            return cell.replace(decimal, ".")
        cell = cell.strip()
        if not cell:
            return None
        match = shape.fullmatch(cell)
        before, digits, behind, after = match.groups("") if match else ("", "", "", "")
        if not (digits or behind) or (before and after):
            signs = f"{decimal!r} before decimals"
            if thousands:
                signs += f" and {thousands!r} between thousands"
            raise ValueFaultError(f"{_short(cell)} is no number with {signs}")
        if thousands:
            digits = digits.replace(thousands, "")
        if implied and match is not None and match[3] is None:
            digits = digits.rjust(implied + 1, "0")
            digits, behind = digits[:-implied], digits[-implied:]
        sign = "-" if "-" in (before, after) else ""
        if len(digits) + len(behind) > 60:
            raise ValueFaultError(f"{_short(cell)} has more than 60 digits")
        return f"{sign}{digits.lstrip('0') or '0'}{'.' + behind if behind else ''}"

    return read


def _date(form: str) -> Reader:
    def read(cell: str) -> str | None:
        cell = cell.strip()
        if not cell:
            return None
        try:
            day = _naive(cell, form).date() if form else date.fromisoformat(cell)
        except ValueError as error:
            raise _no_moment(cell, "date", form) from error
        return day.isoformat()

    return read


def _time(form: str, zone: ZoneInfo) -> Reader:
    def read(cell: str) -> str | None:
        cell = cell.strip()
        if not cell:
            return None
        try:
            moment = _naive(cell, form) if form else datetime.fromisoformat(cell)
            if moment.tzinfo is None:
                moment = _placed(moment, zone)
            moment.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise _no_moment(cell, "time", form) from error
        return moment.isoformat()

    return read


def _naive(cell: str, form: str) -> datetime:
    return datetime.strptime(cell, form)  # noqa: DTZ007 the declared zone is put on it


def _placed(moment: datetime, zone: ZoneInfo) -> datetime:
    """On its zone. An hour that comes twice in autumn is the first of the two."""
    aware = moment.replace(tzinfo=zone)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        raise ValueFaultError(f"{moment} does not exist in {zone.key}: clocks were put forward")
    return aware


def _no_moment(cell: str, what: str, form: str) -> ValueFaultError:
    return ValueFaultError(f"{_short(cell)} is no {what} written as {form or 'ISO 8601'}")


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 60 else cell[:60] + "...")
