"""Our words as the staging table of plant B's ERP takes them, and what it takes of none."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from andon.app.company.plant_b import AREA
from andon.connectors.files import FilesSettings
from andon.connectors.sql import SqlSettings
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said
from andon.core.message import Command, ReadBack
from andon.core.quantity import Quantity
from andon.model.holding import BlockStock, UnblockStock
from andon.model.inventory import StockReported
from andon.model.production import (
    AssignLots,
    ComponentLot,
    ConfirmOperation,
    OrderCancelled,
    OrderChanged,
    OrderReleased,
)

_WRITERS = {
    one.command: one.writes for one in AREA.connections[0].mappings if isinstance(one, Outbound)
}
_SETTINGS = SqlSettings(url="sqlite:////erp.db", time_zone="Europe/Berlin")
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


_READS = next(
    one.reads
    for one in AREA.connections[0].mappings
    if isinstance(one, Inbound) and one.kind == "work-order"
)


def row(stat: str, pieces: int = 10, due: str = "20260304") -> bytes:
    fields = {"ordno": "B1", "item": "VALVE", "qtym": pieces * 1000, "stat": stat, "dued": due}
    return msgspec.json.encode(fields)


def means(now: bytes, before: bytes | None = None) -> list[Said]:
    item = Item(kind="work-order", key="1", raw=now)
    return list(_READS(item, Known(_SETTINGS, previous=before)))


def test_a_row_is_released_changed_cancelled_and_taken_back_by_what_it_was_before() -> None:
    planned, due = Quantity(Decimal(10), "PCE"), datetime(2026, 3, 4, 22, 59, tzinfo=UTC)
    released = OrderReleased(order_id="B1", material_id="VALVE", planned=planned, due_at=due)
    assert means(row("R")) == [released]
    assert means(row("R"), row("R")) == []
    (changed,) = means(row("R", due="20260305"), row("R"))
    assert isinstance(changed, OrderChanged)
    assert changed.due_at == due + timedelta(days=1)
    (cancelled,) = means(row("X"), row("R"))
    assert isinstance(cancelled, OrderCancelled)
    assert means(row("X")) == means(row("X"), row("X")) == []
    assert means(row("R"), row("X")) == [released]


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        ("20260328", datetime(2026, 3, 28, 22, 59, tzinfo=UTC)),
        ("20260329", datetime(2026, 3, 29, 21, 59, tzinfo=UTC)),  # of 23 hours
        ("20261024", datetime(2026, 10, 24, 21, 59, tzinfo=UTC)),
        ("20261025", datetime(2026, 10, 25, 22, 59, tzinfo=UTC)),  # of 25 hours
    ],
)
def test_a_day_ends_where_the_plant_is(day: str, ends: datetime) -> None:
    (released,) = means(row("R", due=day))
    assert isinstance(released, OrderReleased)
    assert released.due_at == ends


def test_lots_of_one_material_are_one_row() -> None:
    request = _WRITERS[AssignLots](
        taken(Quantity(Decimal(2), "PCE"), Quantity(Decimal("1.5"), "PCE")),
        Known(_SETTINGS, local="7"),
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
        _WRITERS[type(command)](command, Known(_SETTINGS, local="7"))
    assert [fault.at for fault in told.value.faults] == places


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (BlockStock(lot_id="material-lot/company:BS1", reason="crack"), "BLOCK"),
        (UnblockStock(lot_id="material-lot/company:BS1"), "UNBLK"),
    ],
    ids=["block", "unblock"],
)
def test_a_lot_is_blocked_by_a_row_of_its_own_that_is_about_no_order(
    command: Command, kind: str
) -> None:
    body = _WRITERS[type(command)](command, Known(_SETTINGS, local="BS1")).body
    assert body.pop("kind") == kind
    assert {name: value for name, value in body.items() if value is not None} == {"lots": "BS1"}


def reads(connection: str, kind: str, row: object) -> list[Said]:
    (reader,) = (
        one.reads
        for there in AREA.connections
        if there.name == connection
        for one in there.mappings
        if isinstance(one, Inbound) and one.kind == kind
    )
    item = Item(kind=kind, key="1", raw=msgspec.json.encode(row))
    return list(reader(item, Known(FilesSettings(folder="/x"))))


@pytest.mark.parametrize("mark", ["X", ""])
def test_the_export_says_what_of_the_stock_nobody_may_take(mark: str) -> None:
    row = {"item": "SEAL", "lot": "BS1", "quantity": "300", "at": "2026-03-02T06:00:00Z"}
    held, *stock = reads("erp-b-exports", "stock", {**row, "blocked": mark})
    assert isinstance(held, ReadBack)
    assert (held.object_id, held.holds["hold"]) == ("BS1", mark == "X")
    there = {one.use: one.quantity.amount for one in stock if isinstance(one, StockReported)}
    blocked = Decimal(300 if mark else 0)
    assert there == {"unrestricted": 300 - blocked, "blocked": blocked}


@pytest.mark.parametrize(("disposition", "held"), [("Restricted", True), ("UnRestricted", False)])
def test_what_its_floor_says_of_a_lot_is_a_belief_and_no_hold_of_its_own(
    disposition: str, held: bool
) -> None:
    lot = {"ID": "BS1", "Status": "blocked", "Disposition": disposition}
    (said,) = reads("mes-b", "MaterialLot", {"body": lot})
    assert isinstance(said, ReadBack)
    assert (said.object_id, said.holds) == ("BS1", {"hold": held})
