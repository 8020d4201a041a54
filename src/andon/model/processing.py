"""Processing: what a supplier says of what we provided, what it made of it, and what comes back."""

__all__ = [
    "ComponentsScrapped",
    "ConsumedLot",
    "LotProcessed",
    "PostProcessed",
    "PostProvidedScrap",
    "ProcessedCounted",
    "ProcessedLot",
    "ProcessingReported",
    "Progress",
    "RequestStop",
]

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

import msgspec

from andon.core.message import Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.subcontracting import ProvidedLots
from andon.model.supply import OrderedLot, PurchaseOrderEvent, ReceivedLot, lots_text
from andon.model.terms import Instant, LotId, MaterialId, Name, Text

Progress = Literal["received", "started", "stopped"]
"""How far the supplier is with some lots: they are there, it works on them, it does no more."""


class ConsumedLot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of one lot of a component went into another."""

    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity


ConsumedLots = Annotated[tuple[ConsumedLot, ...], msgspec.Meta(min_length=1)]
"""At least one."""


class ProcessedLot(OrderedLot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one lot that the supplier made, and what of ours is in it."""

    consumed: ConsumedLots


class ProcessingReported(PurchaseOrderEvent, frozen=True, kw_only=True):
    """The supplier says how far it is with some of what we provided."""

    TYPE: ClassVar[str] = "andon.subcontracting.processing.reported.v1"

    supplier_id: Name
    progress: Progress
    lots: ProvidedLots
    reported_at: Instant

    def claims(self) -> Claims:
        """What it said last."""
        return {"processing": lots_text(self.progress, self.lots)}


class LotProcessed(Event, frozen=True, kw_only=True):
    """The supplier has made a lot of what we provided. It has it still."""

    TYPE: ClassVar[str] = "andon.subcontracting.lot.processed.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    """As the supplier numbers it, on the paper that comes along."""
    material_id: MaterialId
    order_id: Name
    line: Name
    supplier_id: Name
    good: Quantity
    consumed: ConsumedLots
    """Of what is good. What it spoiled it says for itself."""
    processed_at: Instant

    def claims(self) -> Claims:
        """What it is of, and who made it."""
        return {"material": self.material_id, "processed-by": self.supplier_id}

    def links(self) -> Iterable[Link]:
        """What is in it, for which order it was made, and what it is of."""
        for part in self.consumed:
            yield Link("consumes", "material-lot", part.lot_id)
        yield Link("processed-for", "purchase-order", self.order_id)
        yield Link("of", "item", self.material_id)


class ComponentsScrapped(PurchaseOrderEvent, frozen=True, kw_only=True):
    """The supplier has spoiled some of what we provided."""

    TYPE: ClassVar[str] = "andon.subcontracting.components.scrapped.v1"

    scrap_id: Name
    """As the supplier numbers its report."""
    supplier_id: Name
    lots: ProvidedLots
    reason: Text = ""
    scrapped_at: Instant

    def claims(self) -> Claims:
        """What was spoiled last."""
        return {"spoiled": lots_text(self.scrap_id, self.lots)}


class ProcessedCounted(PurchaseOrderEvent, frozen=True, kw_only=True):
    """All that came back on one shipment of a service is counted, whatever was announced."""

    TYPE: ClassVar[str] = "andon.subcontracting.shipment.counted.v1"

    shipment_id: Name
    lots: Annotated[tuple[ReceivedLot, ...], msgspec.Meta(min_length=1)]
    counted_at: Instant

    def claims(self) -> Claims:
        """When goods came last."""
        return {"counted_at": claim(self.counted_at)}

    def links(self) -> Iterable[Link]:
        """The lots that came."""
        for lot in self.lots:
            yield Link("brings", "material-lot", lot.lot_id)


class PostProcessed(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put what came back into stock, and take what is in it out of what the supplier has of ours.
    Posts a fact: no hold can send it back."""

    TYPE: ClassVar[str] = "andon.subcontracting.receipt.post.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    shipment_id: Name
    received: Annotated[tuple[ProcessedLot, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """Which shipment is in stock."""
        return {"received": self.shipment_id}

    def links(self) -> Iterable[Link]:
        """The lots that are in stock from now on."""
        for lot in self.received:
            yield Link("brings", "material-lot", lot.lot_id)


class PostProvidedScrap(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take what the supplier has spoiled out of what it has of ours. Posts a fact: no hold can
    bring it back."""

    TYPE: ClassVar[str] = "andon.subcontracting.scrap.post.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    scrap_id: Name
    supplier_id: Name
    scrapped: ProvidedLots
    reason: Text = ""

    def claims(self) -> Claims:
        """What was spoiled last."""
        return {"spoiled": lots_text(self.scrap_id, self.scrapped)}


class RequestStop(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Note with an order which lots of what we provided its supplier shall not process, in place of
    what was noted before. A supplier that is our partner reads it here; why is ours to know."""

    TYPE: ClassVar[str] = "andon.subcontracting.stop.request.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    held: tuple[LotId, ...]
    """None: it may go on."""

    def claims(self) -> Claims:
        """Their numbers, sorted."""
        return {"stop": ", ".join(sorted(lot.rpartition(":")[2] for lot in self.held)) or None}
