"""An amount in a unit that a system does not count in is named with its place, each of them."""

from decimal import Decimal

import pytest

from andon.app.company import mes_a, warehouse
from andon.app.company.area import Area
from andon.core.errors import MappingError
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.components import ReserveComponents
from andon.model.production import ChangeOrder, NeededComponent
from andon.model.readiness import ReserveGoods
from andon.model.sales import SalesLine
from tests.unit.app.test_company_quality import asked

_ORDER = "production-order/erp:1000001"
_KILOS = Quantity(Decimal(2), "KG")
_PIECES = Quantity(Decimal(2), "PC")


@pytest.mark.parametrize(
    ("area", "command", "places"),
    [
        (
            mes_a.AREA,
            ChangeOrder(order_id=_ORDER, material_id="PUMP", quantity=_KILOS),
            ["/quantity/unit"],
        ),
        (
            warehouse.AREA,
            ReserveComponents(
                order_id=_ORDER,
                components=tuple(
                    NeededComponent(material_id=item, quantity=amount)
                    for item, amount in (("SEAL", _KILOS), ("BOLT", _PIECES), ("OIL", _KILOS))
                ),
            ),
            ["/components/0/quantity/unit", "/components/2/quantity/unit"],
        ),
        (
            warehouse.AREA,
            ReserveGoods(
                order_id="sales-order/erp:5000001",
                lines=(SalesLine(material_id="OIL", quantity=_KILOS),),
            ),
            ["/lines/0/quantity/unit"],
        ),
    ],
    ids=["an order for the floor", "components in the warehouse", "goods in the warehouse"],
)
def test_what_is_counted_otherwise_is_named_place_by_place(
    area: Area, command: Command, places: list[str]
) -> None:
    with pytest.raises(MappingError) as told:
        asked(area, command)
    assert [fault.at for fault in told.value.faults] == places
