"""The contract manufacturer: what we provide is in the books as with it, and it speaks of its own
orders alone."""

__all__ = ["AREA", "PROVIDED", "PROVIDES"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.app.company.area import Area
from andon.app.company.partners import DockLot, order_named
from andon.capabilities.subcontracting import (
    claim_scrapped,
    post_processed,
    post_provided,
    provide_components,
    stop_processing,
    watch_promised,
)
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.plant import Connection, Partnership, Route
from andon.core.quantity import Quantity
from andon.model.processing import (
    ComponentsScrapped,
    ConsumedLot,
    LotProcessed,
    PostProcessed,
    PostProvidedScrap,
    ProcessingReported,
    Progress,
    RequestStop,
)
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


class _Gone(msgspec.Struct, frozen=True):
    id: str
    order: str
    supplier: str
    at: datetime
    lots: tuple[DockLot, ...]


@inbound("components.provided")
def _provided(item: Item, _: Known) -> Iterator[Said]:
    """A driver has signed for it."""
    row = item.read(_Gone)
    yield ComponentsProvided(
        order_id=order_named(row.order),
        provision_id=row.id,
        supplier_id=row.supplier,
        lots=tuple(lot.said_as(ProvidedLot) for lot in row.lots),
        provided_at=row.at,
    )


_PLATER = "17300004"
"""Whoever posts at its door speaks for it alone."""


class _Reported(msgspec.Struct, frozen=True):
    order: str
    progress: Progress
    at: datetime
    lots: tuple[DockLot, ...]


@inbound("processing.reported")
def _reported(item: Item, _: Known) -> Iterator[Said]:
    """It has them, works on them, or has stopped."""
    row = item.read(_Reported)
    yield ProcessingReported(
        order_id=order_named(row.order),
        supplier_id=_PLATER,
        progress=row.progress,
        lots=tuple(lot.said_as(ProvidedLot) for lot in row.lots),
        reported_at=row.at,
    )


class _Processed(msgspec.Struct, frozen=True):
    order: str
    line: str
    item: str
    lot: str
    good: Decimal
    at: datetime
    consumed: tuple[DockLot, ...]


@inbound("lot.processed")
def _processed(item: Item, _: Known) -> Iterator[Said]:
    """It numbers its lots itself, and says which of ours is in each."""
    row = item.read(_Processed)
    yield LotProcessed(
        lot_id=row.lot,
        material_id=row.item,
        order_id=order_named(row.order),
        line=row.line,
        supplier_id=_PLATER,
        good=Quantity(row.good, "PC"),
        consumed=tuple(
            ConsumedLot(
                material_id=part.item, lot_id=part.lot, quantity=Quantity(part.quantity, "PC")
            )
            for part in row.consumed
        ),
        processed_at=row.at,
    )


class _Scrapped(msgspec.Struct, frozen=True):
    id: str
    order: str
    reason: str
    at: datetime
    lots: tuple[DockLot, ...]


@inbound("components.scrapped")
def _scrapped(item: Item, _: Known) -> Iterator[Said]:
    """What of ours is no more."""
    row = item.read(_Scrapped)
    yield ComponentsScrapped(
        order_id=order_named(row.order),
        scrap_id=row.id,
        supplier_id=_PLATER,
        lots=tuple(lot.said_as(ProvidedLot) for lot in row.lots),
        reason=row.reason,
        scrapped_at=row.at,
    )


PROVIDES = (_provide,)
"""What the dock is asked for."""
PROVIDED = (_provided,)
"""What it says then."""


AREA = Area(
    connections=(Connection("contract-manufacturer", Webhook, (_reported, _processed, _scrapped)),),
    workflows=(
        provide_components,
        post_provided,
        post_processed,
        claim_scrapped,
        stop_processing,
        watch_promised,
    ),
    routes=(
        Route(RequestProvision, "receiving-expected"),
        Route(PostProvision, "erp"),
        Route(UnblockProvided, "erp"),
        Route(PostProcessed, "erp"),
        Route(PostProvidedScrap, "erp"),
        Route(RequestStop, "andon"),
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
                    "stop",
                    "announced",
                    "received",
                ),
            },
            asks=(ConfirmPurchaseOrder, AnnounceShipment),
        ),
    ),
)
