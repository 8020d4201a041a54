"""The contract manufacturer: what we provide is in the books as with it, and it speaks of its own
orders alone."""

__all__ = ["AREA", "PROVIDED", "PROVIDES"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.app.company.area import Area
from andon.app.company.partners import order_named
from andon.capabilities.subcontracting import post_provided, provide_components
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.plant import Partnership, Route
from andon.core.quantity import Quantity
from andon.model.subcontracting import (
    ComponentsProvided,
    PostProvision,
    ProvidedLot,
    RequestProvision,
    SubcontractPlaced,
    UnblockProvided,
)
from andon.model.supply import AnnounceShipment, ConfirmPurchaseOrder


@outbound(RequestProvision, proof="findable")
def _provide(command: RequestProvision, _: Known) -> Request:
    """A task for the clerk; the terminal keeps our key as a reference and does not look at it."""
    return Request(
        target="provide",
        body={
            "order": command.order_id.rpartition(":")[2],
            "supplier": command.supplier_id,
            "needed": [
                {
                    "line": need.line,
                    "item": need.material_id,
                    "quantity": str(need.quantity.amount),
                }
                for need in command.needed
            ],
        },
    )


class _Lot(msgspec.Struct, frozen=True):
    line: str
    item: str
    lot: str
    quantity: Decimal

    @property
    def provided(self) -> ProvidedLot:
        return ProvidedLot(
            line=self.line,
            material_id=self.item,
            lot_id=self.lot,
            quantity=Quantity(self.quantity, "PC"),
        )


class _Gone(msgspec.Struct, frozen=True):
    id: str
    order: str
    supplier: str
    at: datetime
    lots: tuple[_Lot, ...]


@inbound("components.provided")
def _provided(item: Item, _: Known) -> Iterator[Said]:
    """A driver has signed for it."""
    row = item.read(_Gone)
    yield ComponentsProvided(
        order_id=order_named(row.order),
        provision_id=row.id,
        supplier_id=row.supplier,
        lots=tuple(lot.provided for lot in row.lots),
        provided_at=row.at,
    )


PROVIDES = (_provide,)
"""What the dock is asked for."""
PROVIDED = (_provided,)
"""What it says then."""


AREA = Area(
    workflows=(provide_components, post_provided),
    routes=(
        Route(RequestProvision, "receiving-expected"),
        Route(PostProvision, "erp"),
        Route(UnblockProvided, "erp"),
    ),
    partnerships=(
        Partnership(
            role="subcontractor",
            sees={
                SubcontractPlaced.KIND: (
                    "supplier",
                    "ordered",
                    "promised",
                    "to-provide",
                    "provided",
                    "announced",
                    "received",
                ),
            },
            asks=(ConfirmPurchaseOrder, AnnounceShipment),
        ),
    ),
)
