"""Subcontracting: a supplier processes what we provide; it stays ours, and is in our books as with
it."""

__all__ = [
    "ComponentsProvided",
    "PostProvision",
    "ProvidedLot",
    "ProvidedLots",
    "ProvidedStockReported",
    "RequestProvision",
    "SubcontractLine",
    "SubcontractPlaced",
    "UnblockProvided",
]

from collections.abc import Iterable
from typing import Annotated, ClassVar

import msgspec

from andon.core.message import Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.inventory import StockUse
from andon.model.production import NeededComponent
from andon.model.supply import (
    OrderedLot,
    PurchaseLine,
    PurchaseLines,
    PurchaseOrderEvent,
    lines_text,
    lots_text,
)
from andon.model.terms import Instant, LotId, MaterialId, Name


class SubcontractLine(PurchaseLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of what the supplier shall make, and what is provided for it."""

    components: Annotated[tuple[NeededComponent, ...], msgspec.Meta(min_length=1)]


class ProvidedLot(OrderedLot, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of one lot of a component, and the line it is for."""


ProvidedLots = Annotated[tuple[ProvidedLot, ...], msgspec.Meta(min_length=1)]
"""At least one."""


class SubcontractPlaced(PurchaseOrderEvent, frozen=True, kw_only=True):
    """A supplier shall process what we provide. Its lines do not change; more is another order."""

    TYPE: ClassVar[str] = "andon.subcontracting.order.placed.v1"

    supplier_id: Name
    lines: Annotated[tuple[SubcontractLine, ...], msgspec.Meta(min_length=1)]
    ordered_at: Instant | None = None
    """The day of the order, where its system says it."""

    def claims(self) -> Claims:
        """Who shall process, and what shall come of it."""
        return {"supplier": self.supplier_id, "ordered": lines_text(self.lines)}

    def links(self) -> Iterable[Link]:
        """The supplier, as a partner of ours, and the items it shall bring."""
        yield Link("subcontractor", "party", self.supplier_id)
        for item in dict.fromkeys(line.material_id for line in self.lines):
            yield Link("orders", "item", item)


class ComponentsProvided(PurchaseOrderEvent, frozen=True, kw_only=True):
    """Components have left for the supplier that processes them."""

    TYPE: ClassVar[str] = "andon.subcontracting.components.provided.v1"

    provision_id: Name
    """As the dock numbers it, on the paper that goes along."""
    supplier_id: Name
    lots: ProvidedLots
    provided_at: Instant

    def claims(self) -> Claims:
        """What left last."""
        return {"provided": lots_text(self.provision_id, self.lots)}

    def links(self) -> Iterable[Link]:
        """The lots of which the supplier has some now."""
        for lot in self.lots:
            yield Link("provides", "material-lot", lot.lot_id)


class ProvidedStockReported(Event, frozen=True, kw_only=True):
    """Our books say how much of a lot is with a supplier that processes it. Said again when that is
    something else; as nothing when none is left."""

    TYPE: ClassVar[str] = "andon.subcontracting.stock.reported.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    material_id: MaterialId
    supplier_id: Name
    use: StockUse
    quantity: Quantity

    def claims(self) -> Claims:
        """What it is of, and how much is there so."""
        with_it = f"provided.{self.supplier_id}.{self.use}"
        return {"material": self.material_id, with_it: claim(self.quantity)}

    def links(self) -> Iterable[Link]:
        """What it is of."""
        yield Link("of", "item", self.material_id)


class RequestProvision(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Have components given to a driver who takes them to the supplier."""

    TYPE: ClassVar[str] = "andon.subcontracting.provision.request.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    supplier_id: Name
    needed: PurchaseLines
    """By the line each is for."""

    def claims(self) -> Claims:
        """What shall go there."""
        return {"to-provide": lines_text(self.needed)}


class PostProvision(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put into the books that components are with the supplier. Posts a fact: no hold can bring
    them back."""

    TYPE: ClassVar[str] = "andon.subcontracting.provision.post.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    provision_id: Name
    supplier_id: Name
    provided: ProvidedLots

    def claims(self) -> Claims:
        """What went there last."""
        return {"provided": lots_text(self.provision_id, self.provided)}


class UnblockProvided(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give what left for the supplier back to use in the books, which have its lots blocked: it
    left before the word of a hold came. What is left here stays blocked."""

    TYPE: ClassVar[str] = "andon.subcontracting.provided.unblock.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    provision_id: Name
    provided: ProvidedLots

    def claims(self) -> Claims:
        """That it was given back."""
        return {"unblocked": True}
