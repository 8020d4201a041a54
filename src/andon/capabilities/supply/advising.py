"""Advising: a supplier that fetches its orders here reads here what became of what it sent."""

__all__ = ["note_receipts"]

from collections.abc import Collection, Iterable
from decimal import Decimal

from andon.capabilities.supply.comparing import advised
from andon.core.workflow import Run, Workflow, workflow
from andon.model.advising import JudgedShipment, NoteReceipt
from andon.model.supply import (
    PackedLot,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ShipmentAnnounced,
    ShipmentCounted,
)


def note_receipts(*, fetched_by: Collection[str]) -> Workflow:
    """Notes with the order, lot by lot, what was accepted, damaged and missing of each shipment
    once it is both announced and counted, until all that is promised has been. The other suppliers
    are written to by `claim_missing`."""

    @workflow(on=PurchaseOrderPlaced, name="note_receipts")
    async def noting(run: Run, placed: PurchaseOrderPlaced) -> None:
        if placed.supplier_id not in fetched_by:
            return
        promised = _amount(placed.lines)
        announced: dict[str, ShipmentAnnounced] = {}
        counted: dict[str, ShipmentCounted] = {}
        judged: dict[str, JudgedShipment] = {}
        while announced.keys() - judged.keys() or _sent(announced.values()) < promised:
            match await run.wait(PurchaseOrderConfirmed, ShipmentAnnounced, ShipmentCounted):
                case PurchaseOrderConfirmed() as said:
                    promised = _amount(said.lines)
                case ShipmentAnnounced() as said:
                    announced.setdefault(said.shipment_id, said)
                case ShipmentCounted() as said:
                    counted.setdefault(said.shipment_id, said)
            fresh = (announced.keys() & counted.keys()) - judged.keys()
            for shipment in sorted(fresh):
                lots = advised(announced[shipment], counted[shipment])
                judged[shipment] = JudgedShipment(shipment_id=shipment, lots=lots)
            if fresh:
                await run.send(NoteReceipt(order_id=run.subject, judged=tuple(judged.values())))

    return noting


def _sent(announced: Iterable[ShipmentAnnounced]) -> Decimal:
    return sum((_amount(one.lots) for one in announced), Decimal(0))


def _amount(lines: Iterable[PurchaseLine | PackedLot]) -> Decimal:
    return sum((line.quantity.amount for line in lines), Decimal(0))
