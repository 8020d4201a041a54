"""Plant B keeps its old systems: tables and a batch at one end, B2MML files at the other."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.b2mml.floor import Floor
from andon.sandbox.lab import plant_b
from andon.sandbox.lives import plant_b as people
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.machines_b import LINE, MachinesB
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.planning import Planning
from andon.sandbox.systems.qms import Qms
from andon.sandbox.truth import Consumed, Finished, Made, Started
from andon.sandbox.world import BEGAN
from tests.integration.plant import until
from tests.story.company import Served, served


@pytest.mark.story
async def test_what_the_line_made_is_staged_once_and_the_batch_takes_it_over() -> None:
    async with served(speed=360) as plant:
        world, erp = plant.company.world, plant.company.the(ErpB)
        line = plant.company.the(MachinesB)
        plant.company.live(until=world.began + timedelta(hours=2, minutes=5))
        await until(lambda: _line(plant, "Executing"), within=30)
        await line.stop()
        await until(lambda: _line(plant, "NotAvailable"), within=30)
        await line.start()
        await erp.stop()
        await until(lambda: _stands(plant, "erp-b", "unreachable"), within=30)
        await erp.start()
        await plant.company.lived()
        await until(lambda: _staged(erp) == _happened(plant), within=40)
        orders = {row[0] for row in erp.rows("select ORDNO from WORKORD")}
        done = [
            fact
            for fact in world.truth.facts
            if isinstance(fact, Finished) and fact.order in orders
        ]
        assert len(done) > 4

        erp.batch()
        there = dict(erp.rows("select LOT, QTYM from STOCK"))
        for lot, place in world.truth.everywhere():
            if place == "B.STORE":
                assert there[lot] == int(world.truth.amount(lot, place) * 1000)

        # The controller says by OPC UA what the line does and has made, whatever was missed.
        state, good = plant_b.line(world.truth)
        await until(lambda: _line(plant, state, f"{good.normalize():f} PCE"), within=30)

        # What the export said is what Andon shows as the ERP's belief.
        lot = done[0].lot
        await until(lambda: _believed(plant, lot, f"{done[0].good.normalize():f} PCE"), within=30)


@pytest.mark.story
async def test_a_day_of_plant_b_is_its_own_and_everybody_else_knows_when_it_ends() -> None:
    night = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # half an hour into the 3rd there
    async with served(speed=20, began=night) as plant:
        erp, planning, floor = plant.company.the(ErpB), plant.company.the(Planning), _floor(plant)
        number, late = erp.release("VALVE", 10), erp.release("VALVE", 10)
        assert erp.rows("select DUED, CHGD from WORKORD limit 1") == [
            ("20260305", "20260303003000")
        ]
        # The last Sunday of March has 23 hours there.
        plant.company.world.run(night + timedelta(minutes=1))
        erp.change(late, due=date(2026, 3, 29))
        ends = {
            number: datetime(2026, 3, 5, 22, 59, tzinfo=UTC),
            late: datetime(2026, 3, 29, 21, 59, tzinfo=UTC),
        }
        for one, at in ends.items():
            await until(lambda n=one, at=at: _due(floor, n) == at, within=30)
            await until(
                lambda n=one, at=at: _agree(plant, n, {"due_at": at.isoformat()}), within=30
            )
            name = f"production-order/erp-b:{one}"
            await until(lambda n=name, at=at: planning.jobs[n].due == at, within=30)
        assert plant_b.due(erp, plant.company.the(MesB), planning).well


@pytest.mark.story
async def test_the_line_makes_what_planners_decide_or_they_hear_why_not() -> None:
    async with served(speed=20, began=BEGAN) as plant:
        world, erp, floor = plant.company.world, plant.company.the(ErpB), _floor(plant)
        world.run(world.now() + timedelta(hours=3))  # what happens is not older than its command
        changed, unwanted, long = (erp.release("VALVE", pieces) for pieces in (10, 12, 100))
        await until(lambda: {changed, unwanted, long} <= floor.states.keys(), within=30)

        # Before the line begins, an order is made as planners want it last, or not at all.
        erp.change(changed, quantity=7, due=date(2026, 3, 9))
        await until(lambda: floor.wanted(changed).quantity == 7, within=30)
        wanted = {"planned": "7 PCE", "due_at": "2026-03-09T22:59:00+00:00"}
        await until(lambda: _agree(plant, changed, wanted), within=30)
        erp.cancel(unwanted)
        await until(lambda: floor.states[unwanted] == "cancelled", within=30)
        await until(lambda: _agree(plant, unwanted, {"status": "Cancelled"}), within=30)

        # Once it has begun, the floor says no, and a planner hears it with what to do next.
        people.begin(world, plant.company.systems)
        _goes_on(plant, lambda: floor.states[long] == "running")
        erp.cancel(long)
        await until(lambda: _asked(plant, long), within=30)
        (question,) = await _questions(plant, long)
        words = f"{long} was cancelled, and the floor refuses"
        assert words in question["text"]
        assert f"order {long} is being made" in question["text"]
        assert question["choices"] == ["ask the floor again", "leave the floor as it is"]
        assert await _held(plant, long, "status") == {"erp-b": "Cancelled", "mes-b": "Released"}

        # They take it back where they cancelled it; a change comes too late in the same way.
        erp.reinstate(long)
        await until(lambda: _agree(plant, long, {"status": "Released"}), within=30)
        await until(lambda: _silent(plant, long), within=30)
        erp.change(long, quantity=120)
        await until(lambda: _asked(plant, long), within=30)
        (question,) = await _questions(plant, long)
        assert f"order {long} is being made as 100 of VALVE" in question["text"]
        world.run(world.now() + timedelta(minutes=1))  # else the row is as it was, to the second
        erp.change(long, quantity=100)
        await until(lambda: _silent(plant, long), within=30)

        # What was made is in the books of both, and nothing was made of what nobody wanted.
        # The floor makes them in the sequence in which their documents came.
        _goes_on(plant, lambda: {floor.states[changed], floor.states[long]} == {"made"})
        await until(lambda: _closed(erp, changed, long), within=60)
        erp.batch()
        for number in (changed, long):
            await until(lambda n=number: _agree(plant, n, {"status": "Completed"}), within=30)
        assert {fact.order for fact in world.truth.facts if isinstance(fact, Started)} >= {
            changed,
            long,
        }
        assert not [one for one in world.truth.facts if getattr(one, "order", "") == unwanted]
        status = "select ORDNO, STAT, QTYM from WORKORD order by ORDNO limit 3"
        assert erp.rows(status) == [
            (changed, "C", 7000),
            (unwanted, "X", 12000),
            (long, "C", 100_000),
        ]
        assert not await _questions(plant, "B0")


@pytest.mark.story
async def test_a_lot_that_quality_holds_is_left_alone_at_plant_b_until_it_is_released() -> None:
    """The QMS is one for both plants. Its answers are lost and files are read in halves on the way;
    each word arrives once all the same, and at no other plant."""
    async with served(speed=360, began=BEGAN) as plant:
        company, seals = plant.company, "BS00001"
        erp, mes, qms = company.the(ErpB), company.the(MesB), company.the(Qms)
        qms.faults.add("lose", 2)
        mes.halves["due"] = 3
        await plant.live(timedelta(days=2))
        await until(lambda: len(mes.done) > 1, within=30)
        await until(lambda: {one.lot for one in mes.done.values()} <= _inspected(qms), within=30)

        await _says_quality(plant, "place-hold", seals, reason="a crack was seen")
        await until(lambda: qms.held(seals) is not None, within=20)
        await until(lambda: mes.refuses(seals) is not None, within=30)
        held_at = company.world.now()
        await until(lambda: _blocked(erp, seals) == ["BLOCK"], within=30)
        await until(lambda: bool(_taken(plant, held_at)), within=30)
        assert seals not in _taken(plant, held_at)

        # What its line has made of them is bound as well, once an inspector says so.
        valves = next(iter(mes.done.values())).lot
        bad = qms.held(valves) or qms.place(valves, "porous casting")
        await until(lambda: mes.refuses(valves) is not None, within=30)
        await until(lambda: _blocked(erp, valves) == ["BLOCK"], within=30)
        erp.batch()
        believed = dict.fromkeys(("qms-events-b", "mes-b", "erp-b", "erp-b-exports"), True)
        for lot in (seals, valves):
            await until(lambda n=lot: _holds(plant, n, believed), within=30)
        assert not company.the(MesA).held.keys() & {seals, valves}
        assert seals not in _taken(plant, held_at)
        mes.floor.free(seals)  # a supervisor, at a terminal: nobody else thinks so
        await until(lambda: _holds(plant, seals, {**believed, "mes-b": False}), within=30)

        await _says_quality(plant, "release-hold", seals, reason="it was dirt")
        if qms.undecided(bad):
            qms.dispose(bad, "release", "it was the light")
        for lot in (seals, valves):
            await until(lambda n=lot: _blocked(erp, n) == ["BLOCK", "UNBLK"], within=30)
            await until(lambda n=lot: mes.refuses(n) is None, within=30)
        erp.batch()
        believed = dict.fromkeys(believed, False)
        await until(lambda: _holds(plant, seals, believed), within=30)
        assert {one.lot: one.plant for one in qms.inspections.values()}[valves] == "plant-b"
        await until(lambda: plant_b.set_aside(qms, mes).well, within=30)
        await until(lambda: plant_b.blocked(qms, erp).well, within=30)
        assert qms.faults.struck["lose"] == 2
        assert mes.halves["struck"] == 3


def _inspected(qms: Qms) -> set[str]:
    return {one.lot for one in qms.inspections.values()}


async def _says_quality(plant: Served, command: str, lot: str, *, reason: str) -> None:
    body = {"lot_id": f"material-lot/company:{lot}", "reason": reason}
    headers = {"Idempotency-Key": f"{command}-{lot}", "Prefer": "wait=5"}
    status, said = await plant.ask("POST", f"/v1/quality/{command}", body, **headers)
    assert status in (201, 202), said


def _blocked(erp: ErpB, lot: str) -> list[str]:
    """What was staged of the lot's status, oldest first."""
    rows = erp.rows("select KIND, LOTS from STAGING where ORDNO is null order by DOCNO")
    return [kind for kind, lots in rows if lots == lot]


