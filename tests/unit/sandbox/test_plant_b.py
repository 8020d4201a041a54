"""Plant B in the lab: what its line must be known to do, and what it must leave alone."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import web

from andon.connectors._ports import free_port
from andon.connectors.b2mml.shape import Json
from andon.connectors.b2mml.simulator import order
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.connector import Request
from andon.sandbox.company import Company
from andon.sandbox.lab.plant_b import line, set_aside
from andon.sandbox.lives import plant_b, quality, suspecting
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.machines_b import LINE
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.qms import Inspection, Qms
from andon.sandbox.truth import Broke, Consumed, Made, Mended, Started, Truth
from andon.sandbox.world import World
from tests.integration.plant import until

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def made(order: str, good: int, lot: str) -> Made:
    return Made(
        at=NOON, order=order, operation="MAKE", machine=LINE, began=NOON, material="VALVE",
        good=Decimal(good), scrap=Decimal(1), lot=lot, place="B.STORE",
    )  # fmt: skip


def test_a_line_does_what_happened_to_it_last_and_counts_good_pieces_alone() -> None:
    truth = Truth()
    assert line(truth) == ("NotExecuting", 0)
    truth.born("V1", "VALVE", sound=True)
    truth.happens(Started(at=NOON, order="1", machine=LINE))
    assert line(truth) == ("Executing", 0)
    truth.happens(made("1", 7, "V1"))
    assert line(truth) == ("NotExecuting", 7)
    truth.happens(Broke(at=NOON, machine=LINE, cause="jam"))
    truth.happens(Broke(at=NOON, machine="LINE1", cause="jam"))
    truth.happens(Mended(at=NOON, machine="LINE1"))
    assert line(truth) == ("OutOfService", 7)
    truth.happens(Mended(at=NOON, machine=LINE))
    assert line(truth) == ("NotExecuting", 7)


HOUR = timedelta(hours=1)


class Shop:
    """Plant B's floor with a QMS; what a document of Andon would say is given to it by hand."""

    def __init__(self, *, orders: int = 60, seed: int = 1) -> None:
        kinds = (ErpB, MesB, Qms)
        self.company = Company(seed=seed, andon="http://127.0.0.1:9", systems=kinds)
        self.mes, self.qms = self.company.the(MesB), self.company.the(Qms)
        self._said = 0
        for n in range(orders):
            self._take(order(f"B{n:06}", 12))
        plant_b.begin(self.company.world, self.company.systems)

    def _take(self, request: Request) -> None:
        self._said += 1
        envelope = Envelope(bod=f"b{self._said}", sender="ERP-B", created_at=NOON)
        self.mes.floor.take(document_of(request, envelope, judged=True))

    def tell(self, lot: str, *, held: bool) -> None:
        body: Json = {"ID": lot, "Disposition": "Restricted" if held else "UnRestricted"}
        self._take(Request(target="SyncMaterialLot", body={"MaterialLot": [body]}))

    def runs(self, hours: float) -> None:
        self.company.world.run(self.company.world.now() + hours * HOUR)

    def taken(self, since: datetime) -> set[str]:
        facts = self.company.world.truth.facts
        return {one.lot for one in facts if isinstance(one, Consumed) and one.at > since}


def test_a_line_leaves_alone_what_is_set_aside_from_the_moment_it_is_told() -> None:
    shop = Shop()
    shop.runs(0.5)
    began = shop.company.world.began
    assert shop.taken(began) == {"BS00001"}
    hold = shop.qms.place("BS00001", "crack")
    shop.qms.place("A1", "of plant A, and none of its business")
    assert set_aside(shop.qms, shop.mes).lost == 1
    shop.tell("BS00001", held=True)
    assert set_aside(shop.qms, shop.mes).well
    held_at = shop.company.world.now()
    shop.runs(1)
    assert shop.taken(held_at) == {"BS00002"}
    shop.qms.release(hold)
    assert set_aside(shop.qms, shop.mes).doubled == 1
    shop.tell("BS00001", held=False)
    assert set_aside(shop.qms, shop.mes).well
    freed_at = shop.company.world.now()
    shop.runs(0.5)
    assert shop.taken(freed_at) == {"BS00001"}


