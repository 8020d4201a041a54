"""A row of the store of analytics, whichever way it came."""

__all__ = ["Told"]

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec


class Told(msgspec.Struct, frozen=True):
    """What it was told: which event, about what, when."""

    event: str
    subject: str
    at: datetime
    data: Mapping[str, Any]
