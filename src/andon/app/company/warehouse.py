"""The warehouse: it is given tasks, and says what its people carried where."""

__all__ = ["AREA"]

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal
from urllib.parse import quote

import msgspec

from andon.app.company.area import Area
from andon.app.company.components import COMPONENTS
from andon.app.company.goods import GOODS
from andon.app.company.storage import STORAGE
from andon.capabilities.fulfilment import pick_delivery
from andon.capabilities.inventory import (
    adjust_counted,
    large_differences,
    post_moved,
    post_scrapped,
    put_away,
)
from andon.capabilities.supply import check_components, question_shortage
from andon.connectors.rest import Rest
from andon.core.connector import Item, Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import LOT, ReadBack
from andon.core.plant import Connection, Route
from andon.core.quantity import Quantity
from andon.model.components import FreeComponents, ReserveComponents
from andon.model.fulfilment import ConfirmPick, DeliveryPicked, PickDelivery, ResumePick, StopPick
from andon.model.holding import LockStock, UnlockStock, Usage
from andon.model.inventory import (
    HandlingUnitPacked,
    HandlingUnitShipped,
    PackedContent,
    PutAway,
    StockCounted,
    StockMoved,
    StockReported,
    StockScrapped,
    StockUse,
)
from andon.model.readiness import ReserveGoods


class _Change(msgspec.Struct, frozen=True):
    """One line of the change feed; amounts in pieces."""

    type: Literal["put-away", "picked", "counted", "scrapped", "shipped", "locked", "unlocked"]
    lot: str
    item: str
    quantity: Decimal
    bin: str
    at: datetime
    delivery: str = ""
    pallet: str = ""
    expected: Decimal = Decimal(0)
    """What the WMS believed before a count."""
    reason: str = ""


@inbound("change")
def _change(item: Item, _: Known) -> Iterator[Said]:
    """What was carried into a bin, counted or thrown away in one; what stands at the dock on its
    pallet, or has left on it; what nobody may take. The dock is in the warehouse."""
    row = item.read(_Change)
    match row.type:
        case "put-away":
            yield StockMoved(
                lot_id=row.lot,
                material_id=row.item,
                quantity=Quantity(row.quantity, "PC"),
                origin="production",
                destination="warehouse",
                bin=row.bin,
                moved_at=row.at,
            )
        case "picked":
            delivery = f"delivery/erp:{row.delivery}"
            yield DeliveryPicked(delivery_id=delivery, picked_at=row.at)
            amount = Quantity(row.quantity, "PC")
            content = PackedContent(material_id=row.item, lot_id=row.lot, quantity=amount)
            yield HandlingUnitPacked(
                unit_id=row.pallet,
                contents=(content,),
                location="warehouse",
                bin=row.bin,
                delivery_id=delivery,
                packed_at=row.at,
            )
        case "shipped":
            yield HandlingUnitShipped(unit_id=row.pallet, shipped_at=row.at)
        case "locked" | "unlocked":
            yield ReadBack(kind=LOT, object_id=row.lot, holds={"hold": row.type == "locked"})
        case "counted":
            yield StockCounted(
                lot_id=row.lot,
                material_id=row.item,
                counted=Quantity(row.quantity, "PC"),
                expected=Quantity(row.expected, "PC"),
                location="warehouse",
                bin=row.bin,
                counted_at=row.at,
            )
        case "scrapped":
            yield StockScrapped(
                lot_id=row.lot,
                material_id=row.item,
                quantity=Quantity(row.quantity, "PC"),
                location="warehouse",
                bin=row.bin,
                reason=row.reason,
                scrapped_at=row.at,
            )


class _Level(msgspec.Struct, frozen=True):
    """How much of a lot lies in a hall, in pieces."""

    lot: str
    item: str
    place: str
    quantity: Decimal
    locked: bool


