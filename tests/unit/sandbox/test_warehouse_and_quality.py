"""WMS and QMS of the company: what they keep, what they refuse, and how the lab counts them."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from andon.sandbox.company import Company
from andon.sandbox.lab import inventory, quality
from andon.sandbox.lab.reckoning import compare
from andon.sandbox.lives import counting, warehouse
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.wms import Task, Wms
from andon.sandbox.truth import (
    Arrived,
    Counted,
    Left,
    Moved,
    Scrapped,
    Strayed,
)
from andon.sandbox.world import BEGAN

PICK = {"kind": "pick", "delivery": "8001", "lot": "A1", "item": "PUMP", "quantity": "3"}


@asynccontextmanager
async def asked(company: Company, headers: Mapping[str, str]) -> AsyncGenerator[Any]:
    await company.start()
    try:
        async with aiohttp.ClientSession(headers=headers) as http:

            async def ask(method: str, url: str, **more: Any) -> tuple[int, Any]:
                async with http.request(method, url, **more) as answer:
                    return answer.status, await answer.json(content_type=None)

            yield ask
    finally:
        await company.stop()


async def let_in(ask: Any, qms: Qms) -> dict[str, str]:
    """What a call to the QMS carries, for who has its client's secret."""
    secret = qms.environment()["COMPANY_QMS_CLIENT"]
    grant = {"grant_type": "client_credentials", "client_id": "andon", "client_secret": secret}
    _, said = await ask("POST", f"{qms.address}/oauth/token", data=grant)
    return {"Authorization": f"Bearer {said['access_token']}"}


def company_of(*kinds: Any) -> Company:
    return Company(seed=1, andon="http://127.0.0.1:9", systems=kinds)


def made(company: Company, lot: str = "A1", amount: int = 8) -> None:
    company.world.truth.born(lot, "PUMP", sound=True)
    company.world.truth.happens(
        Arrived(
            at=company.world.now(), lot=lot, material="PUMP", quantity=Decimal(amount),
            place="A.STORE", because="opening",
        )
    )  # fmt: skip


async def test_the_wms_keeps_a_reference_and_does_not_look_at_it() -> None:
    company = company_of(Wms)
    wms = company.the(Wms)
    async with asked(company, {"X-Api-Key": wms.key}) as ask:
        for _ in range(2):
            status, said = await ask(
                "POST", f"{wms.address}/tasks", json={**PICK, "reference": "k"}
            )
            assert (status, said["state"]) == (201, "open")
        _, found = await ask("GET", f"{wms.address}/tasks?reference=k")
        assert len(found["tasks"]) == 2
        assert inventory.tasks(wms).doubled == 1
        _, none = await ask("GET", f"{wms.address}/tasks?reference=other")
        assert none == {"tasks": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [({**PICK, "quantity": "0"}, 422), ({**PICK, "delivery": ""}, 422), ({"kind": "eat"}, 400)],
)
async def test_the_wms_refuses_what_it_cannot_do(body: dict[str, str], status: int) -> None:
    company = company_of(Wms)
    wms = company.the(Wms)
    async with asked(company, {"X-Api-Key": wms.key}) as ask:
        assert (await ask("POST", f"{wms.address}/tasks", json=body))[0] == status
        assert not wms.tasks
        assert (await ask("GET", f"{wms.address}/tasks", headers={"X-Api-Key": "?"}))[0] == 401


