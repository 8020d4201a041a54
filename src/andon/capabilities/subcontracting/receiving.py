"""Receiving: what was made of our components comes back, and they are consumed with it."""

__all__ = ["REPORTED_WITHIN", "post_processed"]

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import msgspec

from andon.capabilities.subcontracting.following import LOOK_AGAIN_AFTER
from andon.core.errors import LateError
from andon.core.insisting import insist
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Run, workflow
from andon.model.processing import (
    ConsumedLot,
    LotProcessed,
    PostProcessed,
    ProcessedCounted,
    ProcessedLot,
)
from andon.model.supply import ReceivedLot

REPORTED_WITHIN = timedelta(hours=4)
"""So long after its lots have come the supplier may need to say what is in them."""
_SMALLEST = Decimal("0.001")
_BY_HAND = "it is posted"


@workflow(on=ProcessedCounted, earlier=True)
async def post_processed(run: Run, counted: ProcessedCounted) -> None:
    """What was counted is posted once it is known of which lots it was made: with it these leave
    what the supplier has of ours. Its word may come before the goods, or behind them; where it does
    not come, or the books refuse it, receiving decides. What was said to be good and did not come
    so is purchasing's question."""
    came = [lot for lot in counted.lots if _whole(lot) > 0]
    reports = await _reported(run, counted, came)
    if reports is None:
        return
    fit = [lot for lot in came if lot.quantity.amount > 0]
    if fit:
        await _post(run, counted, tuple(_processed(lot, reports[_number(lot)]) for lot in fit))
    if short := _short(came, reports):
        supplier = next(iter(reports.values())).supplier_id
        await run.ask(
            "purchasing",
            f"{supplier} said that it made more for {run.local} than came fit for use on"
            f" {counted.shipment_id}: {'; '.join(short)}. What is in the rest is with it by the"
            " books. Claim it.",
            "it is claimed",
        )


async def _reported(
    run: Run, counted: ProcessedCounted, came: Sequence[ReceivedLot]
) -> Mapping[str, LotProcessed] | None:
    """Number of the lot -> what the supplier says of it; None where it is posted by hand."""
    reports: dict[str, LotProcessed] = {}
    asked: Ask | None = None
    while open_ := [_number(lot) for lot in came if _number(lot) not in reports]:
        news = run.wait(LotProcessed, within=None if asked else REPORTED_WITHIN)
        try:
            place, said = (0, await news) if asked is None else await run.first(news, asked)
        except LateError:
            asked = run.ask(
                "receiving",
                f"{', '.join(open_)} came for {run.local} on {counted.shipment_id}, and nobody has"
                " said of which of our lots it was made: the books cannot have it. Ask whoever made"
                " it; this goes by itself once it is said. Or post it in the ERP by hand.",
                _BY_HAND,
            )
            continue
        if place == 1:
            return None
        reports.setdefault(said.lot_id.rpartition(":")[2], said)
    if asked is not None:
        await run.withdraw(asked)
    return reports


async def _post(run: Run, counted: ProcessedCounted, received: tuple[ProcessedLot, ...]) -> None:
    await insist(
        run,
        PostProcessed(order_id=run.subject, shipment_id=counted.shipment_id, received=received),
        team="receiving",
        says=lambda error: (
            f"{counted.shipment_id} has come for {run.local}, and its goods receipt is refused:"
            f" {str(error).rstrip('.')}. It is posted again every"
            f" {LOOK_AGAIN_AFTER.seconds // 60} minutes; mend the cause, or post it in the ERP by"
            " hand."
        ),
        again="post again",
        by_hand=_BY_HAND,
        every=LOOK_AGAIN_AFTER,
    )


def _processed(lot: ReceivedLot, report: LotProcessed) -> ProcessedLot:
    """With as much of each component as is in what came of it."""
    return ProcessedLot(
        line=lot.line,
        material_id=lot.material_id,
        lot_id=lot.lot_id,
        quantity=lot.quantity,
        consumed=tuple(_share(part, lot.quantity, report.good) for part in report.consumed),
    )


def _share(part: ConsumedLot, came: Quantity, good: Quantity) -> ConsumedLot:
    if came.amount == good.amount or not good.amount:
        return part
    amount = (part.quantity.amount * came.amount / good.amount).quantize(_SMALLEST)
    return msgspec.structs.replace(part, quantity=Quantity(amount, part.quantity.unit))


def _short(came: Sequence[ReceivedLot], reports: Mapping[str, LotProcessed]) -> Sequence[str]:
    return [
        f"{lot.quantity.amount.normalize():f} instead of {reports[_number(lot)].good} of lot"
        f" {_number(lot)}"
        for lot in came
        if lot.quantity.amount < reports[_number(lot)].good.amount
    ]


def _whole(lot: ReceivedLot) -> Decimal:
    return lot.quantity.amount + (lot.damaged.amount if lot.damaged else Decimal(0))


def _number(lot: ReceivedLot) -> str:
    return lot.lot_id.rpartition(":")[2]
