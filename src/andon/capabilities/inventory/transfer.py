"""Transfer: from the line to the shelf, on the floor first and then in the books."""

__all__ = ["post_moved", "put_away"]

from contextlib import suppress

from andon.capabilities.inventory.posting import post_until_done
from andon.core.errors import DeniedError, RejectedError
from andon.core.workflow import Run, workflow
from andon.model.inventory import PostTransfer, PutAway, StockMoved
from andon.model.production import OrderCompleted


@workflow(on=OrderCompleted)
async def put_away(run: Run, completed: OrderCompleted) -> None:
    """What an order made goes into the warehouse. A plant without one has no route to it, and the
    lot stays where it was made."""
    if completed.lot_id is None or completed.good.amount <= 0:
        return
    task = PutAway(
        lot_id=completed.lot_id, material_id=completed.material_id, quantity=completed.good
    )
    try:
        with suppress(DeniedError):
            await run.send(task)
    except RejectedError as error:
        await run.ask(
            "warehouse",
            f"{_number(completed.lot_id)} is made, and the warehouse takes no task for it: {error}"
            " Give it a place by hand.",
            "it has a place",
        )


@workflow(on=StockMoved)
async def post_moved(run: Run, moved: StockMoved) -> None:
    """Each carrying is one posting; a receipt may be behind."""
    if moved.origin == moved.destination:
        return  # from bin to bin: the books know no bins
    transfer = PostTransfer(
        lot_id=run.subject,
        material_id=moved.material_id,
        quantity=moved.quantity,
        origin=moved.origin,
        destination=moved.destination,
    )
    await post_until_done(
        run,
        transfer,
        f"{moved.quantity} of lot {_number(run.subject)} were carried from {moved.origin} to"
        f" {moved.destination}",
    )


def _number(lot: str) -> str:
    return lot.rpartition(":")[2]