@inbound("level")
def _level(item: Item, _: Known) -> Iterator[Said]:
    """It knows two uses: who may take it, and nobody."""
    row = item.read(_Level)
    amount, none = Quantity(row.quantity, "PC"), Quantity(Decimal(0), "PC")
    uses: tuple[tuple[StockUse, Quantity], ...] = (
        ("unrestricted", none if row.locked else amount),
        ("blocked", amount if row.locked else none),
    )
    for use, quantity in uses:
        yield StockReported(
            lot_id=row.lot,
            material_id=row.item,
            location=row.place,
            use=use,
            quantity=quantity,
        )


@outbound(PutAway, proof="findable")
def _put_away(command: PutAway, _: Known) -> Request:
    """A task; the WMS keeps our key as a reference and does not look at it."""
    return Request(
        target="put-away",
        body={
            "lot": command.lot_id.rpartition(":")[2],
            "item": command.material_id,
            "quantity": str(command.quantity.amount),
        },
    )


@outbound(PickDelivery, proof="findable", local=True)
def _pick(command: PickDelivery, known: Known) -> Request:
    """A task for one lot: the deliveries of this company have one line. One that goes for several
    orders is promised to none of them."""
    if len(command.lines) != 1 or (lot := command.lines[0].lot_id) is None:
        says = "The WMS takes a pick of one lot, and the delivery does not name one"
        at = "/lines" if len(command.lines) != 1 else "/lines/0/lot_id"
        raise MappingError(says, [Fault(at, says)])
    line = command.lines[0]
    return Request(
        target="pick",
        body={
            "delivery": known.local,
            "order": command.orders[0].rpartition(":")[2] if len(command.orders) == 1 else "",
            "lot": lot.rpartition(":")[2],
            "item": line.material_id,
            "quantity": str(line.quantity.amount),
        },
    )


@outbound(StopPick, proof="keyed", local=True)
def _stop(_: StopPick, known: Known) -> Request:
    """Said twice it changes nothing more."""
    return Request(target=f"PUT /picks/{known.local}", body={"state": "stopped"})


@outbound(ResumePick, proof="keyed", local=True)
def _resume(_: ResumePick, known: Known) -> Request:
    """Said twice it changes nothing more."""
    return Request(target=f"PUT /picks/{known.local}", body={"state": "open"})


_CATEGORIES: Mapping[Usage | None, str] = {None: "Q", "rework": "R", "scrap": "S"}
"""Of stock that nobody may take."""


@outbound(LockStock, proof="state")
def _lock(command: LockStock, _: Known) -> Request:
    """The category of all its stock, wherever it lies."""
    if (category := _CATEGORIES.get(command.usage)) is None:
        raise MappingError(f"The WMS has no category for {command.usage}")
    lot = command.lot_id.rpartition(":")[2]
    return Request(target="lock", body={"lot": lot, "category": category, "reason": command.reason})


@outbound(UnlockStock, proof="keyed")
def _unlock(command: UnlockStock, _: Known) -> Request:
    """A lot that is free stays so."""
    return Request(target=f"DELETE /locks/{quote(command.lot_id.rpartition(':')[2], safe='')}")


AREA = Area(
    connections=(
        Connection(
            "wms",
            Rest,
            (
                _change,
                _level,
                _put_away,
                _pick,
                _stop,
                _resume,
                _lock,
                _unlock,
                *COMPONENTS,
                *STORAGE,
                *GOODS,
            ),
        ),
    ),
    workflows=(
        put_away,
        post_moved,
        adjust_counted,
        post_scrapped,
        pick_delivery,
        check_components,
        question_shortage,
    ),
    routes=(
        Route(PutAway, "wms", site="plant-a"),
        *(Route(command, "wms") for command in (PickDelivery, StopPick, ResumePick)),
        Route(ReserveComponents, "wms", site="plant-a"),
        Route(FreeComponents, "wms", site="plant-a"),
        Route(ReserveGoods, "wms"),
        Route(ConfirmPick, "erp"),
    ),
    policies=(large_differences(beyond=Quantity(Decimal(2), "PC"), team="warehouse"),),
)
