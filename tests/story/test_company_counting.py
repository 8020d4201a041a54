"""Counts of the sandbox company: what people find in the bins is what the books say, once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.odata.simulated.stocks import Stock
from andon.sandbox.lab import inventory
from andon.sandbox.lab.reckoning import compare
from andon.sandbox.lives.counting import count
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Arrived, Fact, Moved, Scrapped, Strayed
from andon.sandbox.world import BEGAN
from tests.integration.plant import until
from tests.story.company import Served, served

LOT = "material-lot/company:L1"


@pytest.mark.story
async def test_what_was_counted_and_thrown_away_is_in_the_books_once() -> None:
    async with served(began=BEGAN) as plant:
        world, erp = plant.company.world, plant.company.the(Erp)
        world.truth.born("L1", "PUMP", sound=True)
        _happens(plant, Arrived, quantity=Decimal(9), place="A.STORE", because="opening")
        _happens(plant, Moved, quantity=Decimal(9), origin="A.STORE", place="W.03")

        await until(lambda: _heard_of(plant, LOT), within=20)

        # A program posts the transfer; the answer is lost, and it asks again under its key.
        erp.faults.add("lose")
        move = {"quantity": _pieces(9), "origin": "production", "destination": "warehouse"}
        status, said = await _post(plant, "post-transfer", move, "t1", wait=0)
        assert status == 202
        _, standing = await plant.ask("GET", said["status"])
        assert standing["type"] == "andon.inventory.transfer.post.v1"
        status, said = await _post(plant, "post-transfer", move, "t1")
        assert status == 201, said
        assert _booked(erp) == 9
        again, same = await _post(plant, "post-transfer", move, "t1")
        assert (again, same) == (status, said)
        assert _documents(erp, "311") == [said["reference"]]

        # One piece is gone and nobody saw it, until somebody counts the bin, and counts it again.
        erp.faults.add("lose")
        _happens(plant, Strayed, quantity=Decimal(1), origin="W.03")
        count(world, "L1", "W.03")
        count(world, "L1", "W.03")
        await until(lambda: _well(plant) and _booked(erp) == 8, within=20)

        # Three more are a person's decision, and what is thrown away behind them waits as well.
        _happens(plant, Strayed, quantity=Decimal(3), origin="W.03")
        count(world, "L1", "W.03")
        await until(lambda: _question(plant), within=20)
        case = await _question(plant)
        assert "a difference of -3 PC is more than 2 PC" in case["text"]
        _happens(plant, Scrapped, quantity=Decimal(1), place="W.03", because="dropped")
        assert _booked(erp) == 8
        await plant.ask("POST", f"/v1/exceptions/{case['id']}/answer", {"answer": "approve"})
        await until(lambda: _well(plant) and _booked(erp) == 4, within=20)

        # What belongs to no order goes in and out; the ERP refuses in its own words.
        came = {"quantity": _pieces(2), "location": "warehouse"}
        assert (await _post(plant, "receive-goods", came, "r1"))[0] == 201
        taken = {**came, "quantity": _pieces(6), "cost_center": "4711"}
        assert (await _post(plant, "issue-goods", taken, "i1"))[0] == 201
        assert _booked(erp) == 0
        for key, body, says in (
            ("i2", taken, "Deficit of SL Unrestricted-use 6 PC"),
            ("r1", taken | {"location": "production"}, "used for another payload"),
        ):
            status, said = await _post(plant, "issue-goods", body, key)
            assert status in (409, 422), said
            assert says in str(said)
        moon = {**taken, "location": "moon"}  # nobody can write it: the caller is told, no one else
        status, said = await _post(plant, "issue-goods", moon, "i3")
        assert (status, [one["at"] for one in said["errors"]]) == (422, ["/location"]), said
        assert "no storage location for moon" in said["detail"]
        assert erp.faults.struck["lose"] == 2
        assert [len(_documents(erp, kind)) for kind in ("201", "501", "702")] == [1, 1, 2]
        await _adjusted_and_scrapped(plant, erp)


async def _adjusted_and_scrapped(plant: Served, erp: Erp) -> None:
    """A program that counts, and one that throws away, are told the document, or why there is
    none."""
    scrapped = _documents(erp, "551")
    more = {"difference": _pieces(2), "location": "warehouse"}
    status, said = await _post(plant, "post-adjustment", more, "a1")
    assert status == 201, said
    assert (_documents(erp, "701"), _booked(erp)) == ([said["reference"]], 2)
    waste = {"quantity": _pieces(2), "location": "warehouse", "reason": "rusty"}
    status, said = await _post(plant, "post-scrap", waste, "s1")
    assert status == 201, said
    assert (_documents(erp, "551"), _booked(erp)) == ([*scrapped, said["reference"]], 0)

    less = {"difference": _pieces(-2), "location": "warehouse"}
    for command, body, key in (("post-adjustment", less, "a2"), ("post-scrap", waste, "s2")):
        status, said = await _post(plant, command, {**body, "status": "unrestricted"}, key)
        assert status in (409, 422), said
        assert "Deficit of SL Unrestricted-use 2 PC" in str(said)
    assert _booked(erp) == 0


def _happens(plant: Served, fact: type[Fact], **more: Any) -> None:
    world = plant.company.world
    world.run(world.now() + timedelta(seconds=1))
    world.truth.happens(fact(at=world.now(), **{"lot": "L1", "material": "PUMP"}, **more))


async def _heard_of(plant: Served, subject: str) -> bool:
    return bool(await plant.page(subject))


async def _post(
    plant: Served, command: str, body: dict[str, Any], key: str, wait: int = 20
) -> tuple[int, Any]:
    return await plant.ask(
        "POST", f"/v1/inventory/{command}", {"lot_id": LOT, "material_id": "PUMP", **body},
        **{"Idempotency-Key": key, "Prefer": f"wait={wait}"},
    )  # fmt: skip


def _pieces(amount: int) -> dict[str, str]:
    return {"amount": str(amount), "unit": "PC"}


def _booked(erp: Erp) -> Decimal:
    return erp.company.movements.stock(Stock("PUMP", "1710", "171W", "L1"))


def _documents(erp: Erp, kind: str) -> list[str]:
    return [
        f"{row['MaterialDocument']}/{row['MaterialDocumentYear']}"
        for row in erp.company.books.rows("A_MaterialDocumentItem").values()
        if row["GoodsMovementType"] == kind and not row["IsAutomaticallyCreated"]
    ]


def _well(plant: Served) -> bool:
    """Each count and each piece of scrap has its posting, and everybody believes what was seen."""
    truth, erp, wms = plant.company.world.truth, plant.company.the(Erp), plant.company.the(Wms)
    seen = (*inventory.found(wms), *inventory.scrapped(truth))
    posted = compare(seen, inventory.adjusted(erp))
    return posted.well and not inventory.stock_error(truth, erp, wms)


async def _question(plant: Served) -> dict[str, Any]:
    return next((case for case in await plant.cases() if case["code"] == "approval"), {})
