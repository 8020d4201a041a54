"""What the MES connector promises, with the simulator and with the real MES 0.4.2 at its doors."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from andon.connectors.fsmes import Fsmes, FsmesSettings, mappings
from andon.core.connector import Offered
from andon.core.mapping import Inbound, Known, Outbound, Said
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.production import DistributeOrder, OperationConfirmed, OrderCompleted
from tests.contract.conftest import BOTH
from tests.contract.doors import Hub, listening
from tests.contract.floors import Floor, RealFloor, SimulatedFloor
from tools.counterparts import Fsmes as RealMes

SETTINGS = FsmesSettings(units={"RAW-SUGAR": "kg", "RAW-FLAVOR": "l"})
READERS = {m.kind: m for m in mappings if isinstance(m, Inbound)}
(WRITER,) = [m for m in mappings if isinstance(m, Outbound)]
KEY = "key-of-the-mes"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def shared_hub() -> Iterator[tuple[Hub, str]]:
    hub = Hub(Fsmes("mes", SETTINGS))
    with listening(hub) as address:
        yield hub, f"http://{address}"


@pytest.fixture(scope="module")
def mes(tmp_path_factory: pytest.TempPathFactory, shared_hub: tuple[Hub, str]) -> Iterator[RealMes]:
    plant = RealMes(tmp_path_factory.mktemp("fsmes"))
    _, url = shared_hub
    plant.start(erp_url=url.replace("//", f"//mes:{KEY}@"), poll=0.2)
    yield plant
    plant.stop()


@pytest.fixture
def hub(shared_hub: tuple[Hub, str]) -> Iterator[Hub]:
    hub, _ = shared_hub
    yield hub
    with hub.lock:
        hub.pending = []


@pytest.fixture(params=BOTH)
async def floor(
    request: pytest.FixtureRequest, shared_hub: tuple[Hub, str]
) -> AsyncIterator[Floor]:
    if request.param == "real":
        yield RealFloor(request.getfixturevalue("mes"))
        return
    _, url = shared_hub
    async with SimulatedFloor(url, KEY) as simulated:
        yield simulated


def order(hub: Hub, *, quantity: int = 10, material: str = "FG-COLA", prefix: str = "MO") -> str:
    """One more released order on offer."""
    code = f"{prefix}{next(_numbers)}"
    command = DistributeOrder(
        order_id=code,
        material_id=material,
        quantity=Quantity(Decimal(quantity), "u"),
        due_at=datetime(2026, 11, 30, 22, 59, tzinfo=UTC),
    )
    hub.offer(Offered(code, WRITER.writes(command, Known(SETTINGS))))
    return code


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not so():  # noqa: ASYNC110 filled by another process
            await asyncio.sleep(0.02)


def said(hub: Hub, key: str) -> list[Said]:
    item = hub.came(key)[0]
    return list(READERS[item.kind].reads(item, Known(SETTINGS)))


async def test_an_order_on_offer_is_taken_and_acknowledged_once(hub: Hub, floor: Floor) -> None:
    code = order(hub)
    await floor.has(code)
    await until(lambda: code in hub.acknowledged)
    later = order(hub)
    await until(lambda: later in hub.acknowledged)
    assert hub.acknowledged.count(code) == 1
    assert code not in [one.request.names for one in hub.pending]


async def test_what_is_made_is_confirmed_per_operation_and_completed(
    hub: Hub, floor: Floor
) -> None:
    code = order(hub)
    await floor.has(code)
    await floor.make(code, good=12, scrap=1)
    await until(lambda: len(hub.came(f"{code}:completion")) > 0)
    mixed = said(hub, f"{code}:op10")[0]
    completed = said(hub, f"{code}:completion")[0]
    assert isinstance(mixed, OperationConfirmed)
    assert isinstance(completed, OrderCompleted)
    assert (mixed.operation, mixed.equipment) == ("Mix", "MIX01")
    assert {(part.material_id, part.quantity) for part in mixed.consumed} == {
        ("RAW-SUGAR", Quantity(Decimal(5), "kg")),
        ("RAW-FLAVOR", Quantity(Decimal(1), "l")),
    }
    assert (completed.good.amount, completed.over.amount, completed.scrap.amount) == (12, 2, 2)
    assert completed.lot_id == f"{code}-FG"
    assert completed.completed_at is not None
    assert abs((datetime.now(UTC) - completed.completed_at).total_seconds()) < 60


async def test_a_completion_of_nothing_comes_with_a_doubt_and_no_lot(
    hub: Hub, floor: Floor
) -> None:
    code = order(hub)
    await floor.has(code)
    await floor.make(code, good=0)
    await until(lambda: len(hub.came(f"{code}:completion")) > 0)
    completed, *doubts = said(hub, f"{code}:completion")
    assert isinstance(completed, OrderCompleted)
    assert completed.lot_id is None
    assert [doubt.code for doubt in doubts if isinstance(doubt, Finding)] == ["nothing-good"]


async def test_a_confirmation_turned_away_comes_again_under_its_key(hub: Hub, floor: Floor) -> None:
    code = order(hub)
    await floor.has(code)
    hub.busy = 2
    await floor.make(code, good=10)
    keys = [f"{code}:op10", f"{code}:op20", f"{code}:completion"]
    await until(lambda: all(hub.came(key) for key in keys))
    assert hub.busy == 0
    assert [len(hub.came(key)) for key in keys] == [1, 1, 1]


async def test_an_order_it_cannot_make_is_acknowledged_all_the_same(hub: Hub, floor: Floor) -> None:
    unknown = order(hub, material="FG-TONIC")
    known = order(hub)
    await floor.has(known)
    await until(lambda: unknown in hub.acknowledged)
    assert not any(unknown in item.key for item in hub.items)


async def test_an_order_it_would_misread_waits_and_does_not_hold_up_the_next(
    hub: Hub, floor: Floor
) -> None:
    odd = order(hub, prefix="MO/")
    good = order(hub)
    await floor.has(good)
    await until(lambda: good in hub.acknowledged)
    assert odd not in hub.acknowledged
    assert "Rename it" in hub.withheld[odd]


async def test_it_sends_its_key_as_basic_password(hub: Hub, floor: Floor) -> None:
    code = order(hub)
    await floor.has(code)
    assert hub.passwords == {KEY}
