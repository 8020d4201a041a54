"""Deliveries of the sandbox company: what left has its one goods issue, whatever the wire did."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.tms import Tms
from andon.sandbox.systems.wms import DOCK, Wms
from andon.sandbox.truth import Arrived, Left
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_what_left_in_two_hours_is_posted_once_though_the_carrier_stutters() -> None:
    async with served(speed=300) as plant:
        erp, tms = _dock(plant)
        tms.outbox.odd |= {"twice": 3, "swapped": 1}
        began = plant.company.world.began
        plant.company.live(until=began + timedelta(hours=8))
        await until(lambda: sum(_left(plant).values()) > 5, within=60)
        await plant.company.rest(began + timedelta(hours=2))
        for delivery, passed in tms.passed.items():
            for milestone in reversed(passed):  # all of it again, backwards, under other numbers
                tms.say(delivery, milestone)
        await until(lambda: not tms.outbox.waiting, within=30)
        await until(lambda: _issued(erp) == _left(plant), within=60)
        await until(lambda: _told(plant, tms), within=30)
        await until(lambda: _expected(plant, tms), within=30)
        assert _issued(erp) == _left(plant)
        assert tms.outbox.struck["twice"] == 3


@pytest.mark.story
async def test_a_lost_answer_and_late_milestones_do_not_issue_a_delivery_twice() -> None:
    async with served() as plant:
        erp, tms = _dock(plant)
        world, desk = plant.company.world, erp.company.deliveries
        world.truth.born("L1", "PUMP", sound=True)
        arrived = Arrived(
            at=world.now(), lot="L1", material="PUMP", quantity=Decimal(9), place="A.STORE",
            because="opening",
        )  # fmt: skip
        world.truth.happens(arrived)
        number = desk.deliver("17100001", "PUMP", Decimal(4), "L1")
        path, body = "/v1/fulfilment/post-goods-issue", {"delivery_id": f"delivery/erp:{number}"}
        now = {"Prefer": "wait=20"}

        status, said = await plant.ask("POST", path, body, **now, **{"Idempotency-Key": "early"})
        assert status in (409, 422)
        assert "has not yet been completely picked" in str(said)

        desk.pick(number)
        _leaves(plant, number, Decimal(4))
        erp.faults.add("lose")  # it is posted, and Andon never hears of it
        tms.passed[number] = {"departed": world.now(), "delivered": world.now()}
        tms.say(number, "delivered")
        tms.say(number, "departed")
        tms.say(number, "departed")
        await until(lambda: _issued(erp) == _left(plant), within=20)
        await until(lambda: _told(plant, tms), within=20)
        status, said = await plant.ask("POST", path, body, **now, **{"Idempotency-Key": "again"})
        assert (status, said["reference"]) == (201, number)
        assert erp.faults.struck["lose"] == 1
        assert _issued(erp) == _left(plant)
        (case,) = await plant.cases()  # the one that came too early
        assert case["code"] == "refused"
        await _tendered(plant, erp, tms)


async def _tendered(plant: Served, erp: Erp, tms: Tms) -> None:
    """Two loads stand at the dock. The carrier is asked by 204, and takes one by 990: its 214 is
    why that one is out of the books and its customer told. The other one goes with the TMS."""
    carrier, wms, desk = plant.company.the(Carrier), plant.company.the(Wms), erp.company.deliveries
    numbers = {desk.deliver("17100001", "PUMP", Decimal(2), "L1") for _ in range(2)}
    await until(lambda: numbers <= {task.delivery for task in wms.picks()}, within=20)
    assert not carrier.tenders
    for task in wms.picks():
        if task.delivery in numbers:
            wms.done(task, DOCK)
    await until(lambda: carrier.loads.keys() == numbers, within=20)
    assert set(carrier.tenders.values()) == {1}
    (taken,) = (one.delivery for one in carrier.loads.values() if one.accepted)
    (declined,) = numbers - {taken}

    async def answered() -> bool:
        pages = [await plant.page(f"delivery/erp:{number}") for number in (taken, declined)]
        words = [_by(page, "carried") for page in pages]
        return words == [{"carrier": True}, {"carrier": False}]

    await until(answered, within=20)
    for number in numbers:
        page = await plant.page(f"delivery/erp:{number}")
        assert _by(page, "tendered") == {"carrier": True}
        assert not _by(page, "departed_at")
        assert _by(page, "goods-issue") == {"erp": False}
        _leaves(plant, number, Decimal(2))
    carrier.passes(taken, "departed")
    tms.passes(declined, "departed")
    await until(lambda: _issued(erp) == _left(plant), within=20)
    await until(lambda: _told(plant, tms), within=20)

    async def posted() -> bool:
        issued = _by(await plant.page(f"delivery/erp:{taken}"), "goods-issue")
        return issued == {"erp": True}

    await until(posted, within=20)
    at = carrier.loads[taken].passed["departed"].replace(microsecond=0)  # as a 214 says it
    said = _by(await plant.page(f"delivery/erp:{taken}"), "departed_at")
    assert datetime.fromisoformat(said["carrier"]) == at
    assert "tms" not in said
    crm = plant.company.the(Crm)
    await until(lambda: crm.told(taken) == {"departed": at}, within=20)
    assert "carrier" not in _by(await plant.page(f"delivery/erp:{declined}"), "departed_at")


def _leaves(plant: Served, delivery: str, amount: Decimal) -> None:
    world = plant.company.world
    world.truth.happens(
        Left(
            at=world.now(), lot="L1", material="PUMP", quantity=amount, place="A.STORE",
            because=delivery,
        )
    )  # fmt: skip


def _dock(plant: Served) -> tuple[Erp, Tms]:
    erp, tms = plant.company.systems["erp"], plant.company.systems["tms"]
    assert isinstance(erp, Erp)
    assert isinstance(tms, Tms)
    return erp, tms


def _left(plant: Served) -> Counter[tuple[str, str, Decimal]]:
    return Counter(
        (fact.because, fact.lot, fact.quantity)
        for fact in plant.company.world.truth.facts
        if isinstance(fact, Left)
    )


def _issued(erp: Erp) -> Counter[tuple[str, str, Decimal]]:
    """What the books say left, each posting counted; a reversal is a fault here."""
    rows = erp.company.books.rows("A_MaterialDocumentItem").values()
    return Counter(
        (row["Delivery"], row["Batch"], row["QuantityInEntryUnit"])
        for row in rows
        if row["GoodsMovementType"] in ("601", "602")
    )


async def _told(plant: Served, tms: Tms) -> bool:
    """Each page says of each milestone what the carrier said, and that the goods are issued."""
    for delivery, passed in tms.passed.items():
        page = await plant.page(f"delivery/erp:{delivery}")
        said = {name: _by(page, f"{name}_at").get("tms") for name in passed}
        if {name: at and datetime.fromisoformat(at) for name, at in said.items()} != passed:
            return False
        if _by(page, "goods-issue").get("erp") is not True:
            return False
    return True


async def _expected(plant: Served, tms: Tms) -> bool:
    """Each page says when the truck is expected, as the dispatcher said last in the feed."""
    expected = {one.shipment: one.eta for one in tms.expected}
    for delivery, eta in expected.items():
        said = _by(await plant.page(f"delivery/erp:{delivery}"), "eta").get("tms-tracking")
        if said is None or datetime.fromisoformat(said) != eta:
            return False
    return bool(expected)


def _by(page: dict[str, Any], attribute: str) -> dict[str, Any]:
    return {
        cell["system"]: cell["value"]
        for row in page.get("matrix", [])
        if row["attribute"] == attribute
        for cell in row["cells"]
    }
