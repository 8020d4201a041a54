"""Values on the wire: as OData 2 and 4 write them, and what they take."""

__all__ = ["heard", "told"]

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from andon.connectors.odata.metadata import Property
from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.values import instant_of, time_of_day, wire_date


def told(value: Any, field: Property, version: int) -> Any:
    """A value as JSON."""
    match value:
        case None:
            return None
        case Decimal():
            return f"{value:.3f}"
        case datetime() if field.type == "Edm.Date":
            return f"{value:%Y-%m-%d}"
        case datetime() if version == 4:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case datetime() if field.type == "Edm.DateTimeOffset":
            return wire_date(value).replace(")", "+0000)")
        case datetime():
            return wire_date(value)
        case timedelta():
            minutes, seconds = divmod(int(value.total_seconds()), 60)
            return f"PT{minutes // 60:02}H{minutes % 60:02}M{seconds:02}S"
        case _:
            return value


def heard(value: Any, field: Property) -> Any:
    """A value from JSON, refused when its type cannot hold it."""
    if value is None:
        return None
    try:
        return _heard(value, field)
    except (ValueError, InvalidOperation) as error:
        raise RefusedCallError(
            "/IWBEP/CM_MGW_RT/176", f"The property '{field.name}' holds the invalid value '{value}'"
        ) from error


def _heard(value: Any, field: Property) -> Any:
    match field.type:
        case "Edm.String":
            if not isinstance(value, str) or len(value) > (field.max_length or len(value)):
                raise ValueError
            return value
        case "Edm.Decimal":
            # In JSON of OData 2 a decimal is text; a bare number is refused as a gateway does.
            if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,13}(\.\d{1,3})?", value):
                raise ValueError
            return Decimal(value)
        case "Edm.Boolean":
            if not isinstance(value, bool):
                raise ValueError
            return value
        case "Edm.Time":
            if not isinstance(value, str) or not value.startswith("P"):
                raise ValueError
            at = time_of_day(value)
            return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
        case _:
            at = instant_of(str(value))
            if at is None:
                raise ValueError
            return at
