"""The warehouse promises components to orders, and says what is missing for them."""

__all__ = ["COMPONENTS"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.app.company.units import require_unit
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.quantity import Quantity
from andon.model.components import (
    ComponentsChecked,
    FreeComponents,
    MissingComponent,
    ReserveComponents,
)
from andon.model.expediting import ShortageChecked


class _Line(msgspec.Struct, frozen=True):
    item: str
    missing: Decimal


class _Short(msgspec.Struct, frozen=True):
    item: str
    missing: Decimal
    orders: tuple[str, ...]
    at: datetime


class _Supply(msgspec.Struct, frozen=True):
    order: str
    lines: tuple[_Line, ...]
    at: datetime


@inbound("supply")
def _checked(item: Item, _: Known) -> Iterator[Said]:
    """All of an order's items; amounts in pieces."""
    row = item.read(_Supply)
    yield ComponentsChecked(
        order_id=f"production-order/erp:{row.order}",
        missing=tuple(
            MissingComponent(material_id=line.item, quantity=Quantity(line.missing, "PC"))
            for line in row.lines
            if line.missing
        ),
        checked_at=row.at,
    )


@inbound("shortage")
def _short(item: Item, _: Known) -> Iterator[Said]:
    """One item over all orders, in pieces."""
    row = item.read(_Short)
    yield ShortageChecked(
        item_id=row.item,
        missing=Quantity(row.missing, "PC"),
        orders=tuple(f"production-order/erp:{order}" for order in row.orders),
        checked_at=row.at,
    )


@outbound(ReserveComponents, proof="keyed")
def _reserve(command: ReserveComponents, _: Known) -> Request:
    """Put once more it is the same reservation."""
    amounts = {f"components/{n}/quantity": one.quantity for n, one in enumerate(command.components)}
    require_unit("The WMS", "PC", amounts)
    lines = [
        {"item": part.material_id, "quantity": part.quantity.amount} for part in command.components
    ]
    return Request(target=f"PUT {_reservation(command)}", body={"lines": lines})


@outbound(FreeComponents, proof="keyed")
def _free(command: FreeComponents, _: Known) -> Request:
    """What is not promised stays so."""
    return Request(target=f"DELETE {_reservation(command)}")


def _reservation(command: ReserveComponents | FreeComponents) -> str:
    return f"/reservations/{command.order_id.rpartition(':')[2]}"


COMPONENTS = (_checked, _short, _reserve, _free)
"""What the WMS says and is asked about components."""
