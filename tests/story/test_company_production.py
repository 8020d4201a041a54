"""Plant A of the sandbox company: what was made is what the ERP has booked."""

from datetime import timedelta
from typing import Any

import pytest

from andon.sandbox.lab import Reckoned, booked, happened, reckon
from andon.sandbox.lab.production import decided
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.truth import Finished
from andon.sandbox.world import BEGAN
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_an_hour_of_orders_end_in_the_books_as_they_happened() -> None:
    async with served(speed=300) as plant:
        world = plant.company.world
        plant.company.live(until=world.began + timedelta(hours=6))
        await until(
            lambda: sum(1 for fact in world.truth.facts if isinstance(fact, Finished)) > 4,
            within=60,
        )
        await plant.company.rest(world.began + timedelta(hours=1))
        await until(lambda: _reckoned(plant).well, within=60)


@pytest.mark.story
async def test_answers_that_are_lost_words_said_twice_and_a_kill_leave_the_books_as_they_are() -> (
    None
):
    async with served(speed=300) as plant:
        world, erp, mes = plant.company.world, _erp(plant), plant.company.systems["mes-a"]
        assert isinstance(mes, MesA)
        erp.faults.add("lose", 15)
        mes.outbox.odd |= {"twice": 10, "swapped": 5}
        plant.company.live(until=world.began + timedelta(hours=6))
        await until(lambda: erp.faults.struck["lose"] >= 5, within=30)
        await plant.kill_andon()
        await plant.start_andon()
        await until(lambda: mes.outbox.struck["twice"] >= 5, within=60)
        await until(lambda: erp.faults.struck["lose"] == 15, within=60)
        await plant.company.rest(world.began + timedelta(hours=1))
        await until(lambda: _reckoned(plant).well, within=90)


@pytest.mark.story
async def test_what_planners_decide_about_an_order_is_what_the_floor_makes() -> None:
    async with served(speed=120, began=BEGAN) as plant:
        planner, mes = _erp(plant).company, plant.company.the(MesA)
        floor = mes.floor
        unwanted = planner.plan("PUMP", 8)
        planner.change_order(unwanted, {"OrderIsMarkedForDeletion": "X"})
        status, said = await _asked(plant, unwanted)
        assert (status, said["detail"]) == (
            409,
            f'BS/007: "Release" is not allowed (ORD {unwanted})',
        )
        changed = await _released(plant, 8)
        await until(lambda: changed in floor.orders, within=20)
        planner.resize(changed, 6)
        await until(lambda: floor.orders[changed].quantity == 6, within=20)

        await mes.stop()
        hasty = await _released(plant, 8)
        await _heard(plant, hasty, "released")
        planner.resize(hasty, 9)
        await _heard(plant, hasty, "changed")
        planner.cancel(hasty)
        await _heard(plant, hasty, "cancelled")
        assert hasty not in floor.orders
        await mes.start()
        await until(lambda: _status(mes, hasty) == "cancelled", within=30)
        assert floor.orders[hasty].quantity == 9

        stopped = await _released(plant, 500)
        await until(lambda: stopped in floor.orders, within=20)
        await _erp(plant).stop()
        await plant.live(timedelta(hours=3))
        await until(lambda: _status(mes, changed) == "done", within=30)
        await _left_behind(plant, changed)
        await _erp(plant).start()
        await until(lambda: _status(mes, stopped) == "running", within=10)
        await _caught_up(plant, changed)
        planner.cancel(stopped)
        await until(lambda: _status(mes, stopped) == "cancelled", within=30)
        assert 0 < floor.orders[stopped].begun < 500
        await until(lambda: _agreed(plant, stopped, "Cancelled"), within=20)
        await until(lambda: _made_and_booked(plant, changed, stopped), within=20)
        await until(lambda: _ended(plant, changed), within=20)
        planner.revoke(changed)
        floor.orders[changed].good -= 1  # somebody has dropped one
        mes.reopen(changed)
        await until(lambda: floor.orders[changed].good == 6, within=30)
        await until(lambda: _ended(plant, changed), within=30)
        await until(lambda: _made_and_booked(plant, changed), within=20)
        await until(lambda: decided(_erp(plant), mes).well, within=20)


