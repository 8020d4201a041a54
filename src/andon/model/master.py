"""Master data: items and their revisions, as engineering releases them (ISA-95 MaterialDefinition).

A revision is what an item is from one day on: what goes into it, and how it has to be.
"""

__all__ = [
    "ChangeReleased",
    "Component",
    "DistributeRevision",
    "DistributeStorage",
    "ItemCommand",
    "ItemRevised",
    "OpenOrders",
    "ReleaseRevision",
    "RoutingOperation",
    "UpdateBom",
    "UpdateItem",
]

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

import msgspec

from andon.core.message import Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.terms import Instant, MaterialId, Name, Text

OpenOrders = Literal["refuse", "finish"]
"""With open orders of an older revision: nothing is done, or they may be finished by it."""


class Component(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of another item one piece takes."""

    material_id: MaterialId
    quantity: Quantity


class RoutingOperation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of how an item is made, in its order, and how long it takes for one piece."""

    operation: Name
    work: Text
    per_piece: timedelta


class ChangeReleased(Event, frozen=True, kw_only=True):
    """Engineering has decided: these items change from then on. Each says what it becomes."""

    TYPE: ClassVar[str] = "andon.master.change.released.v1"
    KIND: ClassVar[str] = "engineering-change"
    KEY: ClassVar[str] = "change_id"

    change_id: Name
    effective_at: Instant
    items: Annotated[tuple[MaterialId, ...], msgspec.Meta(min_length=1)]
    title: Text | None = None

    def claims(self) -> Claims:
        """From when it counts."""
        return {"effective_at": claim(self.effective_at)}

    def links(self) -> Iterable[Link]:
        """The items it changes."""
        return tuple(Link("changes", "item", item) for item in self.items)


class ItemRevised(Event, frozen=True, kw_only=True):
    """The item has a new revision, which counts from then on and not before."""

    TYPE: ClassVar[str] = "andon.master.item.revised.v1"
    KIND: ClassVar[str] = "item"
    KEY: ClassVar[str] = "item_id"

    item_id: MaterialId
    revision: Name
    effective_at: Instant
    components: tuple[Component, ...] = ()
    """All of its bill of material; none for what is bought."""
    specification: Text | None = None
    change_id: Name | None = None
    unit: Name | None = None
    """What it is counted in."""
    shelf_life: Quantity | None = None
    """How long it may lie before it is used; none for what does not age."""
    routing: tuple[RoutingOperation, ...] = ()
    """All of how it is made; none for what is bought."""

    def claims(self) -> Claims:
        """The newest revision, whether it counts already or not."""
        newest = _revised(self.revision, self.effective_at, self.components)
        return newest | _ages(self.shelf_life) | _made_by(self.routing)


class ItemCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of all commands about one item."""

    KIND: ClassVar[str] = "item"
    KEY: ClassVar[str] = "item_id"

    item_id: MaterialId
    revision: Name


class UpdateBom(ItemCommand, frozen=True, kw_only=True):
    """Write the bill of material of a revision into the books, to count from then on."""

    TYPE: ClassVar[str] = "andon.master.bom.update.v1"

    effective_at: Instant
    components: Annotated[tuple[Component, ...], msgspec.Meta(min_length=1)]
    change_id: Name | None = None

    def claims(self) -> Claims:
        """The newest revision."""
        return _revised(self.revision, self.effective_at, self.components)


class DistributeRevision(ItemCommand, frozen=True, kw_only=True):
    """Give the floor a revision, to make the item by it from then on."""

    TYPE: ClassVar[str] = "andon.master.revision.distribute.v1"

    effective_at: Instant
    components: tuple[Component, ...] = ()
    specification: Text | None = None
    routing: tuple[RoutingOperation, ...] = ()

    def claims(self) -> Claims:
        """The newest revision."""
        newest = _revised(self.revision, self.effective_at, self.components)
        return newest | _made_by(self.routing)


class DistributeStorage(ItemCommand, frozen=True, kw_only=True):
    """Give the warehouse a revision, to store and label the item by it from then on."""

    TYPE: ClassVar[str] = "andon.master.storage.distribute.v1"

    effective_at: Instant
    unit: Name
    shelf_life: Quantity | None = None

    def claims(self) -> Claims:
        """The newest revision, and how long it may lie."""
        return _revised(self.revision, self.effective_at, ()) | _ages(self.shelf_life)


class ReleaseRevision(ItemCommand, frozen=True, kw_only=True):
    """Let the floor go over to a revision that it was given, once its time has come."""

    TYPE: ClassVar[str] = "andon.master.revision.release.v1"

    open_orders: OpenOrders = "refuse"

    def claims(self) -> Claims:
        """The newest revision that the floor will go over to."""
        return {"released_revision": self.revision}


class UpdateItem(ItemCommand, frozen=True, kw_only=True):
    """Write into the books which revision counts now."""

    TYPE: ClassVar[str] = "andon.master.item.update.v1"

    def claims(self) -> Claims:
        """The revision that counts."""
        return {"effective_revision": self.revision}


def _ages(shelf_life: Quantity | None) -> Claims:
    return {} if shelf_life is None else {"shelf_life": str(shelf_life)}


def _made_by(routing: Sequence[RoutingOperation]) -> Claims:
    """As text in the order of the operations: `0010 assemble 20 s`."""
    steps = [f"{one.operation} {one.work} {one.per_piece.total_seconds():g} s" for one in routing]
    return {"routing": ", ".join(steps)} if steps else {}


def _revised(revision: str, effective_at: Instant, components: Sequence[Component]) -> Claims:
    """What a system believes of the newest revision it has; of a bill of material where it has
    one, as text by item."""
    parts = sorted(f"{part.material_id} {part.quantity}" for part in components)
    bill: Claims = {"components": ", ".join(parts)} if parts else {}
    return {"revision": revision, "effective_at": claim(effective_at), **bill}
