"""Tender: what stands at the dock is offered to a carrier."""

__all__ = ["tender_load"]

from andon.core.errors import RejectedError
from andon.core.workflow import Run, workflow
from andon.model.fulfilment import DeliveryPicked, TenderLoad


@workflow(on=DeliveryPicked)
async def tender_load(run: Run, picked: DeliveryPicked) -> None:  # noqa: ARG001 that it is picked is all
    """One tender for each delivery. Whether the carrier takes it is its own word; shipping sees it
    on the delivery, and calls another one."""
    try:
        await run.send(TenderLoad(delivery_id=run.subject))
    except RejectedError as error:
        await run.ask(
            "shipping",
            f"Delivery {run.local} stands at the dock, and the carrier cannot"
            f" be asked: {error} Call one.",
            "it is called",
        )
