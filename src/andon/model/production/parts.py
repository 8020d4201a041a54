"""What messages about production orders are made of."""

__all__ = ["ComponentLot"]

import msgspec

from andon.core.quantity import Quantity
from andon.model.terms import LotId, MaterialId


class ComponentLot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which lot a component is taken; no quantity means all the order needs of it."""

    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity | None = None
