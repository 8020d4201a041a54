"""Warehouse and quality of the sandbox company: where a lot lies, and whether it may go."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.sandbox.lab.audits import Audited, audited
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.qms import Hold, Qms
from andon.sandbox.systems.wms import Task, Wms
from andon.sandbox.truth import Arrived
from andon.sandbox.world import BEGAN
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_what_people_carried_in_an_hour_is_where_the_books_say() -> None:
    async with served(speed=180, began=BEGAN) as plant:
        world, erp, wms, qms = _hall(plant)
        erp.faults.add("lose", 10)
        wms.faults.add("lose", 4)
        qms.faults.add("fail", 3)
        qms.outbox.odd |= {"twice": 3, "swapped": 2}
        await plant.live(timedelta(hours=6))
        await until(lambda: len(wms.changes) > 3, within=40)
        await wms.stop()
        await until(lambda: world.now() > world.began + timedelta(minutes=45), within=30)
        await wms.start()
        await until(lambda: wms.faults.struck["lose"] == 4, within=60)
        await until(lambda: {"put-away", "pick"} <= {task.kind for task in _done(wms)}, within=60)
        await until(lambda: len(_done(wms)) > 3, within=60)
        await plant.company.rest(world.began + timedelta(hours=1))
        await until(lambda: _well(plant), within=60)
        found = _audited(plant)
        assert found.well, found
        carried = _done(wms)
        lot = next(task.lot for task in carried if task.kind == "put-away")
        cells = _cells(await plant.page(f"material-lot/company:{lot}"), "location")
        assert cells["wms"].startswith("warehouse/W.")
        assert cells["erp"] == "warehouse"

        pick = next(task for task in carried if task.kind == "pick")
        pallet = await plant.page(f"handling-unit/wms:{wms.pallets[pick.delivery]}")
        assert f"lot {pick.lot}" in _cells(pallet, "content")["wms"]
        assert {link["relation"] for link in pallet["links"]} == {"contains", "goes-with"}


@pytest.mark.story
async def test_a_held_lot_stays_on_its_shelf_until_quality_lets_it_go() -> None:
    async with served(began=BEGAN) as plant:
        world, erp, wms, qms = _hall(plant)
        world.truth.born("L1", "PUMP", sound=False)
        arrived = Arrived(
            at=world.now(), lot="L1", material="PUMP", quantity=Decimal(9), place="A.STORE",
            because="opening",
        )  # fmt: skip
        world.truth.happens(arrived)
        desk = erp.company.deliveries
        early = desk.deliver("17100001", "PUMP", Decimal(2), "L1")
        await until(lambda: any(task.delivery == early for task in wms.picks()), within=20)

        hold = Hold(lot="L1", reason="porous casting", placed_at=world.now())
        qms.holds.append(hold)
        qms.outbox.say(
            "hold.placed", {"id": "h1", "lot": "L1", "reason": hold.reason, "at": world.now()}
        )
        await until(lambda: {task.state for task in wms.picks()} == {"stopped"}, within=20)

        late = desk.deliver("17100002", "PUMP", Decimal(3), "L1")
        await until(lambda: _question(plant), within=20)
        case = await _question(plant)
        assert late in case["text"]
        assert "porous casting" in case["text"]
        assert [task.delivery for task in wms.picks()] == [early]
        await plant.ask(
            "POST", f"/v1/exceptions/{case['id']}/answer", {"answer": "wait for the release"}
        )

        qms.release(hold)
        await until(lambda: len(list(wms.picks())) == 2, within=20)
        await until(lambda: {task.state for task in wms.picks()} == {"open"}, within=20)
        holds = _cells(await plant.page("material-lot/company:L1"), "hold")
        assert holds["qms-events"] is False


def _hall(plant: Served) -> tuple[Any, Erp, Wms, Qms]:
    company = plant.company
    return company.world, company.the(Erp), company.the(Wms), company.the(Qms)


def _done(wms: Wms) -> list[Task]:
    """What people have carried."""
    return [task for task in wms.tasks.values() if task.state == "done"]


def _audited(plant: Served) -> Audited:
    return audited(plant.company)


def _well(plant: Served) -> bool:
    return _audited(plant).well


async def _question(plant: Served) -> dict[str, Any]:
    return next((case for case in await plant.cases() if case["team"] == "shipping"), {})


def _cells(page: dict[str, Any], attribute: str) -> dict[str, Any]:
    return {
        cell["system"]: cell["value"]
        for row in page.get("matrix", [])
        if row["attribute"] == attribute
        for cell in row["cells"]
    }
