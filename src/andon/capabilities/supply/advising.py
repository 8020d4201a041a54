"""Advising: a supplier that fetches its orders here reads here what became of what it sent."""

__all__ = ["judgements", "note_receipts"]

from collections.abc import Collection, Sequence

from andon.capabilities.supply.comparing import HEARD, Shipments
from andon.core.workflow import Run, Workflow, workflow
from andon.model.advising import JudgedShipment, NoteReceipt
from andon.model.supply import AdvisedLot, PurchaseOrderPlaced, ShipmentCounted


def note_receipts(*, fetched_by: Collection[str]) -> Workflow:
    """Notes with the order, lot by lot, what was accepted, damaged and missing of each shipment
    once it is both announced and counted, until all that is promised has been. The other suppliers
    are written to by `claim_missing`."""

    @workflow(on=PurchaseOrderPlaced, name="note_receipts")
    async def noting(run: Run, placed: PurchaseOrderPlaced) -> None:
        if placed.supplier_id not in fetched_by:
            return
        shipments, judged = Shipments(placed.lines), list[JudgedShipment]()
        while shipments.open:
            compared = shipments.hear(await run.wait(*HEARD))
            judged += judgements(compared)
            if compared:
                await run.send(NoteReceipt(order_id=run.subject, judged=tuple(judged)))

    return noting


def judgements(
    compared: Sequence[tuple[ShipmentCounted, tuple[AdvisedLot, ...]]],
) -> Sequence[JudgedShipment]:
    """As they are noted."""
    return [JudgedShipment(shipment_id=one.shipment_id, lots=lots) for one, lots in compared]