async def test_a_floor_says_each_change_of_a_lot_whoever_made_it() -> None:
    mes = MesB(World(1), "http://127.0.0.1:9")
    folder = Path(mes.environment()["COMPANY_MES_B_FOLDER"])
    held: Json = {"ID": "BS1", "Status": "blocked", "Disposition": "Restricted"}
    mes.floor.aside.put(held)
    mes.floor.aside.put(held)  # as it stands
    mes.halves["due"] = 1
    await mes.start()
    try:
        await until(lambda: len(said(folder)) == 1)
        mes.floor.free("BS1")  # a supervisor at a terminal
        await until(lambda: len(said(folder)) == 2)
    finally:
        await mes.stop()
    assert [("UnRestricted" in one, "BS1" in one) for one in said(folder)] == [
        (False, True),
        (True, True),
    ]
    assert mes.halves["struck"] == 1
    assert mes.effects() == 2
    assert not list(mes.believes())


def said(folder: Path) -> list[str]:
    """What it has said of lots to its end, oldest first."""
    texts = [file.read_text() for file in sorted((folder / "in").glob("lot-*.xml"))]
    return [text for text in texts if text.endswith("</SyncMaterialLot>")]


def test_an_inspector_at_its_line_holds_what_is_in_use_and_decides_once_it_is_set_aside() -> None:
    shop = Shop()
    suspecting.begin(shop.company.world, shop.company.systems)
    shop.runs(0.5)
    truth, hold = shop.company.world.truth, shop.qms.holds[0]
    assert truth.lots[hold.lot].material == "SEAL"
    others = {one.lot for one in shop.qms.holds[1:]}
    assert others <= truth.genealogy.containing(hold.lot)
    shop.runs(2)
    assert not shop.qms.dispositions
    shop.tell(hold.lot, held=True)
    shop.runs(1.5)
    decided = {one.lot: one.usage for one in shop.qms.dispositions}
    assert decided[hold.lot] == "release"
    assert set(decided.values()) == {"release"}


@pytest.mark.parametrize("seed", range(1, 7))
def test_what_is_not_good_there_is_made_good_and_never_thrown_away(seed: int) -> None:
    company = Company(seed=seed, andon="http://127.0.0.1:9", systems=(Qms,))
    qms = company.the(Qms)
    company.world.truth.born("V1", "VALVE", sound=False)
    asked = Inspection(
        id="INS-1", lot="V1", item="VALVE", order="B1", plant="plant-b", reference="k"
    )
    qms.inspections[asked.id] = asked
    quality.begin(company.world, company.systems)
    company.world.run(company.world.began + 6 * HOUR)
    assert [one.usage for one in qms.dispositions] == ["rework", "release"]


async def test_the_qms_tells_each_plant_what_concerns_its_lots_at_an_address_of_its_own() -> None:
    came: list[tuple[str, str]] = []

    async def takes(request: web.BaseRequest) -> web.Response:
        came.append((request.path, (await request.json())["lot"]))
        return web.Response()

    port = free_port()
    andon = web.ServerRunner(web.Server(takes))
    await andon.setup()
    await web.TCPSite(andon, "127.0.0.1", port).start()
    company = Company(seed=1, andon=f"http://127.0.0.1:{port}", systems=(Qms,))
    qms = company.the(Qms)
    await company.start()
    try:
        for lot in ("A1", "BS1", "V1", "S1"):
            qms.place(lot, "crack")
        await until(lambda: len(came) == 4)
    finally:
        await company.stop()
        await andon.cleanup()
    assert came == [
        ("/in/qms-events/events", "A1"),
        ("/in/qms-events-b/events", "BS1"),
        ("/in/qms-events-b/events", "V1"),
        ("/in/qms-events/events", "S1"),
    ]
    assert all(hold.heard_at is not None for hold in qms.holds)
