"""Crediting: what went back and is paid for is not delivered any more."""

__all__ = ["complete_credited"]

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from andon.capabilities.supply.earlier import earlier
from andon.capabilities.supply.ordering import promised
from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.completing import CompletePurchaseLines, PurchaseLinesCompleted
from andon.model.returning import ReturnedLot, ShipmentReturned
from andon.model.supply import (
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    ShipmentCounted,
)

_NOTHING = Decimal(0)
_HEARD = (
    PurchaseOrderPlaced,
    PurchaseOrderConfirmed,
    ShipmentCounted,
    ShipmentReturned,
    PurchaseLinesCompleted,
)
_Heard = (
    PurchaseOrderPlaced
    | PurchaseOrderConfirmed
    | ShipmentCounted
    | ShipmentReturned
    | PurchaseLinesCompleted
)


@workflow(on=ShipmentReturned, earlier=True)
async def complete_credited(run: Run, went: ShipmentReturned) -> None:
    """Nothing more is expected of what is credited: its lines are completed in the books, once all
    that is promised of them has come or is credited. Until then the rest is still to come."""
    if went.instead != "credit":
        return
    order = _Order(went)
    for said in await earlier(run, *_HEARD):
        order.hear(said)
    left = list(dict.fromkeys(lot.material_id for lot in went.returned))
    while left:
        over = [material for material in left if order.over(material)]
        left = [material for material in left if material not in over]
        if order.expects(over):
            await _complete(run, went, order.completed_with(over))
        if left and not over:
            order.hear(await run.wait(*_HEARD))


class _Order:
    """What of each material is promised, and what of that came or went back to be credited; by
    material, since line numbers are each system's own."""

    def __init__(self, went: ShipmentReturned) -> None:
        self._placed: PurchaseOrderPlaced | None = None
        self._promised: Sequence[PurchaseLine] = ()
        self._came: dict[str, Mapping[str, Decimal]] = {}
        self._credited: dict[str, Mapping[str, Decimal]] = {}
        self._completed: frozenset[str] = frozenset()
        self.hear(went)

    def hear(self, said: _Heard) -> None:
        """Each shipment and each way back counts once, however often it is said."""
        match said:
            case PurchaseOrderPlaced():
                self._placed, self._promised = said, self._promised or said.lines
            case PurchaseOrderConfirmed():
                placed = self._placed
                self._promised = promised(placed.lines, said.lines) if placed else said.lines
            case ShipmentCounted():
                self._came.setdefault(said.shipment_id, _amounts(said.lots))
            case ShipmentReturned(instead="credit"):
                self._credited.setdefault(said.return_id, _amounts(said.returned))
            case ShipmentReturned():
                pass  # it is owed again
            case PurchaseLinesCompleted():
                self._completed = frozenset(said.lines)

    def over(self, material: str) -> bool:
        """Whether nothing more of it comes."""
        if self._placed is None:
            return False  # nobody knows what was ordered
        owed = sum(
            (one.quantity.amount for one in self._promised if one.material_id == material), _NOTHING
        )
        there = (*self._came.values(), *self._credited.values())
        return sum((one.get(material, _NOTHING) for one in there), _NOTHING) >= owed

    def expects(self, materials: Sequence[str]) -> bool:
        """Whether the books expect any of it."""
        return not self._completed.issuperset(self._lines_of(materials))

    def completed_with(self, materials: Sequence[str]) -> tuple[str, ...]:
        """The lines of which nothing is expected once these are completed, too."""
        done = self._completed.union(self._lines_of(materials))
        lines = () if self._placed is None else self._placed.lines
        return tuple(one.line for one in lines if one.line in done)

    def _lines_of(self, materials: Sequence[str]) -> Sequence[str]:
        lines = () if self._placed is None else self._placed.lines
        return [one.line for one in lines if one.material_id in materials]


def _amounts(lots: Iterable[ReceivedLot | ReturnedLot]) -> Mapping[str, Decimal]:
    found: dict[str, Decimal] = {}
    for lot in lots:
        found[lot.material_id] = found.get(lot.material_id, _NOTHING) + lot.quantity.amount
    return found


async def _complete(run: Run, went: ShipmentReturned, lines: tuple[str, ...]) -> None:
    await insist(
        run,
        CompletePurchaseLines(order_id=run.subject, lines=lines),
        team="purchasing",
        says=lambda error: (
            f"Supplier {went.supplier_id} credits what went back of order {run.local} on"
            f" {went.return_id}, and the books still expect it: {error} Mend the cause and"
            f" write again, or mark {', '.join(lines)} as completely delivered by hand."
        ),
        again="write again",
        by_hand="it is written",
    )
