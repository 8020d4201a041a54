"""Small types every message is made of."""

__all__ = ["EquipmentId", "Instant", "LotId", "MaterialId", "Name", "OrderId", "Text"]

from datetime import datetime
from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
"""An id as its system writes it. Never empty, so nothing is ever booked on `''`."""

Text = Annotated[str, msgspec.Meta(max_length=4000)]
"""Words for people."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its zone. Without one it is refused: two systems would read it apart."""

OrderId = Name
MaterialId = Name
LotId = Name
EquipmentId = Name
