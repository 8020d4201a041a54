"""What becomes of held lots in the company: who decides, who refuses, and how the lab counts it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.sandbox.company import Company
from andon.sandbox.lab import inventory, quality
from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.lives import quality as lives
from andon.sandbox.lives import warehouse
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.qms import Inspection, Qms, Usage
from andon.sandbox.systems.wms import Task, Wms
from andon.sandbox.truth import Scrapped
from andon.sandbox.world import BEGAN
from tests.unit.sandbox.test_warehouse_and_quality import asked, company_of, let_in, made

HOUR = timedelta(hours=1)


def _inspected(qms: Qms, lot: str = "A1") -> Inspection:
    id = f"INS-{len(qms.inspections)}"
    qms.inspections[id] = Inspection(id=id, lot=lot, item="PUMP", order="1", reference="k")
    qms.decide(qms.inspections[id], sound=False)
    return qms.inspections[id]


async def test_the_qms_disposes_of_what_it_holds_and_what_is_scrapped_stays_so() -> None:
    company = company_of(Qms)
    qms = company.the(Qms)
    async with asked(company, {}) as ask:
        bearer = await let_in(ask, qms)

        async def dispose(usage: str, reference: str = "r") -> tuple[int, Any]:
            body = {"lot": "A1", "usage": usage, "reason": "porous", "reference": reference}
            return await ask("POST", f"{qms.address}/dispositions", json=body, headers=bearer)

        assert (await dispose("scrap"))[1]["detail"] == "lot A1 is not held"
        inspection = _inspected(qms)
        assert (await dispose("eat"))[0] == 400
        assert (await dispose("rework"))[1]["inspection"] == ""
        status, said = await dispose("scrap", "s")
        assert (status, said["inspection"]) == (201, inspection.id)
        assert qms.held("A1") is not None
        for path, body in (("dispositions", {"usage": "release"}), ("releases", {})):
            status, said = await ask(
                "POST", f"{qms.address}/{path}", json={"lot": "A1", **body}, headers=bearer
            )
            assert (status, said["detail"]) == (409, "lot A1 is to be scrapped")
        _, found = await ask("GET", f"{qms.address}/dispositions?reference=s", headers=bearer)
        assert [one["usage"] for one in found["dispositions"]] == ["scrap"]


async def test_the_qms_lets_a_lot_pass_once_for_each_hold_of_what_is_in_it() -> None:
    company = company_of(Qms)
    qms = company.the(Qms)
    async with asked(company, {}) as ask:
        bearer = await let_in(ask, qms)

        async def concede(lot: str = "P1", reference: str = "r") -> tuple[int, Any]:
            body = {"lot": lot, "held": "A1", "reason": "dry", "reference": reference}
            return await ask("POST", f"{qms.address}/concessions", json=body, headers=bearer)

        assert await concede() == (409, {"error": "not_held", "detail": "lot A1 is not held"})
        hold = qms.place("A1", "wet")
        assert (await concede("A1"))[0] == 422
        status, said = await concede(reference="s")
        assert (status, said["hold"], qms.held("A1")) == (201, hold.id, hold)
        assert (await concede())[1] == {"error": "already_granted", "detail": said["id"]}
        _, found = await ask("GET", f"{qms.address}/concessions?reference=s", headers=bearer)
        assert [one["lot"] for one in found["concessions"]] == ["P1"]
        qms.release(hold)
        qms.place("A1", "wet again")
        assert (await concede())[0] == 201, "of the new hold it was not granted yet"


def test_a_release_after_rework_closes_the_inspection_and_a_later_one_closes_none() -> None:
    qms = company_of(Qms).the(Qms)
    inspection = _inspected(qms)
    decisions: list[tuple[Usage, str]] = [("rework", ""), ("release", inspection.id)]
    for usage, closes in decisions:
        hold = qms.held("A1")
        assert hold is not None
        assert qms.dispose(hold, usage, "sealed").inspection == closes
    assert qms.held("A1") is None
    assert qms.dispose(qms.place("A1", "a complaint"), "release", "good").inspection == ""


async def test_a_locked_lot_is_taken_off_no_shelf_and_only_one_in_quality_can_be_scrap() -> None:
    company = company_of(Wms)
    wms, world = company.the(Wms), company.world
    made(company)
    for kind in ("put-away", "pick"):
        wms.tasks[kind] = Task(
            id=kind, kind="pick" if kind == "pick" else "put-away", lot="A1", item="PUMP",
            quantity=Decimal(8), delivery="8001", reference=kind, taken_at=BEGAN,
        )  # fmt: skip
    async with asked(company, {"X-Api-Key": wms.key}) as ask:
        lock = f"{wms.address}/locks/A1"

        async def put(category: str) -> tuple[int, Any]:
            return await ask("PUT", lock, json={"category": category, "reason": "porous"})

        status, said = await put("S")
        assert (status, said["error"]) == (409, "lot A1 is free stock: it must be in quality first")
        assert [(await put(category))[0] for category in "XQQ"] == [400, 201, 200]
        assert (await ask("GET", f"{lock}?category=Q"))[0] == 200
        assert (await ask("GET", f"{lock}?category=R"))[0] == 404
        warehouse.begin(world, company.systems)
        world.run(BEGAN + HOUR)
        assert (wms.tasks["put-away"].state, wms.tasks["pick"].state) == ("done", "open")
        assert wms.refuses(wms.tasks["pick"]) == ("Lot A1 has category Q (porous). Leave it there.")
        for _ in range(2):
            assert (await ask("DELETE", lock))[0] == 200
        world.run(BEGAN + 2 * HOUR)
        assert wms.picked("8001")
        kinds = [row["type"] for row in wms.changes]
        assert (kinds.count("locked"), kinds.count("unlocked")) == (1, 1)


@pytest.mark.parametrize("where", ["floor", "hall"])
async def test_what_a_terminal_says_is_scrap_is_thrown_away_and_scanned(where: str) -> None:
    company = company_of(MesA, Qms, Wms)
    mes, wms, world = company.the(MesA), company.the(Wms), company.world
    made(company)
    async with asked(company, {"X-Api-Key": mes.key}) as ask:
        held = {"lot": "A1", "reason": "porous"}
        scrap = {**held, "usage": "scrap"}
        status, said = await ask("POST", f"{mes.address}/holds", json=scrap)
        assert (status, said["message"]) == (409, "lot A1 is not on hold")
        lives.begin(world, company.systems)
        if where == "floor":
            await ask("POST", f"{mes.address}/holds", json=held)
            world.run(BEGAN + HOUR)
            assert not _scrapped(company)
            await ask("POST", f"{mes.address}/holds", json=scrap)
        else:
            wms.tasks["T"] = Task(
                id="T", kind="put-away", lot="A1", item="PUMP", quantity=Decimal(8), delivery="",
                reference="", taken_at=BEGAN,
            )  # fmt: skip
            warehouse.begin(world, company.systems)
            world.run(BEGAN + HOUR)
            for category in "QS":
                body = {"category": category, "reason": "porous"}
                key = {"X-Api-Key": wms.key}
                await ask("PUT", f"{wms.address}/locks/A1", json=body, headers=key)
        world.run(BEGAN + 2 * HOUR)
        assert [fact.quantity for fact in _scrapped(company)] == [8]
        assert not wms.bins
        said = [kind for kind, _ in mes.outbox.waiting] + [row["type"] for row in wms.changes]
        assert ("lot.scrapped" if where == "floor" else "scrapped") in said


def _scrapped(company: Company) -> list[Scrapped]:
    return [fact for fact in company.world.truth.facts if isinstance(fact, Scrapped)]


@pytest.mark.parametrize("usage", ["release", "scrap"])
def test_a_decision_that_is_lost_or_made_up_in_the_books_is_counted(usage: Usage) -> None:
    company = company_of(Erp, Qms)
    erp, qms = company.the(Erp), company.the(Qms)
    made(company)
    order = erp.company.release("PUMP", 8)
    receipt = {
        "GoodsMovementType": "101", "Material": "PUMP", "Batch": "A1", "OrderID": order,
        "QuantityInEntryUnit": Decimal(8),
    }  # fmt: skip
    erp.company.movements.post({}, [receipt], "X")
    _inspected(qms)
    hold = qms.held("A1")
    assert hold is not None
    assert quality.usage_decisions(qms, erp).well
    qms.dispose(hold, usage, "so it is")
    assert quality.usage_decisions(qms, erp).lost == 1
    code = "R" if usage == "scrap" else "A"
    (number,) = (row["InspectionLot"] for row in erp.company.books.rows("A_InspectionLot").values())
    decision = {"InspectionLot": number, "InspectionLotUsageDecisionCode": code}
    erp.company.inspections.decide(decision, "X")
    assert quality.usage_decisions(qms, erp).well
    qms.dispositions.clear()
    assert quality.usage_decisions(qms, erp).doubled == 1


def test_whoever_has_not_heard_what_is_scrap_or_made_it_up_is_counted() -> None:
    company = company_of(MesA, Qms, Wms)
    mes, qms, wms = company.the(MesA), company.the(Qms), company.the(Wms)
    qms.dispose(qms.place("A1", "porous"), "scrap", "porous")
    assert quality.scrapped(qms, mes, wms) == Reckoned(lost=2, doubled=0, out_of_order=0)
    mes.usages |= {"A1": "scrap", "A2": "rework"}
    assert quality.scrapped(qms, mes, wms).lost == 1
    for category in (b"Q", b"S"):
        wms.lock("A1", b'{"category": "%s", "reason": "porous"}' % category)
    assert quality.scrapped(qms, mes, wms).well
    mes.usages["A2"] = "scrap"
    assert quality.scrapped(qms, mes, wms).doubled == 1


def test_what_is_thrown_away_on_the_floor_must_be_in_the_books_too() -> None:
    company = company_of(Erp)
    made(company)
    thrown = Scrapped(at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(8), place="A.STORE")
    company.world.truth.happens(thrown)
    booked = inventory.adjusted(company.the(Erp))
    assert compare(inventory.scrapped(company.world.truth), booked).lost == 1
