"""Numbers, amounts and moments as segments hold them. What misreads names its place."""

__all__ = ["amount_at", "days_of", "dtm", "moment_of", "number_at", "packed_at", "zone_of"]

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from andon.connectors.edi.segments import Segment
from andon.connectors.edi.settings import EdiSettings, Partner
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known
from andon.core.quantity import Quantity

_LAYOUTS = {
    "101": "%y%m%d",
    "102": "%Y%m%d",
    "201": "%y%m%d%H%M",
    "203": "%Y%m%d%H%M",
    "204": "%Y%m%d%H%M%S",
}
"""EDIFACT 2379."""
_UNIVERSAL = {"UT", "GM", "Z"}
"""X12 time codes that say UTC; others are the partner's own zone."""


def zone_of(known: Known, partner: str) -> ZoneInfo:
    """The zone of a partner whose times say none."""
    profile = _profile(known, partner)
    return ZoneInfo(profile.time_zone if profile else "UTC")


def days_of(known: Known, partner: str) -> ZoneInfo:
    """The zone of the days on which a partner delivers."""
    profile = _profile(known, partner)
    return profile.days if profile else ZoneInfo("UTC")


def _profile(known: Known, partner: str) -> Partner | None:
    settings = known.settings
    return settings.partners.get(partner) if isinstance(settings, EdiSettings) else None


def number_at(segment: Segment, element: int, component: int = 1) -> Decimal:
    """A number; a decimal comma is one, too. Raises MappingError."""
    text = segment.text(element, component).strip()
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not -18 <= number.adjusted() <= 18:
        raise _misread(segment, element, f"{text!r} is no number")
    return number


def amount_at(segment: Segment, element: int, unit: int) -> Quantity:
    """A number and its unit in another element, as X12 has them."""
    if not segment.text(unit):
        raise _misread(segment, unit, "the unit is missing")
    return Quantity(number_at(segment, element), segment.text(unit))


def packed_at(segment: Segment) -> Quantity:
    """The amount of a QTY; a unit that is not said is PCE, as EDIFACT means it."""
    return Quantity(number_at(segment, 1, 2), segment.text(1, 3) or "PCE")


def dtm(segment: Segment, zone: ZoneInfo) -> datetime | None:
    """The moment of an EDIFACT DTM; None for an absent one. Raises MappingError."""
    text, layout = segment.text(1, 2), segment.text(1, 3)
    if not text:
        return None
    shape = _LAYOUTS.get(layout or "102")
    if shape is None:
        raise _misread(segment, 1, f"times of format {layout!r} are not read here")
    return _read(segment, 1, text, shape, zone)


def moment_of(
    segment: Segment, date: int, zone: ZoneInfo, *, time: int = 0, code: int = 0
) -> datetime | None:
    """Date and time in two elements, as X12 has them; None without a date."""
    day = segment.text(date)
    if not day:
        return None
    clock = segment.text(time)[:6] if time else ""
    shape = "%Y%m%d" if len(day) == 8 else "%y%m%d"
    shape += {4: "%H%M", 6: "%H%M%S"}.get(len(clock), "")
    if code and segment.text(code) in _UNIVERSAL:
        return _read(segment, date, day + clock, shape, UTC)
    return _read(segment, date, day + clock, shape, zone)


def _read(segment: Segment, element: int, text: str, shape: str, zone: object) -> datetime:
    try:
        read = datetime.strptime(text, shape)  # noqa: DTZ007 the zone is the partner's
    except ValueError as error:
        raise _misread(segment, element, f"{text!r} is no moment") from error
    return read.replace(tzinfo=zone if isinstance(zone, ZoneInfo) else UTC)


def _misread(segment: Segment, element: int, says: str) -> MappingError:
    place = f"segment {segment.at} ({segment.tag}), element {element}"
    return MappingError(f"{place}: {says}", [Fault(f"/{segment.at}/{element}", says)])
