"""A supplier that asks Andon's API: what it reads, what it asks for, and how often."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from andon.sandbox.systems.supplier_edi import Advised, Ordered, Promised, Shipped
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.world import World
from tests.integration.plant import until

ORDER: dict[str, Any] = {
    "name": "purchase-order/erp:4500000009",
    "local": "4500000009",
    "values": [
        {"attribute": "supplier", "value": "17300002"},
        {"attribute": "ordered", "value": "00010 SEAL 12 PC 2026-03-04"},
    ],
}


class FakeAndon:
    """Takes each command the second time it is asked for it."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.expedite: str | None = None
        self.judged: str | None = None
        self.back: dict[str, str | bool] = {}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Authorization") != "Bearer secret":
            return web.json_response({"detail": "no"}, status=401)
        if request.method == "GET":
            more = {"attribute": "expedite", "value": self.expedite}
            order = {**ORDER, "values": [*ORDER["values"], more]}
            if request.path.endswith(ORDER["local"]):
                judged = {"attribute": "judged", "value": self.judged}
                back = [{"attribute": name, "value": value} for name, value in self.back.items()]
                return web.json_response({**order, "values": [*order["values"], judged, *back]})
            return web.json_response({"items": [order], "next_before": None})
        key = request.headers["Idempotency-Key"]
        self.asked[request.path, key] += 1
        if self.asked[request.path, key] == 1:
            return web.json_response({"status": "later"}, status=202)
        self.bodies.append(await request.json())
        return web.json_response({"reference": "1"}, status=201)


@pytest.fixture
async def andon() -> AsyncIterator[tuple[FakeAndon, str]]:
    fake = FakeAndon()
    runner = web.ServerRunner(web.Server(fake.answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield fake, f"http://{host}:{port}"
    await runner.cleanup()


async def test_it_asks_under_one_key_until_it_is_done(andon: tuple[FakeAndon, str]) -> None:
    fake, url = andon
    portal = SupplierPortal(World(1), url)
    await portal.start()
    try:
        await asyncio.sleep(0)
        assert not portal.found
        portal.admit("secret")
        portal.ship(Shipped("S2", "4500000009", [("SEAL", "S2-0", Decimal(12))]))
        await until(lambda: len(portal.done) == 2, within=8)
    finally:
        await portal.stop()
    assert fake.asked == {
        ("/v1/supply/confirm-purchase-order", "confirm-4500000009"): 2,
        ("/v1/supply/announce-shipment", "ship-S2"): 2,
    }
    announced, confirmed = sorted(fake.bodies, key=lambda body: "lines" in body)
    assert announced["packed"][0]["lot_id"] == "S2-0"
    (promise,) = portal.promised
    assert isinstance(promise, Promised)
    (line,) = confirmed["lines"]
    assert (line["line"], line["quantity"]["unit"]) == ("00010", "PC")
    assert Decimal(line["quantity"]["amount"]) == promise.quantity
    assert line["due_at"].replace("-", "").startswith(promise.day)


async def test_what_is_wanted_sooner_it_sees_with_its_order_until_it_is_urgent_no_more(
    andon: tuple[FakeAndon, str],
) -> None:
    fake, url = andon
    portal = SupplierPortal(World(1), url)
    await portal.start()
    try:
        portal.admit("secret")
        await until(lambda: bool(portal.found), within=8)
        assert not portal.urgent("4500000009")
        fake.expedite = "00010 SEAL 6 PC 2026-03-02"
        await until(lambda: portal.urgent("4500000009"), within=8)
        assert portal.called == {"4500000009": "00010 SEAL 6 PC 2026-03-02"}
        fake.expedite = None
        await until(lambda: not portal.called, within=8)
    finally:
        await portal.stop()


async def test_what_became_of_a_shipment_it_reads_with_its_order(
    andon: tuple[FakeAndon, str],
) -> None:
    fake, url = andon
    portal = SupplierPortal(World(1), url)
    await portal.start()
    try:
        portal.admit("secret")
        portal.ship(Shipped("S2", "4500000009", [("SEAL", "S2-0", Decimal(12))]))
        await until(lambda: len(portal.done) == 2, within=8)
        assert not portal.advised
        fake.judged = "S2 SEAL S2-0: 10 PC accepted, 0 PC damaged, 2 PC missing"
        await until(lambda: bool(portal.advised), within=8)
    finally:
        await portal.stop()
    (lot,) = portal.advised["4500000009"]
    assert lot == Advised("S2", "S2-0", Decimal(10), Decimal(0), Decimal(2))


async def test_what_it_owes_again_it_sends_again_once_for_each_return(
    andon: tuple[FakeAndon, str],
) -> None:
    """It asks about orders of which something came damaged, also when they are none of its
    newest."""
    fake, url = andon
    portal = SupplierPortal(World(1), url)
    await portal.start()
    try:
        portal.admit("secret")
        portal.ship(Shipped("S2", "4500000009", [("SEAL", "S2-0", Decimal(12))]))
        fake.judged = "S2 SEAL S2-0: 10 PC accepted, 2 PC damaged, 0 PC missing"
        await until(lambda: bool(portal.advised), within=8)
        portal.orders.clear()
        fake.back = {"returned": "S2: SEAL 2 PC", "return": "R00001", "owed-again": True}
        await until(lambda: bool(portal.orders), within=8)
        fake.back = {**fake.back, "owed-again": False}
        await asyncio.sleep(0)
        again = portal.orders[-1]
        assert again == Ordered("4500000009", [("SEAL", Decimal(2))], "R00001")
        assert [(one.replaces, one.quantity) for one in portal.asked_again] == [("R00001", 2)]
        assert portal.coming_back == {"4500000009": "S2: SEAL 2 PC, owed again"}
        portal.ship(Shipped("S3", again.number, [("SEAL", "S3-0", Decimal(2))], again.replaces))
        await until(lambda: any("S3" in key for key in portal.done), within=8)
    finally:
        await portal.stop()
    (body,) = [one for one in fake.bodies if one.get("shipment_id") == "S3"]
    assert body["replaces"] == "R00001"
    assert len(portal.orders) == 1


async def test_what_andon_will_not_do_is_not_asked_for_again() -> None:
    async def refuses(request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/4500000001"):
            return web.json_response({"detail": "not found"}, status=404)
        if request.method == "GET":
            return web.json_response({"items": [], "next_before": None})
        return web.json_response({"detail": "is none of yours"}, status=422)

    runner = web.ServerRunner(web.Server(refuses))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    portal = SupplierPortal(World(1), f"http://127.0.0.1:{runner.addresses[0][1]}")
    portal.admit("secret")
    portal.ship(Shipped("S2", "4500000001", [("SEAL", "S2-0", Decimal(12))]))
    await portal.start()
    try:
        await until(lambda: bool(portal.refused), within=8)
    finally:
        await portal.stop()
        await runner.cleanup()
    assert "announce-shipment 422" in portal.refused[0]
