"""Our words as the staging table of plant B's ERP takes them, and what it takes of none."""

from decimal import Decimal

import pytest

from andon.app.company.plant_b import AREA
from andon.core.connector import Settings
from andon.core.errors import MappingError
from andon.core.mapping import Known, Outbound
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.production import AssignLots, ComponentLot, ConfirmOperation

_WRITERS = {
    one.command: one.writes for one in AREA.connections[0].mappings if isinstance(one, Outbound)
}
_LOT = "material-lot/plant-b:L1"


def taken(*amounts: Quantity | None) -> AssignLots:
    parts = [
        ComponentLot(material_id="SEAL", lot_id=f"{_LOT}{n}", quantity=amount)
        for n, amount in enumerate(amounts)
    ]
    return AssignLots(order_id="production-order/erp-b:7", components=tuple(parts))


def confirmed(good: str, scrap: str) -> ConfirmOperation:
    return ConfirmOperation(
        order_id="production-order/erp-b:7",
        operation="0010",
        good=Quantity(Decimal(9), good),
        scrap=Quantity(Decimal(1), scrap),
    )


def test_lots_of_one_material_are_one_row() -> None:
    request = _WRITERS[AssignLots](
        taken(Quantity(Decimal(2), "PCE"), Quantity(Decimal("1.5"), "PCE")),
        Known(Settings(), local="7"),
    )
    assert request.body["lots"] == "L10=2000;L11=1500"


@pytest.mark.parametrize(
    ("command", "places"),
    [
        (taken(None, None), ["/components/0/quantity", "/components/1/quantity"]),
        (
            taken(Quantity(Decimal(2), "KG"), Quantity(Decimal(2), "M")),
            ["/components/0/quantity/unit", "/components/1/quantity/unit"],
        ),
        (confirmed("KG", "M"), ["/good/unit", "/scrap/unit"]),
    ],
    ids=["no amounts", "other units", "confirmed in other units"],
)
def test_what_cannot_be_written_is_named_place_by_place(
    command: Command, places: list[str]
) -> None:
    with pytest.raises(MappingError) as told:
        _WRITERS[type(command)](command, Known(Settings(), local="7"))
    assert [fault.at for fault in told.value.faults] == places
