"""Bills of material and materials: as SAP says them, and as the simulated company keeps them."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.odata import ODataSettings
from andon.connectors.odata.masters import bill_of_material, update_bom, update_item
from andon.connectors.odata.simulated import Company
from andon.connectors.odata.simulated.books import RefusedCallError
from andon.core.connector import Item
from andon.core.mapping import Known
from andon.core.message import ReadBack
from andon.core.quantity import Quantity
from andon.model.master import Component, UpdateBom, UpdateItem

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TOMORROW = datetime(2026, 3, 3, tzinfo=UTC)
SETTINGS = ODataSettings(url="http://s4.example", plant="1710")
COMMAND = UpdateBom(
    item_id="item/company:PUMP",
    revision="02",
    effective_at=TOMORROW,
    components=(
        Component(material_id="SEAL", quantity=Quantity(Decimal(3), "PC")),
        Component(material_id="HOUSING", quantity=Quantity(Decimal(1), "PC")),
    ),
)
ROW = {
    "Material": "PUMP",
    "BillOfMaterialVersion": "02",
    "HeaderValidityStartDate": "2026-03-03T00:00:00+00:00",
    "to_BillOfMaterialItem": [
        {
            "BillOfMaterialComponent": "SEAL",
            "BillOfMaterialItemQuantity": "3.000",
            "BillOfMaterialItemUnit": "PC",
        },
        {
            "BillOfMaterialComponent": "HOUSING",
            "BillOfMaterialItemQuantity": "1.000",
            "BillOfMaterialItemUnit": "PC",
        },
    ],
}


def test_what_stands_there_is_believed_as_it_was_asked_for() -> None:
    item = Item(kind="MaterialBOM", key="k", raw=json.dumps(ROW).encode())
    (held,) = bill_of_material.reads(item, Known(SETTINGS))
    assert isinstance(held, ReadBack)
    assert held.holds == COMMAND.claims()
    assert list(bill_of_material.reads(item, Known(SETTINGS, item.raw))) == []


def test_a_revision_is_a_version_of_the_bill_with_its_day_where_the_plant_is() -> None:
    west = ODataSettings(url="http://s4.example", plant="1710", time_zone="America/New_York")
    for settings, day in ((SETTINGS, TOMORROW.date()), (west, NOW.date())):
        request = update_bom.writes(COMMAND, Known(settings, local="PUMP"))
        assert request.target == "POST MaterialBOM"
        assert request.body["HeaderValidityStartDate"] == day
    assert request.body["BillOfMaterialVersion"] == "02"
    numbers = [row["BillOfMaterialItemNumber"] for row in request.body["to_BillOfMaterialItem"]]
    assert numbers == ["0010", "0020"]


def test_the_revision_that_counts_is_the_version_of_the_document() -> None:
    request = update_item.writes(
        UpdateItem(item_id="PUMP", revision="02"), Known(SETTINGS, local="P'1")
    )
    assert request.target == "MERGE A_Product('P''1')"
    assert request.body == {"ProductDocumentVersion": "02"}


class Sap:
    """A company whose time is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW
        self.company = Company(lambda: self.now)

    def add(self, *parts: tuple[str, str], **other: Any) -> None:
        row = {
            "Material": "PUMP",
            "BillOfMaterialVariantUsage": "1",
            "BillOfMaterialVersion": "02",
            "HeaderValidityStartDate": TOMORROW,
            **other,
        }
        items = [
            {
                "BillOfMaterialComponent": part,
                "BillOfMaterialItemQuantity": Decimal(1),
                "BillOfMaterialItemUnit": unit,
            }
            for part, unit in parts
        ]
        self.company.masters.add(row, items)


def test_orders_are_made_by_the_version_that_counts_when_they_are_planned() -> None:
    sap = Sap()
    sap.add(("HOUSING", "PC"))
    before = sap.company.plan("PUMP", 1)
    sap.now = TOMORROW + timedelta(hours=1)
    after = sap.company.plan("PUMP", 1)
    assert [len(sap.company.parts_of[number]) for number in (before, after)] == [2, 1]


@pytest.mark.parametrize(
    ("parts", "other", "code"),
    [
        ([("SEAL", "PC")], {"BillOfMaterialVersion": "01"}, "29/172"),
        ([("SEAL", "PC")], {"BillOfMaterialVersion": ""}, "29/004"),
        ([("SEAL", "PC")], {"Material": "NOTHING"}, "M3/305"),
        ([("NOTHING", "PC")], {}, "M3/305"),
        ([("SEAL", "KG")], {}, "29/061"),
        ([("PUMP", "PC")], {}, "29/150"),
        ([], {}, "29/011"),
    ],
)
def test_a_bill_that_cannot_be_is_refused_and_nothing_is_kept(
    parts: list[tuple[str, str]], other: dict[str, Any], code: str
) -> None:
    sap = Sap()
    with pytest.raises(RefusedCallError) as refused:
        sap.add(*parts, **other)
    assert refused.value.code == code
    assert len(sap.company.masters.versions("PUMP")) == 1


def test_a_material_on_a_screen_is_locked_and_only_its_version_is_ours_to_change() -> None:
    masters = Sap().company.masters
    with pytest.raises(RefusedCallError, match="BaseUnit"):
        masters.revise("PUMP", {"BaseUnit": "KG"})
    company = Sap().company
    company.movements.locked["PUMP"] = "MILLER"
    with pytest.raises(RefusedCallError, match="locked by MILLER"):
        company.masters.revise("PUMP", {"ProductDocumentVersion": "02"})
