"""The simulated MES over time, as the demo runs it where the real one cannot."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from andon.connectors.fsmes import Fsmes, FsmesSettings, mappings
from andon.connectors.fsmes.simulated_floor import SimulatedFloor
from andon.connectors.fsmes.simulator import FsmesSimulator
from andon.core.connector import Offered
from andon.core.mapping import Known, Outbound
from andon.core.quantity import Quantity
from andon.model.production import DistributeOrder
from tests.contract.doors import Hub, listening

SETTINGS = FsmesSettings(units={"RAW-SUGAR": "kg", "RAW-FLAVOR": "l"})
(WRITER,) = [m for m in mappings if isinstance(m, Outbound)]


@pytest.fixture
def hub() -> Hub:
    return Hub(Fsmes("mes", SETTINGS))


@pytest.fixture
def url(hub: Hub) -> Iterator[str]:
    with listening(hub) as address:
        yield f"http://mes:key@{address}"


def release(hub: Hub, code: str, material: str) -> None:
    command = DistributeOrder(
        order_id=code, material_id=material, quantity=Quantity(Decimal(4), "u")
    )
    hub.offer(Offered(code, WRITER.writes(command, Known(SETTINGS))))


@contextlib.asynccontextmanager
async def running(url: str, file: Path, *, speed: float) -> AsyncIterator[list[str]]:
    told: list[str] = []
    floor = SimulatedFloor(FsmesSimulator(url, file=file), speed=speed, poll=0.02, told=told.append)
    work = asyncio.create_task(floor.run())
    try:
        yield told
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


async def until(so: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not so():  # noqa: ASYNC110 filled by another thread
            await asyncio.sleep(0.02)


async def test_two_orders_are_made_one_after_the_other_and_the_unknown_one_is_not(
    hub: Hub, url: str, tmp_path: Path
) -> None:
    for code, material in (("A", "FG-COLA"), ("B", "FG-TONIC"), ("C", "FG-WATER")):
        release(hub, code, material)
    async with running(url, tmp_path / "book.json", speed=40):
        await until(lambda: hub.came("A:completion") and hub.came("C:completion"))
    keys = [item.key for item in hub.items]
    assert sorted(keys) == [f"{o}:{s}" for o in "AC" for s in ("completion", "op10", "op20")]
    assert keys.index("A:completion") < keys.index("C:completion")
    assert sorted(hub.acknowledged) == ["A", "B", "C"]


async def test_a_killed_floor_goes_on_with_what_it_had_fetched(
    hub: Hub, url: str, tmp_path: Path
) -> None:
    book = tmp_path / "book.json"
    release(hub, "A", "FG-COLA")
    async with running(url, book, speed=0.001):
        await until(lambda: "A" in hub.acknowledged)
    async with running(url, book, speed=40):
        await until(lambda: hub.came("A:completion"))
    assert hub.acknowledged == ["A"]


async def test_while_the_erp_is_away_it_makes_on_and_tells_no_key(tmp_path: Path) -> None:
    async with running("http://mes:geheim@127.0.0.1:9", tmp_path / "b.json", speed=1) as told:
        await until(lambda: told)
        assert "the ERP is away" in told[0]
        assert "geheim" not in " ".join(told)
