"""Times, states and values in the words people read."""

__all__ = ["DELIVERY", "STANDS", "moment", "span", "value"]

from datetime import UTC, datetime

from andon.visibility.views import Stands

STANDS: dict[Stands, tuple[str, str]] = {
    "owner": ("owner", "cyan"),
    "agrees": ("agrees", "green"),
    "settling": ("still settling", "yellow"),
    "differs": ("differs", "red"),
    "unowned": ("", ""),
}
"""How a belief stands to its owner's: the word and the colour; never the colour alone."""

DELIVERY: dict[str, tuple[str, str]] = {
    "delivered": ("delivered", "green"),
    "refused": ("refused", "red"),
    "awaiting": ("waits for approval since", "yellow"),
    "pending": ("waits its turn since", ""),
    "sending": ("being sent since", "yellow"),
    "waiting": ("will be tried again, waits since", "yellow"),
    "unknown": ("outcome unknown, being found out since", "yellow"),
    "parked": ("parked for a person since", "red"),
    "offered": ("not yet fetched, offered since", "yellow"),
    "acknowledged": ("acknowledged", "green"),
    "cancelled": ("cancelled", ""),
}
"""States of a command: the words before its time, and the colour."""

_SECOND = 1000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def span(ms: float) -> str:
    """How long something took: 84 ms, 3.6 s, 1 min 17 s, 2 h 05 min."""
    if ms < 0:
        return f"-{span(-ms)}"
    if ms < _SECOND:
        return f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms"
    if ms < 10 * _SECOND:
        return f"{int(ms / 100) / 10:.1f} s"
    if ms < _MINUTE:
        return f"{int(ms / _SECOND)} s"
    if ms < _HOUR:
        return _two(ms, _MINUTE, "min", _SECOND, "s")
    if ms < _DAY:
        return _two(ms, _HOUR, "h", _MINUTE, "min")
    return _two(ms, _DAY, "d", _HOUR, "h")


def _two(ms: float, large: int, large_word: str, small: int, small_word: str) -> str:
    whole, rest = int(ms // large), int(ms % large // small)
    return f"{whole} {large_word} {rest:02d} {small_word}" if rest else f"{whole} {large_word}"


def moment(at: datetime, now: datetime) -> str:
    """UTC wall time to the millisecond today, with the day before that."""
    at = at.astimezone(UTC)
    if at.date() == now.astimezone(UTC).date():
        return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"
    return f"{at:%Y-%m-%d %H:%M:%S}"


def value(held: str | int | bool | None) -> str:
    """A believed value; emptiness is said, not shown as a hole."""
    match held:
        case None:
            return "none"
        case bool():
            return "yes" if held else "no"
        case "":
            return "empty"
        case _:
            return str(held)