def _taken(plant: Served, since: datetime) -> list[str]:
    """Lots of which plant B's line has taken since then."""
    return [
        fact.lot
        for fact in plant.company.world.truth.facts
        if isinstance(fact, Consumed) and fact.place == people.STORE and fact.at > since
    ]


async def _holds(plant: Served, lot: str, believed: dict[str, bool]) -> bool:
    """Whether these systems, and no others, believe this of its hold."""
    page = await plant.page(f"material-lot/company:{lot}")
    return believed == {
        cell["system"]: cell["value"]
        for row in page.get("matrix", ())
        if row["attribute"] == "hold"
        for cell in row["cells"]
        if cell["system"] != "qms"
    }


def _floor(plant: Served) -> Floor:
    return plant.company.the(MesB).floor


def _goes_on(plant: Served, done: Callable[[], bool]) -> None:
    """Business time of the company, minute by minute, until the floor has come so far."""
    world = plant.company.world
    for _ in range(240):
        if done():
            return
        world.run(world.now() + timedelta(minutes=1))
    raise AssertionError("the line does not come so far in four hours")


async def _held(plant: Served, number: str, attribute: str) -> dict[str, Any]:
    """What each system holds of the order."""
    page = await plant.page(f"production-order/erp-b:{number}")
    return {
        cell["system"]: cell["value"]
        for row in page.get("matrix", ())
        if row["attribute"] == attribute
        for cell in row["cells"]
        if cell["system"] in ("erp-b", "mes-b")
    }


