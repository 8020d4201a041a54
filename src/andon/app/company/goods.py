"""The warehouse promises goods to sales orders, and says what is missing for them."""

__all__ = ["GOODS"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.app.company.units import require_unit
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.quantity import Quantity
from andon.model.readiness import GoodsChecked, ReserveGoods
from andon.model.sales import SalesLine


class _Line(msgspec.Struct, frozen=True):
    item: str
    missing: Decimal


class _Checked(msgspec.Struct, frozen=True):
    order: str
    missing: tuple[_Line, ...]
    lots: tuple[str, ...]
    at: datetime


@inbound("outbound")
def _checked(item: Item, _: Known) -> Iterator[Said]:
    """What has not left of an order; amounts in pieces."""
    row = item.read(_Checked)
    yield GoodsChecked(
        order_id=f"sales-order/erp:{row.order}",
        missing=tuple(
            SalesLine(material_id=line.item, quantity=Quantity(line.missing, "PC"))
            for line in row.missing
        ),
        lots=row.lots,
        checked_at=row.at,
    )


@outbound(ReserveGoods, proof="keyed", local=True)
def _reserve(command: ReserveGoods, known: Known) -> Request:
    """Put once more it is the same reservation."""
    amounts = {f"lines/{n}/quantity": one.quantity for n, one in enumerate(command.lines)}
    require_unit("The WMS", "PC", amounts)
    lines = [{"item": line.material_id, "quantity": line.quantity.amount} for line in command.lines]
    return Request(target=f"PUT /outbound/{known.local}", body={"lines": lines})


GOODS = (_checked, _reserve)
"""What the WMS says and is asked about goods."""
