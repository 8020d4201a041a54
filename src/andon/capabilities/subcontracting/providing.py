"""Providing: from the placed order to what the books have with the supplier."""

__all__ = ["post_provided", "provide_components"]

from collections.abc import Iterator

from andon.capabilities.subcontracting.following import LOOK_AGAIN_AFTER
from andon.core.insisting import insist, mended_by
from andon.core.workflow import Run, workflow
from andon.model.inventory import STOCK_DEFICIT
from andon.model.subcontracting import (
    ComponentsProvided,
    PostProvision,
    RequestProvision,
    SubcontractLine,
    SubcontractPlaced,
    UnblockProvided,
)
from andon.model.supply import PurchaseLine, lots_text


@workflow(on=SubcontractPlaced)
async def provide_components(run: Run, placed: SubcontractPlaced) -> None:
    """The dock is asked, once, to give a driver what the supplier needs. What has left is heard
    from there."""
    needed = tuple(_needed(placed.lines))
    await insist(
        run,
        RequestProvision(order_id=run.subject, supplier_id=placed.supplier_id, needed=needed),
        team="purchasing",
        says=lambda error: (
            f"{placed.supplier_id} cannot begin with {run.local} without its components, and the"
            f" dock does not take the task: {str(error).rstrip('.')}. Mend the cause and send it"
            " again; or settle it with the dock."
        ),
        again="send again",
        by_hand="it is settled",
    )


@workflow(on=ComponentsProvided)
async def post_provided(run: Run, provided: ComponentsProvided) -> None:
    """What has left is posted into what the supplier has of ours. Where the books have too little
    for use, its lots may be blocked, because the word of a hold overtook that of the dock: so much
    of them is given back first. Any other refusal is tried again every few minutes, and receiving
    decides about it meanwhile."""
    back = UnblockProvided(
        order_id=run.subject, provision_id=provided.provision_id, provided=provided.lots
    )
    await insist(
        run,
        PostProvision(
            order_id=run.subject,
            provision_id=provided.provision_id,
            supplier_id=provided.supplier_id,
            provided=provided.lots,
        ),
        team="receiving",
        says=lambda error: (
            f"{lots_text(provided.provision_id, provided.lots)} has left for"
            f" {provided.supplier_id}, and the books do not take it: {str(error).rstrip('.')}. It"
            f" is posted again every {LOOK_AGAIN_AFTER.seconds // 60} minutes; mend the cause, or"
            " post it in the ERP by hand."
        ),
        again="post again",
        by_hand="it is posted",
        every=LOOK_AGAIN_AFTER,
        mends=mended_by(run, back, code=STOCK_DEFICIT),
    )


def _needed(lines: tuple[SubcontractLine, ...]) -> Iterator[PurchaseLine]:
    for line in lines:
        for part in line.components:
            yield PurchaseLine(line=line.line, material_id=part.material_id, quantity=part.quantity)
