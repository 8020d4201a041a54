"""Supply: what is bought, what the supplier says of it, and what came (GS1 despatch and receiving
advice)."""

__all__ = [
    "AdviseReceipt",
    "AdvisedLot",
    "AnnounceShipment",
    "ConfirmPurchaseOrder",
    "OrderedLot",
    "PackedLot",
    "PostReceipt",
    "PurchaseLine",
    "PurchaseLines",
    "PurchaseOrderConfirmed",
    "PurchaseOrderEvent",
    "PurchaseOrderPlaced",
    "ReceivedLot",
    "SendPurchaseOrder",
    "ShipmentAnnounced",
    "ShipmentCounted",
    "lines_text",
    "lots_text",
]

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, ClassVar

import msgspec

from andon.core.message import Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.terms import Instant, LotId, MaterialId, Name


class PurchaseOrderEvent(Event, frozen=True, kw_only=True):
    """Parent of all events about one purchase order."""

    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name


class PurchaseLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one material that is bought."""

    line: Name
    """As the system that places the order numbers it."""
    material_id: MaterialId
    quantity: Quantity
    due_at: Instant | None = None
    """When it is wanted; of what a supplier confirms, when it will be there."""


class PackedLot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one lot that the supplier has packed."""

    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity
    sscc: str = ""
    """Of the unit in which it lies."""


class OrderedLot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one lot, and the line of an order it belongs to."""

    line: Name
    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity


class ReceivedLot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one lot that stood on the dock, and the line it was bought by."""

    line: Name
    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity
    """What is fit to be taken."""
    damaged: Quantity | None = None
    """What came beside it and goes back."""


class AdvisedLot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of one lot: as much of it as was announced was accepted, damaged or missing;
    what nobody announced is accepted alone."""

    material_id: MaterialId
    lot_id: LotId
    accepted: Quantity
    damaged: Quantity
    missing: Quantity


PurchaseLines = Annotated[tuple[PurchaseLine, ...], msgspec.Meta(min_length=1)]
"""At least one."""


class PurchaseOrderPlaced(PurchaseOrderEvent, frozen=True, kw_only=True):
    """A supplier shall deliver. Its lines do not change; more is another order."""

    TYPE: ClassVar[str] = "andon.supply.order.placed.v1"

    supplier_id: Name
    lines: PurchaseLines

    def claims(self) -> Claims:
        """Who shall deliver, and what."""
        return {"supplier": self.supplier_id, "ordered": lines_text(self.lines)}

    def links(self) -> Iterable[Link]:
        """The supplier, as a partner of ours, and the items it shall bring."""
        yield Link("supplier", "party", self.supplier_id)
        for item in dict.fromkeys(line.material_id for line in self.lines):
            yield Link("orders", "item", item)


class PurchaseOrderConfirmed(PurchaseOrderEvent, frozen=True, kw_only=True):
    """The supplier says what it will deliver."""

    TYPE: ClassVar[str] = "andon.supply.order.confirmed.v1"

    lines: tuple[PurchaseLine, ...]
    """With its own line numbers. What it does not deliver is not there."""

    def claims(self) -> Claims:
        """That it has answered."""
        return {"confirmed": True}


class ShipmentAnnounced(PurchaseOrderEvent, frozen=True, kw_only=True):
    """The supplier says what it has sent for the order on one shipment."""

    TYPE: ClassVar[str] = "andon.supply.shipment.announced.v1"

    shipment_id: Name
    """As the supplier numbers it: on its despatch advice, and on the paper that comes along."""
    lots: Annotated[tuple[PackedLot, ...], msgspec.Meta(min_length=1)]
    shipped_at: Instant | None = None
    replaces: str = ""
    """The return in whose place it comes, as the dock numbers it; nothing for what was ordered."""

    def claims(self) -> Claims:
        """Which shipment was announced last."""
        return {"announced": self.shipment_id}

    def links(self) -> Iterable[Link]:
        """The lots on their way."""
        for lot in self.lots:
            yield Link("brings", "material-lot", lot.lot_id)


class ShipmentCounted(PurchaseOrderEvent, frozen=True, kw_only=True):
    """All that came for the order on one shipment is counted, whatever was announced."""

    TYPE: ClassVar[str] = "andon.supply.shipment.counted.v1"

    shipment_id: Name
    lots: Annotated[tuple[ReceivedLot, ...], msgspec.Meta(min_length=1)]
    counted_at: Instant
    replaces: str = ""
    """The return in whose place it comes, as the dock numbers it; nothing for what was ordered."""

    def claims(self) -> Claims:
        """When goods came last, and that nothing is owed again where they came for that."""
        came: Claims = {"counted_at": claim(self.counted_at)}
        return {**came, "owed-again": False} if self.replaces else came

    def links(self) -> Iterable[Link]:
        """The lots that came."""
        for lot in self.lots:
            yield Link("brings", "material-lot", lot.lot_id)


class SendPurchaseOrder(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the supplier know what is bought of it."""

    TYPE: ClassVar[str] = "andon.supply.order.send.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    supplier_id: Name
    placed_at: Instant
    lines: PurchaseLines

    def claims(self) -> Claims:
        """Who was told."""
        return {"supplier": self.supplier_id}


