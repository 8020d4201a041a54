"""Order release: an order that the ERP releases is distributed to the floor."""

__all__ = ["release_order"]

from andon.core.workflow import Run, workflow
from andon.model.production import DistributeOrder, OrderReleased


@workflow(on=OrderReleased)
async def release_order(run: Run, released: OrderReleased) -> None:
    """The receipt is the floor's acknowledgment: from then on it believes in the order."""
    await run.send(
        DistributeOrder(
            order_id=run.subject,
            material_id=released.material_id,
            quantity=released.planned,
            due_at=released.due_at,
        )
    )
