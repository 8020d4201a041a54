"""The parts of Odoo's records that the mappings read. Odoo says `false` for what is empty."""

__all__ = ["MoveRow", "OrderRow", "OrderState", "Pointer", "code_of", "moment", "text"]

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from andon.core.errors import Fault, MappingError

OrderState = Literal["draft", "confirmed", "progress", "to_close", "done", "cancel"]

Pair = tuple[int, str]
"""A pointer to a record: its id, and its name for people."""
Stamp = str | bool
"""`2026-11-25 10:00:05` in UTC, or false."""


class Pointer(msgspec.Struct, frozen=True):
    """A pointer whose record was looked up."""

    id: int
    name: str
    code: str = ""


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """The part of `mrp.production` we read."""

    id: int
    name: str
    state: OrderState
    product_id: Pointer
    product_qty: Decimal
    product_uom_id: Pair
    qty_producing: Decimal = Decimal(0)
    date_deadline: Stamp = False
    date_finished: Stamp = False
    write_uid: Pair | bool = False


class MoveRow(msgspec.Struct, frozen=True, kw_only=True):
    """The part of `stock.move` we read."""

    id: int
    state: str
    product_id: Pointer
    quantity: Decimal
    product_uom: Pair
    date: Stamp = False
    reference: str | bool = False
    raw_material_production_id: Pair | bool = False
    production_id: Pair | bool = False
    location_id: Pair | bool = False
    location_dest_id: Pair | bool = False


def code_of(product: Pointer) -> str:
    """The item's number. A product without one is no item that other systems know."""
    if not product.code:
        raise MappingError(
            f"The product {product.name} has no internal reference in Odoo. Give it one.",
            [Fault("/product_id/code", "empty")],
        )
    return product.code


def text(pair: Pair | bool) -> str | None:
    """The name a pointer shows; None where it points to nothing."""
    return None if isinstance(pair, bool) else pair[1]


def moment(stamp: Stamp, at: str) -> datetime | None:
    """Odoo writes UTC without a zone."""
    if isinstance(stamp, bool):
        return None
    try:
        return datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise MappingError(f"{stamp!r} is no time", [Fault(f"/{at}", "no time")]) from error
