"""What messages about production orders are made of."""

__all__ = ["ComponentLot", "NeededComponent", "amounts_of"]

from collections.abc import Sequence

import msgspec

from andon.core.errors import Fault, MappingError
from andon.core.quantity import Quantity
from andon.model.terms import LotId, MaterialId


class ComponentLot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which lot a component is taken; no quantity means all the order needs of it."""

    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity | None = None


class NeededComponent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of one item the whole order takes."""

    material_id: MaterialId
    quantity: Quantity


def amounts_of(components: Sequence[ComponentLot]) -> list[tuple[ComponentLot, Quantity]]:
    """How much is taken of each, for a system that must be told.
    Raises MappingError with every one that does not say."""
    faults = [
        Fault(f"/components/{n}/quantity", f"is missing for {part.material_id} of {part.lot_id}")
        for n, part in enumerate(components)
        if part.quantity is None
    ]
    if faults:
        raise MappingError("Nothing is taken here without an amount", faults)
    return [(part, part.quantity) for part in components if part.quantity is not None]