async def test_what_is_carried_is_in_the_bins_and_in_the_feed_and_a_stop_leaves_it() -> None:
    company = company_of(Wms)
    wms, world = company.the(Wms), company.world
    made(company)
    async with asked(company, {"X-Api-Key": wms.key}) as ask:
        put = {"kind": "put-away", "lot": "A1", "item": "PUMP", "quantity": "8"}
        await ask("POST", f"{wms.address}/tasks", json=put)
        await ask("POST", f"{wms.address}/tasks", json=PICK)
        pick = f"{wms.address}/picks/8001"
        assert (await ask("PUT", pick, json={"state": "stopped"}))[0] == 200
        warehouse.begin(world, company.systems)
        world.run(BEGAN + timedelta(hours=1))
        assert sum(wms.bins.values()) == 8
        assert not wms.picked("8001")
        assert (await ask("PUT", pick, json={"state": "open"}))[0] == 200
        world.run(BEGAN + timedelta(hours=2))
        assert wms.picked("8001")
        assert wms.bins["A1", "W.DOCK"] == 3
        assert (await ask("PUT", pick, json={"state": "stopped"}))[0] == 409
        _, feed = await ask("GET", f"{wms.address}/changes?after=0")
        assert [(row["seq"], row["type"]) for row in feed["changes"]] == [
            (1, "put-away"),
            (2, "picked"),
        ]
        world.truth.happens(
            Left(
                at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(3), place="W.DOCK",
                because="8001",
            )
        )  # fmt: skip
        _, left = await ask("GET", f"{wms.address}/changes?after=2")
        assert [row["type"] for row in left["changes"]] == ["shipped"]
        assert left["changes"][0]["pallet"] == feed["changes"][1]["pallet"]
        assert len(left["changes"][0]["pallet"]) == 18
        _, rest = await ask("GET", f"{wms.address}/changes?after=3")
        assert rest == {"changes": [], "last": "3"}


def test_stock_that_somebody_believes_elsewhere_is_counted_in_pieces() -> None:
    company = company_of(Erp, Wms)
    truth, erp, wms = company.world.truth, company.the(Erp), company.the(Wms)
    made(company)
    assert inventory.stock_error(truth, erp, wms) == 0
    truth.happens(
        Left(at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(2), place="A.STORE", because="8")
    )
    assert inventory.stock_error(truth, erp, wms) == 2  # the books do not know that it left
    wms.bins["A1", "W.01"] = Decimal(1)
    assert inventory.stock_error(truth, erp, wms) == 3


def test_a_count_says_what_it_found_and_what_nobody_has_seen_is_no_error_of_the_books() -> None:
    company = company_of(Erp, Wms)
    world, erp, wms = company.world, company.the(Erp), company.the(Wms)
    made(company)
    for origin, place in (("A.STORE", "W.01"), ("A.STORE", "W.02")):
        world.truth.happens(
            Moved(
                at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(4), origin=origin, place=place
            )
        )
    erp.company.movements.stock_up("PUMP", 8, "A1", "171W")
    erp.company.movements.stock_up("PUMP", -8, "A1")
    for place in ("W.02", ""):
        world.truth.happens(
            Strayed(
                at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(1), origin="W.01", place=place
            )
        )
    assert inventory.stock_error(world.truth, erp, wms) == 0
    counting.count(world, "A1", "W.01")
    assert wms.bins["A1", "W.01"] == 2
    assert inventory.stock_error(world.truth, erp, wms) == 2  # the books still say eight
    counting.count(world, "A1", "W.02")
    world.truth.happens(
        Scrapped(at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(1), place="W.02")
    )
    assert [(row["type"], row["expected"], row["quantity"]) for row in wms.changes[:2]] == [
        ("counted", 4, 2),
        ("counted", 4, 5),
    ]
    assert sorted(found.movement for found in inventory.found(wms)) == ["701", "702"]
    assert [one.movement for one in inventory.scrapped(world.truth)] == ["551"]
    assert compare(inventory.found(wms), inventory.adjusted(erp)).lost == 2
    assert inventory.stock_error(world.truth, erp, wms) == 2


