"""SAP's days, times and numbers in the characters of an IDoc."""

__all__ = ["amount", "day", "moment", "time_of_day", "written"]

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from andon.core.quantity import plain

_NUMBER = re.compile(r"(?P<before>[+-]?)(?P<digits>\d+(?:\.\d*)?|\.\d+)(?P<after>[+-]?)")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def amount(text: str) -> Decimal | None:
    """A number; SAP writes its minus behind it. None for nothing. Raises ValueError.

    A comma is refused: whether it stands for a decimal point nobody can tell from the text.
    """
    bare = text.strip()
    if not bare:
        return None
    match = _NUMBER.fullmatch(bare) if bare.isascii() else None
    if match is None or (match["before"] and match["after"]) or len(bare) > 40:
        raise ValueError(f"{text[:60]!r} is no number")
    number = Decimal(match["digits"])
    return -number if "-" in (match["before"], match["after"]) else number


def day(text: str) -> date | None:
    """`20260131`; None for nothing and for zeros, SAP's empty day. Raises ValueError."""
    bare = text.strip()
    if not bare.strip("0"):
        return None
    if not re.fullmatch(r"\d{8}", bare, re.ASCII):
        raise ValueError(f"{text[:60]!r} is no day: 20260131")
    if bare == "99991231":
        return None  # SAP's day for never
    try:
        return date(int(bare[:4]), int(bare[4:6]), int(bare[6:]))
    except ValueError as error:
        raise ValueError(f"{text[:60]!r} is no day: {error}") from error


def time_of_day(text: str) -> tuple[time, bool]:
    """`235959`, and whether it is the end of the day (`240000`). Raises ValueError."""
    bare = text.strip() or "000000"
    if bare == "240000":
        return time(), True
    if not re.fullmatch(r"\d{6}", bare, re.ASCII):
        raise ValueError(f"{text[:60]!r} is no time of day: 235959")
    try:
        return time(int(bare[:2]), int(bare[2:4]), int(bare[4:])), False
    except ValueError as error:
        raise ValueError(f"{text[:60]!r} is no time of day: {error}") from error


def moment(on: str, at: str, zone: ZoneInfo) -> datetime | None:
    """Day and time of day where the plant is. Raises ValueError."""
    found = day(on)
    if found is None:
        return None
    clock, ends = time_of_day(at)
    try:
        return datetime.combine(found + timedelta(days=1) if ends else found, clock, tzinfo=zone)
    except OverflowError as error:
        raise ValueError(f"{on} {at} is beyond the calendar") from error


def written(value: Any) -> str:
    """As SAP reads it. Raises ValueError for what has no one form there."""
    match value:
        case None | False:
            return ""
        case True:
            return "X"
        case str():
            if _NOT_XML.search(value):
                raise ValueError("holds a character that XML cannot")
            return value
        case int():
            return _signed(Decimal(value))
        case Decimal():
            return _signed(value)
        case datetime():
            raise ValueError("is a moment; say a day and a time of day where the plant is")
        case date():
            return f"{value:%Y%m%d}" if value.year > 999 else _refused(value)
        case time():
            return f"{value:%H%M%S}"
        case _:
            return _refused(value)


def _signed(number: Decimal) -> str:
    """The minus stands behind."""
    if not number.is_finite():
        raise ValueError(f"{number} is no amount")
    text = plain(abs(number))
    return f"{text}-" if number < 0 and text != "0" else text


def _refused(value: Any) -> str:
    raise ValueError(f"{str(value)[:60]!r} has no form in an IDoc")
