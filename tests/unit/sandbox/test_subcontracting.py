"""What is provided to a contract manufacturer: the list of the dock, its clerk, who works on it,
and the lab."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import msgspec
import pytest

from andon.sandbox.lab import compare, inventory, subcontracting
from andon.sandbox.lives.subcontracting import arrive, begin, open_shafts, provide
from andon.sandbox.systems.contract_manufacturer import WORKSHOP, ContractManufacturer
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.receiving import Provided as Loaded
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_portal.seller import Order
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


def _shop(world: World) -> ContractManufacturer:
    shop = ContractManufacturer(world, "")
    shop.found.append(ORDER)
    return shop


def _words(shop: ContractManufacturer) -> list[tuple[str, dict[str, Any]]]:
    return [(kind, msgspec.json.decode(body)) for kind, body in shop.outbox.waiting]


def _read(shop: ContractManufacturer, stop: str | None) -> None:
    row = {"name": "", "local": ORDER, "values": [{"attribute": "stop", "value": stop}]}
    shop.notice(msgspec.convert(row, Order))


SHAFTS = Loaded("00010", "SHAFT", Decimal(12), "F00001")


@pytest.mark.parametrize("first", ["it has them", "it reads it"])
def test_a_manufacturer_says_once_that_it_has_stopped(first: str) -> None:
    shop = _shop(World(1))
    if first == "it has them":
        shop.take_in(ORDER, [SHAFTS])
    _read(shop, "F00001, F00009")
    if first != "it has them":
        assert not _words(shop), "it has nothing that it could stop"
        shop.take_in(ORDER, [SHAFTS])
    _read(shop, "F00001, F00009")
    assert shop.stops(ORDER, "F00001")
    assert [one["progress"] for _, one in _words(shop)] == ["received", "stopped"]
    _read(shop, None)
    assert not shop.stops(ORDER, "F00001")
    _read(shop, "F00001")
    assert [one["progress"] for _, one in _words(shop)] == ["received", "stopped", "stopped"]


def test_people_plate_what_is_brought_and_all_of_it_comes_back_or_is_spoiled() -> None:
    world = World(1)
    erp, dock, shop = Erp(world, ""), Receiving(world, ""), _shop(world)
    begin(world, {one.name: one for one in (erp, dock, shop)})
    world.run(world.now() + timedelta(minutes=1))
    dock.provisions.ask(msgspec.json.encode(_asked(needed=[{**NEED, "quantity": "210"}])))
    _read(shop, "F00002")
    world.run(world.now() + timedelta(hours=2))
    facts = world.truth.facts
    assert [one.lot for one in facts if isinstance(one, Processed)] == ["F00001"]
    assert not [one for one in facts if isinstance(one, Arrived) and one.because != "opening"]

    _read(shop, None)
    world.run(world.now() + timedelta(hours=2))
    processed = [one for one in facts if isinstance(one, Processed)]
    good = sum(one.quantity for one in processed)
    spoiled = sum(one.scrap for one in processed)
    assert good + spoiled == 210
    came = [one for one in facts if isinstance(one, Arrived) and one.because != "opening"]
    assert sum(one.quantity for one in came) == good
    assert [one.lot for one in came] == [one.made for one in processed]
    assert list(shop.shipped) == ["S400001"]
    assert (ORDER, "S400001") in dock.counts
    said = [kind for kind, _ in _words(shop)]
    assert said.count("lot.processed") == 2
    assert said.count("components.scrapped") == sum(1 for one in processed if one.scrap)


def test_the_lab_compares_what_is_in_lots_that_came_and_what_was_spoiled() -> None:
    world = World(1)
    erp = Erp(world, "")
    open_shafts(world)
    erp.company.purchases.subcontract("17300004", [("SHAFT-ZN", Decimal(12))])
    _provided(world, 12)
    _processed(world, 9, 3)
    assert not list(subcontracting.consumed(world.truth)), "it has not come"
    (gone,) = subcontracting.scrapped(world.truth)
    assert (gone.lot, gone.quantity) == ("F00001", 3)
    world.truth.born("P1", "SHAFT-ZN", sound=True)
    arrive(world, Receiving(world, ""), ORDER, [Loaded("00010", "SHAFT-ZN", Decimal(9), "P1")])
    special = {"Material": "SHAFT", "Batch": "F00001", "InventorySpecialStockType": "O"}
    order = {"PurchaseOrder": ORDER, "PurchaseOrderItem": "00010"}
    supplier, post = {"Supplier": "17300004"}, erp.company.movements.post
    out = {"GoodsMovementType": "541", "QuantityInEntryUnit": Decimal(12)}
    post({}, [{**special, **order, **supplier, **out}], "ANDON")
    came = {
        "GoodsMovementType": "101", "Material": "SHAFT-ZN", "Batch": "P1", **order,
        "MaterialDocumentLine": "1", "QuantityInEntryUnit": Decimal(9),
    }  # fmt: skip
    taken = {
        "GoodsMovementType": "543", **special, "MaterialDocumentParentLine": "1",
        "QuantityInEntryUnit": Decimal(9),
    }  # fmt: skip
    post({}, [came, taken], "ANDON")
    waste = {"GoodsMovementType": "551", "CostCenter": "1", "QuantityInEntryUnit": Decimal(3)}
    post({}, [{**special, **supplier, **waste}], "ANDON")
    for must, does in (
        (subcontracting.consumed(world.truth), subcontracting.consumption_booked(erp)),
        (subcontracting.scrapped(world.truth), subcontracting.scrap_booked(erp)),
    ):
        assert compare(must, does).well
    assert not inventory.stock_error(world.truth, erp, Wms(world, ""))
    assert not list(inventory.adjusted(erp)), "what is spoiled there is no scrap of our warehouse"
