"""Quality of the sandbox company: a held lot is held in every system, and then free in each."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest

from andon.connectors.odata.simulated.movement_types import BLOCKED, UNRESTRICTED
from andon.sandbox.lab import inventory, production, quality
from andon.sandbox.lab.reckoning import compare
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.wms import DOCK, PRODUCTION, Wms
from andon.sandbox.truth import Consumed, made_of
from tests.integration.plant import until
from tests.story.company import Served, served

SEALS = "S00001"
"""Five hundred, of which the same pumps take two each."""
LOT = "H00001"
"""Two hundred and fifty housings: the oldest, so the next that a line would take."""


@pytest.mark.story
async def test_a_lot_that_a_person_holds_is_held_by_everybody_until_it_is_released() -> None:
    async with served(speed=120) as plant:
        company = plant.company
        erp, mes, qms = company.the(Erp), company.the(MesA), company.the(Qms)
        erp.faults.add("lose", 2)
        qms.faults.add("lose", 1)
        company.live()
        await until(lambda: _stock(erp, UNRESTRICTED) > 0, within=10)

        lot = f"material-lot/company:{LOT}"
        hold = {"lot_id": lot, "reason": "a crack was seen"}
        status, _ = await plant.ask(
            "POST", "/v1/quality/place-hold", hold, **{"Idempotency-Key": "hold-1"}
        )
        assert status in (201, 202)
        await until(lambda: qms.held(LOT) is not None, within=20)
        await until(lambda: LOT in mes.held and not _stock(erp, UNRESTRICTED), within=30)
        assert _stock(erp, BLOCKED) > 0
        assert mes.refuses(LOT) == f"Lot {LOT} is on hold (a crack was seen). Take another one."
        held_at = company.world.now()
        await until(lambda: len(_taken(plant)) > 4, within=30)
        assert LOT not in {fact.lot for fact in _taken(plant) if fact.at > held_at}
        await until(lambda: _all_believe(plant, lot), within=20)

        mes.free(LOT)  # a supervisor, at a terminal: nobody else thinks so
        await until(lambda: _frees(plant, lot), within=20)

        status, _ = await plant.ask(
            "POST", "/v1/quality/release-hold", {"lot_id": lot, "reason": "it was dirt"},
            **{"Idempotency-Key": "release-1"},
        )  # fmt: skip
        assert status in (201, 202)
        await until(lambda: not _stock(erp, BLOCKED), within=30)
        assert _stock(erp, UNRESTRICTED) > 0
        assert qms.held(LOT) is None
        kinds = [
            row["GoodsMovementType"]
            for row in erp.company.books.rows("A_MaterialDocumentItem").values()
            if row["Batch"] == LOT and row["GoodsMovementType"] in ("343", "344")
        ]
        assert kinds == ["344", "343"]
        assert erp.faults.struck["lose"] == 2
        await _is_scrapped(plant)


async def _is_scrapped(plant: Served) -> None:
    """A lot on the shelves: held, decided about by a caller, thrown away, and so booked."""
    company, truth = plant.company, plant.company.world.truth
    erp, mes = company.the(Erp), company.the(MesA)
    qms, wms = company.the(Qms), company.the(Wms)
    await until(lambda: bool(_shelved(erp, qms, wms)), within=40)
    pumps = _shelved(erp, qms, wms)[0]
    lot = {"lot_id": f"material-lot/company:{pumps}"}
    scrap = {**lot, "usage": "scrap", "reason": "porous"}
    status, said = await _post(plant, "dispose-lot", scrap, "dispose-1")
    assert status in (409, 422), said
    assert f"lot {pumps} is not held" in str(said)
    status, said = await _post(plant, "place-hold", {**lot, "reason": "porous"}, "hold-2")
    assert status == 201, said
    await until(lambda: pumps in wms.locks and pumps in mes.held, within=30)
    erp.faults.add("lose", 1)
    wms.faults.add("lose", 1)
    status, said = await _post(plant, "dispose-lot", scrap, "dispose-2")
    assert status == 201, said
    assert said["reference"] in {one.id for one in qms.dispositions if one.lot == pumps}

    def done() -> bool:
        thrown = compare(inventory.scrapped(truth), inventory.adjusted(erp))
        decided = quality.usage_decisions(qms, erp)
        told = quality.scrapped(qms, mes, wms)
        return decided.well and thrown.well and told.well and pumps not in _lying(plant)

    await until(done, within=60)
    assert qms.held(pumps) is not None  # and it stays so
    await until(lambda: _nothing_waits(plant, lot["lot_id"]), within=20)
    status, said = await _post(plant, "dispose-lot", {**scrap, "usage": "release"}, "dispose-3")
    assert status in (409, 422), said
    assert f"lot {pumps} is to be scrapped" in str(said)


@pytest.mark.story
async def test_what_a_floor_used_of_held_lots_is_booked_and_quality_is_asked_what_contains_it() -> (
    None
):
    """Nobody reaches the floor when two components are held: its lines take of them, and it says so
    when it is back. One hold turns out to be nothing, what is left of the other lot is scrapped."""
    async with served(speed=120) as plant:
        company, truth = plant.company, plant.company.world.truth
        erp, mes, qms = company.the(Erp), company.the(MesA), company.the(Qms)
        company.live()
        await until(lambda: len(_uses(plant, SEALS)) > 1, within=40)
        for _ in range(8):
            erp.company.release("PUMP", 8)
        await until(lambda: _queued(mes) > 5, within=30)
        await mes.stop()
        held_at = company.world.now()
        for lot in (LOT, SEALS):
            hold = {"lot_id": f"material-lot/company:{lot}", "reason": "a crack was seen"}
            status, said = await _post(plant, "place-hold", hold, f"hold-{lot}")
            assert status in (201, 202), said
        await until(
            lambda: not _stock(erp, UNRESTRICTED) and not _stock(erp, UNRESTRICTED, SEALS),
            within=30,
        )
        erp.faults.add("lose", 2)
        await until(
            lambda: all(len(_uses(plant, lot, held_at)) > 2 for lot in (LOT, SEALS)), within=30
        )
        await mes.start()
        await until(lambda: LOT in mes.held and SEALS in mes.held, within=60)

        def booked() -> bool:
            return all(_issues_are_booked(plant, lot) for lot in (LOT, SEALS))

        await until(booked, within=60)
        for lot in (LOT, SEALS):
            assert _stock(erp, UNRESTRICTED, lot) == 0
            assert _stock(erp, BLOCKED, lot) == truth.amount(lot, PRODUCTION) > 0
        orders = {fact.order for fact in _uses(plant, SEALS, held_at)}

        async def each_order_is_asked_about() -> bool:
            texts = await _questions(plant, SEALS)
            made = made_of(truth.facts)[SEALS]
            named = {lot for lot in made if any(lot in text for text in texts)}
            return len(texts) >= len(orders) and len(named) >= len(orders)

        await until(each_order_is_asked_about, within=60)
        pump, *_ = await _answered(plant, SEALS, "hold what contains it")
        await until(lambda: qms.held(pump) is not None and pump in mes.held, within=40)

        free = {"lot_id": f"material-lot/company:{LOT}", "reason": "it was dirt"}
        assert (await _post(plant, "release-hold", free, "free"))[0] in (201, 202)

        async def nobody_asks() -> bool:
            return not await _questions(plant, LOT)

        await until(nobody_asks, within=30)
        await until(lambda: _stock(erp, UNRESTRICTED) > 0 and not _stock(erp, BLOCKED), within=40)
        scrap = {"lot_id": f"material-lot/company:{SEALS}", "usage": "scrap", "reason": "cracked"}
        assert (await _post(plant, "dispose-lot", scrap, "scrap"))[0] == 201

        def gone() -> bool:
            books = _stock(erp, BLOCKED, SEALS) + _stock(erp, UNRESTRICTED, SEALS)
            thrown = compare(inventory.scrapped(truth), inventory.adjusted(erp))
            return not books and not truth.amount(SEALS, PRODUCTION) and thrown.well

        await until(gone, within=60)
        assert booked()
        passed, *_ = await _answered(plant, SEALS, "let what contains it pass")
        texts = await _questions(plant, SEALS)
        (bound, *_), *_ = [_contained(text) for text in texts if "Contained in: " in text]

        async def it_passes() -> bool:
            return "is held by" not in await _picked(plant, passed)

        await until(it_passes, within=40)
        assert [(one.lot, one.held) for one in qms.concessions] == [(passed, SEALS)]
        assert f"was made of lot {SEALS}, which is held by" in await _picked(plant, bound)
        assert qms.held(SEALS) is not None


async def _picked(plant: Served, lot: str) -> str:
    """What Andon says to whoever asks that the lot be picked."""
    line = {"material_id": "PUMP", "lot_id": lot, "quantity": {"amount": "1", "unit": "PC"}}
    body = {"delivery_id": "delivery/erp:1", "lines": [line]}
    headers = {"Idempotency-Key": uuid4().hex, "Prefer": "wait=5"}
    return str(await plant.ask("POST", "/v1/fulfilment/pick-delivery", body, **headers))


def _queued(mes: MesA) -> int:
    """Orders that the floor has, and nobody works on."""
    return sum(order.status == "queued" for order in mes.floor.orders.values())


def _uses(plant: Served, lot: str, since: datetime | None = None) -> list[Consumed]:
    facts = plant.company.world.truth.facts
    return [
        fact
        for fact in facts
        if isinstance(fact, Consumed) and fact.lot == lot and (since is None or fact.at > since)
    ]


def _issues_are_booked(plant: Served, lot: str) -> bool:
    """Each once, in the amount that went in."""
    happened = (one for _, one in production.happened(plant.company.world.truth))
    booked = production.booked(plant.company.the(Erp))
    return compare(
        (one for one in happened if one.lot == lot and one.movement == "261"),
        (one for one in booked if one.lot == lot and one.movement == "261"),
    ).well


async def _questions(plant: Served, lot: str) -> list[str]:
    return [case["text"] for case in await _asked(plant, lot)]


async def _asked(plant: Served, lot: str) -> list[dict[str, Any]]:
    """What quality is asked about orders that used the lot."""
    return [
        case
        for case in await plant.cases()
        if case["state"] == "open"
        and case["text"].startswith(f"Lot {lot} is held")
        and "hold what contains it" in case["choices"]
    ]


async def _answered(plant: Served, lot: str, answer: str) -> list[str]:
    """The lots that the first of these questions names, once it is answered."""
    case = next(case for case in await _asked(plant, lot) if "Contained in: " in case["text"])
    status, said = await plant.ask(
        "POST", f"/v1/exceptions/{case['id']}/answer", {"answer": answer}
    )
    assert status == 200, said
    return _contained(case["text"])


def _contained(text: str) -> list[str]:
    """The lots that a question names."""
    return text.partition("Contained in: ")[2].partition(". ")[0].split(", ")


async def _nothing_waits(plant: Served, lot: str) -> bool:
    """Whether all that was begun about the lot has come to its end."""
    with TemporaryDirectory() as folder:
        await plant.andon("trace", lot, "--journals", folder)
        journals = _journals(Path(folder))
    assert {"block_held_stock", "stop_held_use", "lock_held_stock"} <= {
        journal["workflow"] for journal in journals
    }
    # a floor that was cut off may still say for a day that it has used some of it
    left = {journal["workflow"] for journal in journals if journal["state"] != "ended"}
    return left <= {"judge_consumed"}


def _journals(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(file.read_text()) for file in folder.iterdir()]


def _lying(plant: Served) -> set[str]:
    """Lots of which something lies anywhere but at the dock."""
    return {lot for lot, place in plant.company.world.truth.everywhere() if place != DOCK}


def _shelved(erp: Erp, qms: Qms, wms: Wms) -> list[str]:
    """Lots in the hall that are inspected, free, and on no delivery."""
    inspected = {one.lot for one in qms.inspections.values() if one.decision == "accept"}
    return [
        lot
        for lot, place in wms.bins
        if place != DOCK
        and lot in inspected
        and qms.held(lot) is None
        and not erp.company.deliveries.promised(lot)
    ]


async def _post(plant: Served, command: str, body: object, key: str) -> tuple[int, Any]:
    headers = {"Idempotency-Key": key, "Prefer": "wait=20"}
    return await plant.ask("POST", f"/v1/quality/{command}", body, **headers)


def _stock(erp: Erp, kind: str, lot: str = LOT) -> Decimal:
    return sum(
        (
            amount
            for there, amount in erp.company.movements.stocks.all()
            if (there.batch, there.stock_type) == (lot, kind)
        ),
        Decimal(0),
    )


def _taken(plant: Served) -> list[Consumed]:
    facts = plant.company.world.truth.facts
    return [fact for fact in facts if isinstance(fact, Consumed) and fact.material == "HOUSING"]


async def _all_believe(plant: Served, lot: str) -> bool:
    """Whether each system has said that it is held."""
    cells = await _cells(plant, lot)
    return all(cells.get(name, {}).get("value") for name in ("qms-events", "erp", "mes-a", "wms"))


async def _frees(plant: Served, lot: str) -> bool:
    return (await _cells(plant, lot))["mes-a"]["value"] is False


async def _cells(plant: Served, lot: str) -> dict[str, dict[str, Any]]:
    page = await plant.page(lot)
    return {
        cell["system"]: cell
        for row in page.get("matrix", [])
        if row["attribute"] == "hold"
        for cell in row["cells"]
    }