async def _agree(plant: Served, number: str, holds: dict[str, str]) -> bool:
    """Whether its ERP and its MES hold all of this."""
    for attribute, value in holds.items():
        if await _held(plant, number, attribute) != {"erp-b": value, "mes-b": value}:
            return False
    return True


async def _questions(plant: Served, number: str) -> list[dict[str, Any]]:
    """Those of the order that are open."""
    return [
        case for case in await plant.cases() if number in case["text"] and case["state"] == "open"
    ]


async def _asked(plant: Served, number: str) -> bool:
    return bool(await _questions(plant, number))


async def _silent(plant: Served, number: str) -> bool:
    return not await _questions(plant, number)


def _closed(erp: ErpB, *numbers: str) -> bool:
    closed = {number for (number,) in erp.rows("select ORDNO from STAGING where KIND = 'CLOSE'")}
    return closed >= set(numbers)


async def _stands(plant: Served, connection: str, state: str) -> bool:
    _, found = await plant.ask("GET", "/v1/connections")
    return state in (one["state"] for one in found["items"] if one["name"] == connection)


async def _believed(plant: Served, lot: str, amount: str) -> bool:
    page = await plant.page(f"material-lot/company:{lot}")
    return amount in str(page.get("beliefs", page))


async def _line(plant: Served, state: str, good: str | None = None) -> bool:
    """Whether this is what Andon believes of the line."""
    page = await plant.page(f"equipment/company:{LINE}")
    held = {row["attribute"]: row["cells"][0]["value"] for row in page.get("matrix", ())}
    return held.get("state") == state and good in (None, held.get("good"))


def _happened(plant: Served) -> Counter[tuple[str, str, str, Decimal]]:
    found: Counter[tuple[str, str, str, Decimal]] = Counter()
    for fact in plant.company.world.truth.facts:
        match fact:
            case Consumed(place="B.STORE"):
                found["ISSUE", fact.order, fact.lot, fact.quantity] += 1
            case Made(place="B.STORE"):
                found["RECPT", fact.order, fact.lot, fact.good] += 1
            case _:
                pass
    return found


def _staged(erp: ErpB) -> Counter[tuple[str, str, str, Decimal]]:
    found: Counter[tuple[str, str, str, Decimal]] = Counter()
    for kind, order, lots in erp.rows("select KIND, ORDNO, LOTS from STAGING"):
        for part in (lots or "").split(";"):
            lot, _, amount = part.partition("=")
            if lot:
                found[kind, order, lot, Decimal(amount) / 1000] += 1
    return found


def _due(floor: Floor, number: str) -> datetime | None:
    """When the floor shall be done with it, as its document said."""
    known = number in floor.states
    return datetime.fromisoformat(floor.wanted(number).due) if known else None
