"""What is provided to a contract manufacturer: the list of the dock, its clerk, and the lab."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import aiohttp
import msgspec
import pytest

from andon.sandbox.lab import compare, inventory, subcontracting
from andon.sandbox.lives.subcontracting import open_shafts, provide
from andon.sandbox.systems.contract_manufacturer import WORKSHOP
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Arrived, ImpossibleError, Processed, Provided
from andon.sandbox.world import World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = "4600000001"
NEED: dict[str, Any] = {"line": "00010", "item": "SHAFT", "quantity": "250"}


def _asked(**more: Any) -> dict[str, Any]:
    return {"order": ORDER, "supplier": "17300004", "needed": [NEED], "reference": "k", **more}


async def test_the_dock_lists_what_is_provided_as_often_as_it_is_asked() -> None:
    dock = Receiving(World(1), "")
    await dock.start()
    try:
        async with aiohttp.ClientSession(headers={"X-Api-Key": dock.key}) as http:
            url = f"{dock.address}/provisions"
            answers = [
                await http.post(url, json=body)
                for body in (
                    _asked(needed="something"),
                    _asked(needed=[]),
                    _asked(needed=[{**NEED, "quantity": "0"}]),
                    _asked(),
                    _asked(),
                )
            ]
            found = await (await http.get(f"{url}?reference=k")).json()
    finally:
        await dock.stop()
    assert [one.status for one in answers] == [400, 422, 422, 201, 201]
    assert [one["id"] for one in found["provisions"]] == ["V00001", "V00002"]


def _dock(world: World) -> Receiving:
    dock = Receiving(world, "")
    open_shafts(world)
    dock.provisions.ask(msgspec.json.encode(_asked()))
    return dock


def test_a_clerk_gives_the_oldest_lots_but_none_that_is_held() -> None:
    world = World(1)
    mes, dock = MesA(world, ""), _dock(world)
    mes.held["F00001"] = "cracks"
    (asked,) = dock.provisions.open()
    provide(world, dock, mes, asked)
    assert [world.truth.amount(f"F0000{n}", WORKSHOP) for n in (1, 2, 3)] == [0, 200, 50]
    assert not dock.provisions.open()
    (kind, body) = dock.outbox.waiting[0]
    assert kind == "components.provided"
    said = msgspec.json.decode(body)
    assert (said["id"], said["order"], said["supplier"]) == ("V00001", ORDER, "17300004")
    assert [(one["lot"], Decimal(one["quantity"])) for one in said["lots"]] == [
        ("F00002", 200), ("F00003", 50),
    ]  # fmt: skip


def test_nothing_goes_before_all_of_it_is_there() -> None:
    world = World(1)
    dock = Receiving(world, "")
    open_shafts(world)
    dock.provisions.ask(msgspec.json.encode(_asked(needed=[{**NEED, "quantity": "4001"}])))
    (asked,) = dock.provisions.open()
    provide(world, dock, None, asked)
    assert dock.provisions.open()
    assert not world.truth.amount("F00001", WORKSHOP)


def _provided(world: World, amount: int) -> None:
    world.truth.happens(
        Provided(
            at=NOON, lot="F00001", material="SHAFT", quantity=Decimal(amount), origin="A.STORE",
            place=WORKSHOP, because=f"{ORDER}/00010",
        )
    )  # fmt: skip


def _processed(world: World, amount: int, scrap: int, made: str = "P1") -> None:
    world.truth.happens(
        Processed(
            at=NOON, lot="F00001", material="SHAFT", quantity=Decimal(amount),
            scrap=Decimal(scrap), place=WORKSHOP, made=made, because=f"{ORDER}/00010",
        )
    )  # fmt: skip


def test_a_manufacturer_answers_for_what_has_not_come_back() -> None:
    world = World(1)
    open_shafts(world)
    _provided(world, 12)
    _processed(world, 9, 1)
    assert subcontracting.with_supplier(world.truth) == {"F00001": 11}
    world.truth.born("P1", "SHAFT-ZN", sound=True)
    came = Arrived(
        at=NOON, lot="P1", material="SHAFT-ZN", quantity=Decimal(9), place="A.STORE",
        because=f"{ORDER}/00010",
    )  # fmt: skip
    world.truth.happens(came)
    assert subcontracting.with_supplier(world.truth) == {"F00001": 2}
    with pytest.raises(ImpossibleError, match="3 of lot F00001 cannot be taken"):
        _processed(world, 2, 1)


def test_the_lab_sees_what_is_with_the_supplier_in_the_world_alone() -> None:
    world = World(1)
    erp, wms = Erp(world, ""), Wms(world, "")
    open_shafts(world)
    erp.company.purchases.subcontract("17300004", [("SHAFT-ZN", Decimal(12))])
    _provided(world, 12)
    assert inventory.stock_error(world.truth, erp, wms) == 24, "too many here, too few there"
    line = {
        "GoodsMovementType": "541", "Material": "SHAFT", "Batch": "F00001",
        "InventorySpecialStockType": "O", "Supplier": "17300004", "PurchaseOrder": ORDER,
        "PurchaseOrderItem": "00010", "QuantityInEntryUnit": Decimal(12),
    }  # fmt: skip
    erp.company.movements.post({}, [line], "ANDON")
    assert not inventory.stock_error(world.truth, erp, wms)
    booked = subcontracting.provisions_booked(erp)
    assert compare(subcontracting.provided(world.truth), booked).well
