"""Receiving: from the count on the dock to the books, and to a claim where something is missing."""

__all__ = ["claim_missing", "missing", "post_counted"]

from collections.abc import Sequence
from decimal import Decimal

from andon.core.errors import RejectedError
from andon.core.workflow import Run, workflow
from andon.model.supply import (
    PostReceipt,
    PurchaseOrderPlaced,
    ShipmentAnnounced,
    ShipmentCounted,
)


@workflow(on=ShipmentCounted)
async def post_counted(run: Run, counted: ShipmentCounted) -> None:
    """What was counted is posted; receiving decides about a refusal, as often as it takes."""
    while True:
        try:
            await run.send(
                PostReceipt(
                    order_id=run.subject, shipment_id=counted.shipment_id, received=counted.lots
                )
            )
        except RejectedError as error:
            answer = await run.ask(
                "receiving",
                f"{counted.shipment_id} has come for {run.subject.partition(':')[2]}, and its goods"
                f" receipt is refused: {error} Mend the cause, then post again; or post it in the"
                " ERP by hand.",
                "post again",
                "it is posted",
            )
            if answer == "it is posted":
                return
        else:
            return


@workflow(on=PurchaseOrderPlaced)
async def claim_missing(run: Run, placed: PurchaseOrderPlaced) -> None:
    """Compares each shipment once it is both announced and counted, until all that was ordered
    has been announced. What never comes of an announcement stays open here."""
    ordered = sum((line.quantity.amount for line in placed.lines), Decimal(0))
    sent = Decimal(0)
    announced: dict[str, ShipmentAnnounced] = {}
    counted: dict[str, ShipmentCounted] = {}
    while announced or sent < ordered:
        match await run.wait(ShipmentAnnounced, ShipmentCounted):
            case ShipmentAnnounced() as said:
                announced[said.shipment_id] = said
                sent += sum((lot.quantity.amount for lot in said.lots), Decimal(0))
            case ShipmentCounted() as said:
                counted[said.shipment_id] = said
        for shipment in announced.keys() & counted.keys():
            short = missing(announced.pop(shipment), counted.pop(shipment))
            if short:
                await run.ask(
                    "purchasing",
                    f"{placed.supplier_id} announced more on {shipment} for"
                    f" {run.subject.partition(':')[2]} than came: {', '.join(short)} missing."
                    " Claim it from the supplier.",
                    "it is claimed",
                )


def missing(announced: ShipmentAnnounced, counted: ShipmentCounted) -> Sequence[str]:
    """What of each announced lot did not come, in words; more than announced is no claim."""
    came: dict[str, Decimal] = {}
    for lot in counted.lots:
        came[lot.lot_id] = came.get(lot.lot_id, Decimal(0)) + lot.quantity.amount
    found: list[str] = []
    for lot in announced.lots:
        short = lot.quantity.amount - came.get(lot.lot_id, Decimal(0))
        if short > 0:
            words = f"{short.normalize():f} {lot.quantity.unit} of {lot.material_id}"
            found.append(f"{words}, lot {lot.lot_id}")
    return found
