"""SAP's days and times of day, where the plant is."""

__all__ = ["moment", "settings_of"]

from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from andon.connectors.odata.settings import ODataSettings
from andon.connectors.odata.values import time_of_day
from andon.core.mapping import Known


def moment(day: datetime | date | None, at: str | None, known: Known) -> datetime | None:
    """SAP's day and time of day, where the plant is."""
    if day is None:
        return None
    zone = ZoneInfo(settings_of(known).time_zone)
    return datetime.combine(day, time_of_day(at), tzinfo=zone)


def settings_of(known: Known) -> ODataSettings:
    """The connection's settings, as a mapping knows them."""
    return cast(ODataSettings, known.settings)
