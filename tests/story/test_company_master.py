"""Engineering changes of the sandbox company: known everywhere before they count."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.sandbox.lab.master import (
    booked,
    effective,
    given,
    happened,
    made_by,
    routed,
    storable,
    stored,
)
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.plm import Part, Plm, Step
from andon.sandbox.systems.wms import Wms
from tests.integration.plant import until
from tests.story.company import Served, served

EVENING = datetime(2026, 3, 2, 21, 20, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 3, tzinfo=UTC)
ROUTING = (Step("0010", "assemble", 25), Step("0020", "test at 12 bar", 10))
BOM = (Part("HOUSING", Decimal(1)), Part("SEAL", Decimal(3)))


@pytest.mark.story
async def test_a_change_is_in_the_books_and_on_the_floor_before_its_day_and_counts_on_it() -> None:
    async with served(speed=900, began=EVENING) as plant:
        plm, erp, mes = _systems(plant)
        wms = plant.company.the(Wms)
        world = plant.company.world
        erp.faults.add("lose")
        mes.faults.add("lose")
        wms.faults.add("lose", 2)
        change = plm.draft("more seals", "PUMP", "12 bar", BOM, routing=ROUTING)
        plm.release(change, MIDNIGHT.date())
        seal = plm.draft("another compound", "SEAL", "NBR 80", shelf_life_years=7)
        plm.release(seal, MIDNIGHT.date())
        erp.company.release("PUMP", 300)  # until nearly midnight
        await plant.live(timedelta(hours=12))
        await until(lambda: _agree(plant), within=30)
        assert [one.faults.struck["lose"] for one in (erp, mes, wms)] == [1, 1, 2]
        assert effective(erp)["item:PUMP"] == effective(mes)["item:PUMP"] == "01"

        plant.company.the(Crm).rename("17100002", "Riverside Power & Water")
        plm.retitle(change, "more seals, for 12 bar")  # the same change is read again
        await plm.stop()
        await plm.start()
        await until(lambda: _planner_lets_orders_finish(plant), within=30)
        await until(lambda: world.now() > MIDNIGHT - timedelta(minutes=15), within=30)
        assert effective(erp)["item:PUMP"] == effective(mes)["item:PUMP"] == "01"
        erp.faults.add("lose", 5)
        await until(lambda: bool(_late(mes)), within=30)
        await plant.company.rest(EVENING + timedelta(hours=3, minutes=10))
        await until(lambda: effective(plm).items() <= effective(erp).items(), within=30)
        assert effective(plm) == effective(mes) == effective(wms)
        assert effective(plm)["item:PUMP"] == "02"
        assert _agree(plant)
        await until(lambda: _told(plant), within=20)
        await until(lambda: _parties_and_places(plant), within=20)
        assert not [case for case in await plant.cases() if case["team"] == "engineering"]


def _late(mes: MesA) -> list[str]:
    """Orders that were queued after midnight."""
    return [number for number, one in mes.floor.orders.items() if one.revision == "02"]


async def _planner_lets_orders_finish(plant: Served) -> bool:
    """Orders of the old revision are open, so the floor asks before it goes over."""
    for case in await plant.cases():
        if case["team"] == "planner" and "open orders of PUMP" in case["text"]:
            path = f"/v1/exceptions/{case['id']}/answer"
            status, _ = await plant.ask("POST", path, {"answer": "let it be finished"})
            return status == 200
    return False


def _systems(plant: Served) -> tuple[Plm, Erp, MesA]:
    systems = plant.company.systems
    plm, erp, mes = systems["plm"], systems["erp"], systems["mes-a"]
    assert isinstance(plm, Plm)
    assert isinstance(erp, Erp)
    assert isinstance(mes, MesA)
    return plm, erp, mes


def _agree(plant: Served) -> bool:
    """Each released revision is there once, as it was released."""
    plm, erp, mes = _systems(plant)
    with_bill = [one for one in happened(plm) if one.parts]
    kept = stored(plant.company.the(Wms)) == storable(plm) and made_by(mes) == routed(plm)
    return kept and list(booked(erp)) == with_bill and given(mes) == happened(plm)


async def _told(plant: Served) -> bool:
    """Who asks Andon is told which revision each system has, and since when. An engineer who lives
    on may have released a newer one, for a later day."""
    plm, _, _ = _systems(plant)
    (newest_of_all,) = [one.revision for one in happened(plm) if one.item == "PUMP"][-1:]
    page = await plant.page("item/company:PUMP")
    newest, counts = _by(page, "revision"), _by(page, "effective_revision")
    everywhere = dict.fromkeys(("plm", "erp", "mes-a-orders", "wms"), newest_of_all)
    _, answer = await plant.ask("GET", "/v1/master/item/PUMP")
    said = {one["attribute"]: (one["value"], one["source"]) for one in answer["values"]}
    assert all(one["age_s"] >= 0 for one in answer["values"])
    seal = await plant.page("item/company:SEAL")
    return (
        _by(seal, "shelf_life") == {"plm": "2555 DAY", "wms": "2555 DAY"}
        and said["routing"][1] == "plm"
        and said["routing"][0].startswith("0010 assemble 25 s")
        and said["pieces_per_case"] == ("6 PC", "wms")
        and newest == everywhere
        and counts == {"plm": "02", "erp": "02", "wms": "02"}
        and said["revision"] == (newest_of_all, "plm")
        and said["effective_revision"] == ("02", "plm")
    )


async def _parties_and_places(plant: Served) -> bool:
    """A customer has the name that the CRM has for it now, and a bin is the warehouse's to say."""
    _, party = await plant.ask("GET", "/v1/master/party/17100002")
    _, bin = await plant.ask("GET", "/v1/master/location/W.07")
    said = [
        (one["attribute"], one["value"], one["source"])
        for answer in (party, bin)
        for one in answer.get("values", ())
        if one["age_s"] >= 0
    ]
    return said == [
        ("name", "Riverside Power & Water", "crm"),
        ("role", "customer", "crm"),
        ("level", "StorageUnit", "wms"),
    ]


def _by(page: dict[str, Any], attribute: str) -> dict[str, Any]:
    return {
        cell["system"]: cell["value"]
        for row in page.get("matrix", [])
        if row["attribute"] == attribute
        for cell in row["cells"]
    }