def test_people_go_on_picking_and_counting_where_things_go_astray() -> None:
    company = company_of(Wms)
    world, wms = company.world, company.the(Wms)
    for n in range(1, 25):
        made(company, f"A{n}", 9)
        for kind, amount in (("put-away", 9), ("pick", 6)):
            given = Task(
                id=f"{kind}{n}", kind="pick" if kind == "pick" else "put-away", lot=f"A{n}",
                item="PUMP", quantity=Decimal(amount), delivery=str(n), reference=f"{kind}{n}",
                taken_at=BEGAN,
            )  # fmt: skip
            wms.tasks[given.id] = given
    warehouse.begin(world, company.systems)
    counting.begin(world, company.systems)
    world.run(BEGAN + timedelta(hours=10))
    kinds = {type(fact) for fact in world.truth.facts}
    assert {Strayed, Scrapped, Counted} <= kinds
    assert list(inventory.found(wms))
    lies = {at: n for at, n in world.truth.everywhere().items() if at[1].startswith("W.")}
    for at, hidden in inventory.unseen(world.truth).items():
        lies[at] = lies.get(at, Decimal(0)) - hidden
    assert {at: n for at, n in lies.items() if n} == wms.bins


async def test_the_qms_lets_nobody_in_without_a_token_and_throttles() -> None:
    company = company_of(Qms)
    qms = company.the(Qms)
    grant = {"grant_type": "client_credentials", "client_id": "andon", "client_secret": "guess"}
    async with asked(company, {}) as ask:
        assert (await ask("GET", f"{qms.address}/holds"))[0] == 401
        assert (await ask("POST", f"{qms.address}/oauth/token", data=grant))[0] == 401
        bearer = await let_in(ask, qms)
        order = {"lot": "A1", "item": "PUMP", "order": "1", "reference": "k"}
        for _ in range(2):
            status, _ = await ask("POST", f"{qms.address}/inspections", json=order, headers=bearer)
            assert status == 201
        assert quality.inspections(qms, ["A1", "A2"]).doubled == 1
        assert quality.inspections(qms, ["A1", "A2"]).lost == 1
        statuses = {
            (await ask("GET", f"{qms.address}/holds", headers=bearer))[0] for _ in range(60)
        }
        assert 429 in statuses


HOUR = timedelta(hours=1)


async def test_a_system_knows_when_nobody_reached_it() -> None:
    company = company_of(MesA)
    mes, world = company.the(MesA), company.world
    await company.start()
    try:
        assert mes.cut_off == []
        world.run(BEGAN + HOUR)
        await mes.stop()
        assert mes.cut_off == [(BEGAN + HOUR, None)]
        world.run(BEGAN + 2 * HOUR)
        await mes.start()
        assert mes.cut_off == [(BEGAN + HOUR, BEGAN + 2 * HOUR)]
    finally:
        await company.stop()


async def test_the_mes_refuses_a_held_lot_and_says_what_it_holds() -> None:
    company = company_of(MesA)
    mes = company.the(MesA)
    async with asked(company, {"X-Api-Key": mes.key}) as ask:
        hold = {"lot": "H1", "reason": "crack"}
        for status in (201, 200):
            assert (await ask("POST", f"{mes.address}/holds", json=hold))[0] == status
        assert mes.refuses("H1") == "Lot H1 is on hold (crack). Take another one."
        assert mes.refuses("H2") is None
        assert (await ask("POST", f"{mes.address}/holds", json={"lot": "H1"}))[0] == 422
        for _ in range(2):
            assert (await ask("DELETE", f"{mes.address}/holds/H1"))[0] == 200
        assert mes.refuses("H1") is None
        assert [kind for kind, _ in mes.outbox.waiting] == ["lot.hold", "lot.hold"]


async def test_the_qms_holds_a_lot_once_and_finds_a_hold_by_the_word_it_was_asked_under() -> None:
    company = company_of(Qms)
    qms = company.the(Qms)
    async with asked(company, {}) as ask:
        bearer = await let_in(ask, qms)

        async def post(path: str, reference: str) -> int:
            body = {"lot": "H1", "reason": "crack", "reference": reference}
            return (await ask("POST", f"{qms.address}/{path}", json=body, headers=bearer))[0]

        assert [await post("releases", "r"), await post("holds", "k")] == [409, 201]
        assert [await post("holds", "other"), await post("releases", "r")] == [409, 200]
        for query, count in (("reference=k", 1), ("released_under=r", 1), ("reference=other", 0)):
            _, found = await ask("GET", f"{qms.address}/holds?{query}", headers=bearer)
            assert len(found["holds"]) == count