async def _released(plant: Served, pieces: int) -> str:
    """An order as a program has it released: twice under one key, and it is told its number."""
    number = _erp(plant).company.plan("PUMP", pieces)
    for _ in range(2):
        status, said = await _asked(plant, number)
        assert (status, said["reference"]) == (201, number)
    return number


async def _asked(plant: Served, number: str) -> tuple[int, Any]:
    body = {"order_id": f"production-order/erp:{number}"}
    headers = {"Idempotency-Key": f"release-{number}", "Prefer": "wait=20"}
    return await plant.ask("POST", "/v1/production/release-order", body, **headers)


def _made_and_booked(plant: Served, *orders: str) -> bool:
    facts = [one for one in happened(plant.company.world.truth) if one[1].order in orders]
    books = [one for one in booked(_erp(plant)) if one.order in orders]
    made = {posting.order for _, posting in facts if posting.movement == "101"}
    return made == set(orders) and reckon(facts, books).well


async def _heard(plant: Served, number: str, what: str) -> None:
    async def heard() -> bool:
        page = await plant.page(f"production-order/erp:{number}")
        types = [record["type"] for record in page.get("timeline", ())]
        return f"andon.production.order.{what}.v1" in types

    await until(heard, within=20)


async def _agreed(plant: Served, number: str, status: str) -> bool:
    row, _ = await _status_on_page(plant, number)
    return {cell["value"] for cell in row["cells"]} == {status}


async def _left_behind(plant: Served, number: str) -> None:
    """Whoever opens the order's page sees what the floor has made and the ERP has not booked: whose
    word counts, who has to care, and since when it is so."""

    async def differs() -> bool:
        cells = (await _status_on_page(plant, number))[0]["cells"]
        return ("erp", "Released", "differs") in [
            (cell["system"], cell["value"], cell["stands"]) for cell in cells
        ]

    await until(differs, within=30)
    assert not _made_and_booked(plant, number)
    row, lag = await _status_on_page(plant, number)
    assert (row["owner"], row["steward"]) == ("mes-a", "planning")
    owner = row["cells"][0]
    assert (owner["system"], owner["value"], owner["stands"]) == ("mes-a", "Completed", "owner")
    assert lag["changed_at"] == owner["since"]
    assert (lag["agreed_at"], lag["lag_ms"], lag["within_s"]) == (None, None, 60)


async def _caught_up(plant: Served, number: str) -> None:
    """The page says so, and how long it took."""

    async def closed() -> bool:
        row, lag = await _status_on_page(plant, number)
        stands = {cell["system"]: cell["stands"] for cell in row["cells"]}
        return stands["erp"] == "agrees" and lag["agreed_at"] is not None

    await until(closed, within=40)
    row, lag = await _status_on_page(plant, number)
    assert {cell["value"] for cell in row["cells"] if cell["system"] in ("mes-a", "erp")} == {
        "Completed"
    }
    assert lag["lag_ms"] > lag["within_s"] * 1000


async def _status_on_page(plant: Served, number: str) -> tuple[Any, Any]:
    """What each system believes, and how far the ERP is behind the floor."""
    page = await plant.page(f"production-order/erp:{number}")
    (row,) = (row for row in page["matrix"] if row["attribute"] == "status")
    lag = (one for one in page["sync"] if (one["attribute"], one["follower"]) == ("status", "erp"))
    return row, next(lag, None)


def _ended(plant: Served, number: str) -> bool:
    return _erp(plant).company.order(number)["OrderIsTechnicallyCompleted"] == "X"


def _status(mes: MesA, number: str) -> str | None:
    order = mes.floor.orders.get(number)
    return order and order.status


def _erp(plant: Served) -> Erp:
    erp = plant.company.systems["erp"]
    assert isinstance(erp, Erp)
    return erp


def _reckoned(plant: Served) -> Reckoned:
    return reckon(happened(plant.company.world.truth), booked(_erp(plant)))
