"""SAP's days and times of day, where the plant is."""

__all__ = ["day_of", "last_minute", "moment", "settings_of"]

from datetime import UTC, date, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from andon.connectors.odata.settings import ODataSettings
from andon.connectors.odata.values import instant_of, time_of_day
from andon.core.mapping import Known


def moment(day: datetime | date | None, at: str | None, known: Known) -> datetime | None:
    """SAP's day and time of day, where the plant is."""
    if day is None:
        return None
    zone = ZoneInfo(settings_of(known).time_zone)
    return datetime.combine(day, time_of_day(at), tzinfo=zone)


def last_minute(day: str | None, known: Known) -> datetime | None:
    """When a day without an hour ends where the plant is; SAP writes it as its midnight in UTC."""
    at = None if day is None else instant_of(day)
    if at is None:
        return None
    zone = ZoneInfo(settings_of(known).time_zone)
    return datetime.combine(at.astimezone(UTC), time(23, 59), tzinfo=zone)


def day_of(at: datetime, known: Known) -> date:
    """What the calendar of the plant says then."""
    return at.astimezone(ZoneInfo(settings_of(known).time_zone)).date()


def settings_of(known: Known) -> ODataSettings:
    """The connection's settings, as a mapping knows them."""
    return cast(ODataSettings, known.settings)
