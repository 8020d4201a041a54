"""Comparing: what was announced against what came; the supplier is advised, and a claim is made."""

__all__ = [
    "HEARD",
    "Heard",
    "Shipments",
    "advise",
    "advised",
    "claim",
    "claim_missing",
    "missing",
]

from collections.abc import Collection, Sequence
from decimal import Decimal

from andon.capabilities.supply.returning import SENT_BACK, damaged_lots, send_back
from andon.core.insisting import insist
from andon.core.quantity import Quantity
from andon.core.workflow import Run, Workflow, workflow
from andon.model.completing import PurchaseLinesCompleted
from andon.model.returning import ReturnedLot
from andon.model.supply import (
    AdvisedLot,
    AdviseReceipt,
    PackedLot,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    ShipmentAnnounced,
    ShipmentCounted,
)

_NOTHING = Decimal(0)
HEARD = (PurchaseOrderConfirmed, ShipmentAnnounced, ShipmentCounted, PurchaseLinesCompleted)
Heard = PurchaseOrderConfirmed | ShipmentAnnounced | ShipmentCounted | PurchaseLinesCompleted
"""What `Shipments` are compared by."""


def claim_missing(*, fetched_by: Collection[str] = ()) -> Workflow:
    """Compares each shipment once it is both announced and counted, until all that is promised has
    been announced, or nothing more is expected. Suppliers are told what became of it, but those
    that fetch everything at our API. What never comes of an announcement stays open here. What
    comes in place of a return is the affair of `await_replacement`."""

    @workflow(on=PurchaseOrderPlaced, name="claim_missing")
    async def comparing(run: Run, placed: PurchaseOrderPlaced) -> None:
        shipments = Shipments(placed.lines)
        while shipments.open:
            for counted, lots in shipments.hear(await run.wait(*HEARD)):
                if shipments.meant(counted):
                    if placed.supplier_id not in fetched_by:
                        await advise(run, placed.supplier_id, counted, lots)
                    await claim(run, placed.supplier_id, counted, missing(lots))

    return comparing


class Shipments:
    """Of one order: each is compared once, when it is both announced and counted, whichever of the
    two is heard first, and however often."""

    def __init__(
        self, owed: Sequence[PurchaseLine] | Sequence[ReturnedLot], *, replaces: str = ""
    ) -> None:
        self._lines = frozenset(one.line for one in owed)
        self._promised = _total(owed)
        self._replaces = replaces
        """Those in place of this return are awaited; the others are compared, too."""
        self._announced: dict[str, ShipmentAnnounced] = {}
        self._counted: dict[str, ShipmentCounted] = {}
        self._compared: set[str] = set()
        self._completed: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        """Until all that is promised has been announced, or nothing more is expected, and all that
        is announced has come, and the other way round."""
        announced = {n: one for n, one in self._announced.items() if self.meant(one)}
        counted = {n for n, one in self._counted.items() if self.meant(one)}
        if self._completed >= self._lines:
            return bool((announced.keys() | counted) - self._compared)
        sent = sum((_total(one.lots) for one in announced.values()), _NOTHING)
        return bool(announced.keys() - self._compared) or sent < self._promised

    def meant(self, said: ShipmentAnnounced | ShipmentCounted) -> bool:
        """Whether it is one of those that are awaited: its supplier or the dock says so."""
        n = said.shipment_id
        both = (self._announced.get(n), self._counted.get(n))
        replaces = next((one.replaces for one in both if one and one.replaces), "")
        return replaces == self._replaces

    def hear(self, said: Heard) -> Sequence[tuple[ShipmentCounted, tuple[AdvisedLot, ...]]]:
        """What can be compared now, and what became of each lot of it."""
        match said:
            case PurchaseOrderConfirmed():
                self._promised = _total(said.lines)
            case ShipmentAnnounced():
                self._announced.setdefault(said.shipment_id, said)
            case ShipmentCounted():
                self._counted.setdefault(said.shipment_id, said)
            case PurchaseLinesCompleted():
                self._completed = frozenset(said.lines)
        fresh = sorted((self._announced.keys() & self._counted.keys()) - self._compared)
        self._compared.update(fresh)
        return [
            (self._counted[one], advised(self._announced[one], self._counted[one])) for one in fresh
        ]


def advised(announced: ShipmentAnnounced, counted: ShipmentCounted) -> tuple[AdvisedLot, ...]:
    """What became of each lot, in the order in which lots were announced, then counted."""
    materials = {lot.lot_id: lot.material_id for lot in counted.lots}
    materials |= {lot.lot_id: lot.material_id for lot in announced.lots}
    units = {lot.lot_id: lot.quantity.unit for lot in (*counted.lots, *announced.lots)}
    found: list[AdvisedLot] = []
    for lot_id in dict.fromkeys(lot.lot_id for lot in (*announced.lots, *counted.lots)):
        came = [lot for lot in counted.lots if lot.lot_id == lot_id]
        accepted = _total(came)
        damaged = sum((lot.damaged.amount for lot in came if lot.damaged), _NOTHING)
        sent = _total([lot for lot in announced.lots if lot.lot_id == lot_id])
        unit = units[lot_id]
        found.append(
            AdvisedLot(
                material_id=materials[lot_id],
                lot_id=lot_id,
                accepted=Quantity(accepted, unit),
                damaged=Quantity(damaged, unit),
                missing=Quantity(max(sent - accepted - damaged, _NOTHING), unit),
            )
        )
    return tuple(found)


def missing(lots: Sequence[AdvisedLot]) -> Sequence[str]:
    """What of each lot is missing or damaged, in words. More than announced is no claim."""
    return [
        f"{much.amount.normalize():f} {much.unit} of {lot.material_id}, lot {lot.lot_id}, {word}"
        for lot in lots
        for word, much in (("missing", lot.missing), ("damaged", lot.damaged))
        if much.amount > 0
    ]


async def advise(
    run: Run, supplier: str, counted: ShipmentCounted, lots: tuple[AdvisedLot, ...]
) -> None:
    """Its supplier is told what became of a shipment."""
    advice = AdviseReceipt(
        order_id=run.subject,
        supplier_id=supplier,
        shipment_id=counted.shipment_id,
        received_at=counted.counted_at,
        judged=lots,
    )
    await insist(
        run,
        advice,
        team="purchasing",
        says=lambda error: (
            f"{supplier} cannot be told what became of {counted.shipment_id}:"
            f" {error} Mend the cause and send it again, or tell it otherwise."
        ),
        again="send again",
        by_hand="it is told",
    )


async def claim(run: Run, supplier: str, counted: ShipmentCounted, short: Sequence[str]) -> None:
    """What is sent back needs no more than the word; what is claimed stays where it is."""
    if not short:
        return
    shipment, back = counted.shipment_id, damaged_lots(counted)
    answer = await run.ask(
        "purchasing",
        f"Supplier {supplier} announced more on {shipment} for"
        f" order {run.local} than can be used: {'; '.join(short)}."
        f" Claim it from the supplier{', or have what is damaged sent back' if back else ''}.",
        "it is claimed",
        *(SENT_BACK if back else ()),
    )
    instead = SENT_BACK.get(answer)
    if instead is not None:
        await send_back(run, supplier, shipment, back, instead)


def _total(lots: Sequence[PurchaseLine | PackedLot | ReceivedLot | ReturnedLot]) -> Decimal:
    return sum((lot.quantity.amount for lot in lots), _NOTHING)
