"""Values on the wire: as OData 2 and 4 write them, and what they take."""

__all__ = ["Decimals", "heard", "told"]

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from andon.connectors.odata.metadata import Property
from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.values import instant_of, time_of_day, wire_date

Decimals = Literal["text", "numbers"]
"""How a body writes them: as text in OData 2; in OData 4 as numbers, unless the body says that it
is compatible with IEEE 754."""
_DECIMAL = re.compile(r"-?\d{1,13}(\.\d{1,3})?")


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


def heard(value: Any, field: Property, *, decimals: Decimals) -> Any:
    """A value from JSON, refused when its type cannot hold it."""
    if value is None:
        return None
    try:
        return _heard(value, field, decimals)
    except (ValueError, InvalidOperation) as error:
        refused = RefusedCallError(
            "/IWBEP/CM_MGW_RT/176", f"The property '{field.name}' holds the invalid value '{value}'"
        )
        refused.target = field.name
        raise refused from error


def _heard(value: Any, field: Property, decimals: Decimals) -> Any:
    match field.type:
        case "Edm.String":
            if not isinstance(value, str) or len(value) > (field.max_length or len(value)):
                raise ValueError
            return value
        case "Edm.Decimal":
            # The other form is refused as a gateway does.
            text = str(value)
            if isinstance(value, str) != (decimals == "text") or not _DECIMAL.fullmatch(text):
                raise ValueError
            return Decimal(text)
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
