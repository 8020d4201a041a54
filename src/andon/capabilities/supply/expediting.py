"""Expediting: what is missing is asked for of the suppliers that still owe some of it."""

__all__ = ["expedite_missing", "open_lines", "pressing"]

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.capabilities.supply.ordering import promised
from andon.core.insisting import insist
from andon.core.quantity import Quantity
from andon.core.workflow import Run, Workflow, workflow
from andon.model.expediting import RequestExpedite, SendExpedite, ShortageChecked
from andon.model.supply import (
    PackedLot,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    ShipmentAnnounced,
    ShipmentCounted,
)

_NOTHING = Decimal(0)


def expedite_missing(*, fetched_by: Collection[str] = ()) -> Workflow:
    """Listens for shortages of what an order brings until all of it is sent. So much as is missing
    and still owed is wanted at once: it is noted with the order, where a supplier that fetches
    everything at our API reads it, and the others are written to. Of several orders that owe the
    item each is asked: it brings nothing more than was ordered, only sooner. Asked again is for
    more than before, or once there was enough in between; that it is no longer urgent is noted, and
    not written to anybody."""

    @workflow(on=PurchaseOrderPlaced, name="expedite_missing")
    async def expediting(run: Run, placed: PurchaseOrderPlaced) -> None:
        owed, sent = placed.lines, _Sent()
        wanted: tuple[PurchaseLine, ...] = ()
        times = 0
        while still := open_lines(owed, sent.amounts):
            match await run.wait(
                ShortageChecked, PurchaseOrderConfirmed, ShipmentAnnounced, ShipmentCounted
            ):
                case PurchaseOrderConfirmed() as said:
                    owed = promised(placed.lines, said.lines)
                case (ShipmentAnnounced() | ShipmentCounted()) as said:
                    sent.hear(said)
                case ShortageChecked() as said:
                    before = wanted
                    wanted = pressing(before, still, said, by=run.now)
                    if wanted != before:
                        await run.send(RequestExpedite(order_id=run.subject, wanted=wanted))
                    if placed.supplier_id not in fetched_by and _more(before, wanted):
                        times += 1
                        await _written(run, placed, wanted, times)
        if wanted:
            await run.send(RequestExpedite(order_id=run.subject, wanted=()))

    return expediting


def open_lines(
    lines: Sequence[PurchaseLine], sent: Mapping[str, Decimal]
) -> tuple[PurchaseLine, ...]:
    """What is still owed of each line, when so much of each material is sent: what comes counts for
    the first lines first."""
    left = dict(sent)
    found: list[PurchaseLine] = []
    for line in lines:
        came = min(left.get(line.material_id, _NOTHING), line.quantity.amount)
        left[line.material_id] = left.get(line.material_id, _NOTHING) - came
        if came < line.quantity.amount:
            found.append(_of(line, line.quantity.amount - came))
    return tuple(found)


def pressing(
    before: Sequence[PurchaseLine],
    still: Sequence[PurchaseLine],
    shortage: ShortageChecked,
    *,
    by: datetime,
) -> tuple[PurchaseLine, ...]:
    """What is wanted at once, after a shortage was said: of its item as much as is missing, in
    place of what was wanted before; what is asked for already keeps its day. In another unit than
    it was ordered in nobody can tell how much, so all of it is."""
    item = shortage.item_id.rpartition(":")[2]
    others = [line for line in before if line.material_id != item]
    was = {line.line: line for line in before if line.material_id == item}
    left = shortage.missing.amount
    mine: list[PurchaseLine] = []
    for line in still:
        if line.material_id != item or left <= 0:
            continue
        amount = line.quantity.amount
        if line.quantity.unit == shortage.missing.unit:
            amount = min(amount, left)
            left -= amount
        known = was.get(line.line)
        due_at = by if known is None or known.quantity.amount < amount else known.due_at
        mine.append(msgspec.structs.replace(_of(line, amount), due_at=due_at))
    return tuple(sorted((*others, *mine), key=lambda line: line.line))


class _Sent:
    """What has left the supplier: what a shipment is said to hold, or what came of one that nobody
    announced. What came short or broken is a claim, and not asked for again here."""

    def __init__(self) -> None:
        self._announced: dict[str, dict[str, Decimal]] = {}
        self._counted: dict[str, dict[str, Decimal]] = {}

    def hear(self, said: ShipmentAnnounced | ShipmentCounted) -> None:
        """Either may be heard first, and twice."""
        into = self._announced if isinstance(said, ShipmentAnnounced) else self._counted
        into.setdefault(said.shipment_id, _amounts(said.lots))

    @property
    def amounts(self) -> Mapping[str, Decimal]:
        """By material."""
        found: dict[str, Decimal] = {}
        for one in (self._counted | self._announced).values():
            for material, amount in one.items():
                found[material] = found.get(material, _NOTHING) + amount
        return found


def _amounts(lots: Sequence[PackedLot] | Sequence[ReceivedLot]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for lot in lots:
        found[lot.material_id] = found.get(lot.material_id, _NOTHING) + lot.quantity.amount
    return found


def _more(before: Sequence[PurchaseLine], wanted: Sequence[PurchaseLine]) -> bool:
    """Whether more of any line is wanted than the supplier knows."""
    known = {line.line: line.quantity.amount for line in before}
    return any(line.quantity.amount > known.get(line.line, _NOTHING) for line in wanted)


def _of(line: PurchaseLine, amount: Decimal) -> PurchaseLine:
    return msgspec.structs.replace(line, quantity=Quantity(amount, line.quantity.unit))


async def _written(
    run: Run, placed: PurchaseOrderPlaced, wanted: tuple[PurchaseLine, ...], times: int
) -> None:
    request = SendExpedite(
        order_id=run.subject,
        supplier_id=placed.supplier_id,
        request_id=f"{run.local.rpartition(':')[2]}-{times}",
        asked_at=run.now,
        wanted=wanted,
    )
    await insist(
        run,
        request,
        team="purchasing",
        says=lambda error: (
            f"{placed.supplier_id} cannot be asked to send what is missing of"
            f" {run.local} sooner: {error} Mend the cause and send it again, or call the supplier."
        ),
        again="send again",
        by_hand="it is told",
    )
