"""OData's values and ours: dates without a zone, decimals as text, literals in an address."""

__all__ = ["entity", "instant_of", "literal", "plain_row", "time_of_day", "wire_date"]

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, cast
from urllib.parse import quote

_TIME = "/Date("
_TICKS = re.compile(r"/Date\((-?\d{1,15})([+-]\d{1,4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(
    r"P(?:(\d{1,5})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,9})(?:\.(\d{1,12}))?S)?)?"
)
_DEEPEST = 32


def plain_row(value: Any, *, depth: int = 0) -> Any:
    """A row without what the protocol adds to it: bare lists, ISO times with their zone.

    `/Date(ms)/` says no zone and is UTC by OData's rule; a day is that day's midnight. A decimal
    stays the text it came as. What was asked for by `$expand` is kept, a bare way to more is not.
    """
    match value:
        case str():
            return _time_text(value) if value.startswith(_TIME) else value
        case list():
            if depth > _DEEPEST:
                return []
            return [plain_row(one, depth=depth + 1) for one in cast("list[Any]", value)]
        case dict():
            return _plain_object(cast("dict[str, Any]", value), depth)
        case Decimal():
            return f"{value:f}" if -400 < value.adjusted() < 400 else str(value)
        case _:
            return value


def _plain_object(value: dict[str, Any], depth: int) -> Any:
    if depth > _DEEPEST:
        return {}
    if "results" in value and isinstance(value["results"], list):
        return plain_row(value["results"], depth=depth + 1)
    plain: dict[str, Any] = {}
    for name, one in value.items():
        if "@odata." in name or name == "__metadata":
            continue
        if type(one) is str:  # most are, so they are not worth a call each
            plain[name] = _time_text(one) if _TIME in one else one
        elif not _is_way(one):
            plain[name] = plain_row(one, depth=depth + 1)
    return plain


def _is_way(value: Any) -> bool:
    """What only says where more could be read."""
    return isinstance(value, dict) and "__deferred" in value


def _time_text(text: str) -> str:
    at = instant_of(text)
    return text if at is None else at.isoformat()


def instant_of(text: str) -> datetime | None:
    """A moment from any form a change field has, None where it is none.

    `/Date(ms)/`, `/Date(ms+minutes)/`, ISO 8601, a day alone, or SAP's fourteen digits (UTC).
    """
    try:
        if _TIME in text and (ticks := _TICKS.fullmatch(text)) is not None:
            # The offset says where the writer stood; the ticks are UTC all the same.
            at = _EPOCH + timedelta(milliseconds=int(ticks[1]))
            if ticks[2] is None:
                return at
            return at.astimezone(timezone(timedelta(minutes=int(ticks[2]))))
        if len(text) == 14 and text.isdecimal():
            return datetime.fromisoformat(f"{text[:8]}T{text[8:]}+00:00")
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def time_of_day(text: str | None) -> time:
    """`PT14H30M05S` as 14:30:05; midnight for nothing."""
    if not text or (parts := _DURATION.fullmatch(text)) is None:
        return time()
    hours, minutes, seconds = (int(parts[n] or 0) for n in (2, 3, 4))
    return time(hours % 24, minutes % 60, seconds % 60)


def wire_date(day: date | datetime) -> str:
    """A day or a moment as OData 2 takes it in a body, `/Date(ms)/`."""
    if isinstance(day, datetime):
        at = day.astimezone(UTC)
    else:
        at = datetime.combine(day, time(), tzinfo=UTC)
    return f"/Date({(at - _EPOCH) // timedelta(milliseconds=1)})/"


def literal(value: str | int | bool | Decimal | datetime, kind: str = "", version: int = 2) -> str:
    """A value as it stands in a filter or a key; `kind` is its Edm type where that matters."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return _moment(value.astimezone(UTC), kind, version)
        case int() | Decimal():
            suffix = "M" if version == 2 and kind == "Edm.Decimal" else ""
            return f"{value}{suffix}"
        case str():
            if kind == "Edm.Guid":
                return f"guid'{value}'" if version == 2 else value
            return "'" + value.replace("'", "''") + "'"


def _moment(at: datetime, kind: str, version: int) -> str:
    whole = at.replace(tzinfo=None).isoformat(
        timespec="microseconds" if at.microsecond else "seconds"
    )
    match kind, version:
        case "Edm.String", _:
            return f"'{at:%Y%m%d%H%M%S}'"
        case "Edm.Date", _:
            return f"{at:%Y-%m-%d}"
        case "Edm.DateTimeOffset", 2:
            return f"datetimeoffset'{whole}Z'"
        case _, 2:
            return f"datetime'{whole}'"
        case _:
            return f"{whole}Z"


def entity(set_name: str, keys: Mapping[str, str | int]) -> str:
    """`A_Set('1')` or `A_Set(A='1',B='2')`, safe for an address whatever the keys hold."""
    texts = [(name, quote(literal(value), safe="'")) for name, value in keys.items()]
    if len(texts) == 1:
        return f"{set_name}({texts[0][1]})"
    return f"{set_name}({','.join(f'{name}={text}' for name, text in texts)})"