class ConfirmPurchaseOrder(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put into the books what the supplier promises, as we heard it, or as a supplier that is our
    partner says it here."""

    TYPE: ClassVar[str] = "andon.supply.order.confirm.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    lines: PurchaseLines
    """As the order numbers them. Of what is not promised, the quantity is nothing."""

    def claims(self) -> Claims:
        """What is promised."""
        return {"confirmed": True, "promised": lines_text(self.lines)}


class AnnounceShipment(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the dock know what is on its way. For suppliers that are our partners."""

    TYPE: ClassVar[str] = "andon.supply.shipment.announce.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    shipment_id: Name
    """As the supplier numbers it, on the paper that comes along."""
    packed: Annotated[tuple[PackedLot, ...], msgspec.Meta(min_length=1)]
    shipped_at: Instant | None = None
    replaces: str = ""
    """The return in whose place it comes, as the dock numbers it; nothing for what was ordered."""

    def claims(self) -> Claims:
        """Which shipment was announced last."""
        return {"announced": self.shipment_id}

    def links(self) -> Iterable[Link]:
        """The lots on their way."""
        for lot in self.packed:
            yield Link("brings", "material-lot", lot.lot_id)


class AdviseReceipt(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the supplier know what became of its shipment (GS1 receiving advice)."""

    TYPE: ClassVar[str] = "andon.supply.receipt.advise.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    supplier_id: Name
    shipment_id: Name
    received_at: Instant
    judged: Annotated[tuple[AdvisedLot, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """Of which shipment the supplier was told last."""
        return {"advised": self.shipment_id}


class PostReceipt(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put what came for an order into stock. Posts a fact: no hold can send it back."""

    TYPE: ClassVar[str] = "andon.supply.receipt.post.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    shipment_id: Name
    received: Annotated[tuple[ReceivedLot, ...], msgspec.Meta(min_length=1)]
    replaces: str = ""
    """The return in whose place it comes, as the dock numbers it; nothing for what was ordered."""

    def claims(self) -> Claims:
        """Which shipment is in stock, and that nothing is owed again where it came for that."""
        there: Claims = {"received": self.shipment_id}
        return {**there, "owed-again": False} if self.replaces else there

    def links(self) -> Iterable[Link]:
        """The lots that are in stock from now on."""
        for lot in self.received:
            yield Link("brings", "material-lot", lot.lot_id)


def lines_text(lines: Sequence[PurchaseLine]) -> str:
    """As text by line, `00010 SEAL 12 PC 2026-03-03`."""
    return ", ".join(
        " ".join(
            (line.line, line.material_id, str(line.quantity))
            + ((f"{line.due_at:%Y-%m-%d}",) if line.due_at else ())
        )
        for line in lines
    )


def lots_text(number: str, lots: Sequence[OrderedLot]) -> str:
    """By material, `S100001: SEAL 2 PC`; the number is that of the paper that goes along."""
    sums: dict[tuple[str, str], Quantity] = {}
    for lot in lots:
        of = lot.material_id, lot.quantity.unit
        sums[of] = sums.get(of, Quantity(Decimal(0), of[1])) + lot.quantity
    amounts = ", ".join(f"{material} {amount}" for (material, _), amount in sums.items())
    return f"{number}: {amounts}"
