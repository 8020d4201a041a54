"""Returning: what came damaged goes back, and with it out of the books."""

__all__ = ["SENT_BACK", "damaged_lots", "post_returned", "send_back", "words"]

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from andon.core.insisting import insist
from andon.core.workflow import Run, Workflow, workflow
from andon.model.returning import (
    AdviseReturn,
    Instead,
    PostReturn,
    RequestReturn,
    ReturnedLot,
    ShipmentReturned,
)
from andon.model.supply import ShipmentCounted

SENT_BACK: Mapping[str, Instead] = {
    "send it back for replacement": "replacement",
    "send it back for credit": "credit",
}
"""Purchasing's word about what came damaged -> what the supplier then owes."""
_EVERY = timedelta(minutes=5)
"""So often a return that the books refuse is posted again: its receipt may still be on its way."""


def damaged_lots(counted: ShipmentCounted) -> tuple[ReturnedLot, ...]:
    """What of a shipment can go back: it was set aside on the dock."""
    return tuple(
        ReturnedLot(
            line=lot.line, material_id=lot.material_id, lot_id=lot.lot_id, quantity=lot.damaged
        )
        for lot in counted.lots
        if lot.damaged is not None and lot.damaged.amount > 0
    )


async def send_back(
    run: Run,
    supplier: str,
    shipment: str,
    lots: tuple[ReturnedLot, ...],
    instead: Instead,
) -> None:
    """Listed on the dock, once. What has left is heard from there."""
    await insist(
        run,
        RequestReturn(
            order_id=run.subject,
            shipment_id=shipment,
            supplier_id=supplier,
            instead=instead,
            returned=lots,
        ),
        team="receiving",
        says=lambda error: (
            f"{words(lots)} of {shipment} shall go back to {supplier}, and the dock"
            f" does not take it: {error} Mend the cause and send it again; or settle it with"
            " purchasing."
        ),
        again="send again",
        by_hand="it is settled",
    )


def post_returned(*, fetched_by: Collection[str] = ()) -> Workflow:
    """What a driver took back is posted out of the books, whoever asked for it, and its supplier is
    told, but those that fetch everything at our API. What was to go and was not there is a
    question."""

    @workflow(on=ShipmentReturned, name="post_returned")
    async def returning(run: Run, went: ShipmentReturned) -> None:
        if went.returned:
            await _post(run, went)
            if went.supplier_id not in fetched_by:
                await _advise(run, went)
        if went.absent:
            await run.ask(
                "receiving",
                f"{words(went.absent)} of {went.shipment_id} should have gone back to"
                f" {went.supplier_id} on {went.return_id} and was not set aside on the dock. The"
                f" books of {run.local} still have it there: find out who took it, and put them"
                " right.",
                "it is settled",
            )

    return returning


async def _post(run: Run, went: ShipmentReturned) -> None:
    await insist(
        run,
        PostReturn(
            order_id=run.subject,
            shipment_id=went.shipment_id,
            return_id=went.return_id,
            instead=went.instead,
            returned=went.returned,
        ),
        team="receiving",
        says=lambda error: (
            f"{words(went.returned)} of {went.shipment_id} has gone back to {went.supplier_id}"
            f" on {went.return_id}, and its return is refused: {error} It is posted again every"
            f" {_EVERY.seconds // 60} minutes; mend the cause, or post it in the ERP by hand."
        ),
        again="post again",
        by_hand="it is posted",
        every=_EVERY,
    )


async def _advise(run: Run, went: ShipmentReturned) -> None:
    await insist(
        run,
        AdviseReturn(
            order_id=run.subject,
            supplier_id=went.supplier_id,
            shipment_id=went.shipment_id,
            return_id=went.return_id,
            returned_at=went.returned_at,
            returned=went.returned,
        ),
        team="purchasing",
        says=lambda error: (
            f"{went.supplier_id} cannot be told that {words(went.returned)} of"
            f" {went.shipment_id} is on its way back: {error} Mend the cause and send it again,"
            " or tell it otherwise."
        ),
        again="send again",
        by_hand="it is told",
    )


def words(lots: Sequence[ReturnedLot]) -> str:
    """How much of which lot, for people."""
    return ", ".join(
        f"{lot.quantity} of {lot.material_id} (lot {lot.lot_id.rpartition(':')[2]})" for lot in lots
    )
