"""What reading OData promises beyond the suite: late rows, lost links, full looks."""

import asyncio
import json
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from andon.app.parameters import Parameters
from andon.connectors._access import Basic
from andon.connectors.odata import Action, Feed, OData, ODataSettings
from andon.connectors.odata.simulated.stocks import Stock
from andon.connectors.odata.simulator import SapSimulator
from andon.core.connector import Item, SecretStr
from andon.core.errors import SettingsError
from tests.contract.odata_plant import Clock, connected, settings, settings4
from tests.contract.typed import typed

ORDERS = Feed(entity_set="A_ProductionOrder_2", kind="order", removed="order.removed")


@pytest.fixture
async def clock() -> Clock:
    return Clock(datetime(2026, 7, 1, 10, tzinfo=UTC))


@pytest.fixture
async def sap(clock: Clock) -> AsyncIterator[SapSimulator]:
    simulator = SapSimulator(now=clock.now)
    await simulator.start()
    yield simulator
    await simulator.stop()


async def read_until(
    connector: OData, so: Callable[[list[Item]], object], after: str = ""
) -> list[Item]:
    items: list[Item] = []
    reading = connector.read(after)
    try:
        async with asyncio.timeout(60):
            async for item in reading:
                items.append(item)
                if so(items):
                    break
    finally:
        await reading.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    return items


def field(items: list[Item], name: str = "ManufacturingOrder") -> list[Any]:
    return [json.loads(item.raw).get(name) for item in items]


def count(n: int) -> Callable[[list[Item]], bool]:
    return lambda items: len(items) >= n


async def test_orders_of_one_instant_come_whole_however_small_a_page_is(sap: SapSimulator) -> None:
    made = [sap.company.release("PUMP", 1) for _ in range(23)]
    sap.gateway.services["/sap/opu/odata/sap/API_PRODUCTION_ORDER_2_SRV"].page_limit = 4
    for size in (3, 4, 5, 100):
        async with connected(settings(sap, feeds=(ORDERS,), page_size=size)) as erp:
            assert sorted(field(await read_until(erp, count(23)))) == made


async def test_any_position_resumes_without_loss(sap: SapSimulator, clock: Clock) -> None:
    made: list[str] = []
    for n in range(12):
        made.append(sap.company.release("PUMP", 1))
        clock.moves(timedelta(seconds=n % 3 // 2))  # three orders share each second
    told = settings(sap, feeds=(ORDERS,), page_size=2, overlap=timedelta())
    async with connected(told) as erp:
        whole = await read_until(erp, count(12))
        for at, item in enumerate(whole, start=1):
            rest = made[at:]
            again = (
                await read_until(
                    erp,
                    lambda seen, rest=rest: set(rest) <= set(field(seen)) or not rest,
                    item.position or "",
                )
                if rest
                else []
            )
            assert set(rest) <= set(field(again))


async def test_a_row_that_was_committed_late_is_read_inside_the_overlap(
    sap: SapSimulator, clock: Clock
) -> None:
    first = sap.company.release("PUMP", 1)
    async with connected(settings(sap, feeds=(ORDERS,))) as erp:
        reading = erp.read("")
        assert field([await anext(reading)]) == [first]
        clock.moves(timedelta(seconds=-60))  # its transaction began before, and ends now
        late = sap.company.release("VALVE", 1)
        async with asyncio.timeout(60):
            assert field([await anext(reading)]) == [late]
        await reading.aclose()  # pyright: ignore[reportAttributeAccessIssue]


async def test_a_row_beyond_the_overlap_is_found_and_counted_by_a_full_look(
    sap: SapSimulator, clock: Clock
) -> None:
    first = sap.company.release("PUMP", 1)
    told = settings(sap, feeds=(ORDERS,), sweep_every=timedelta(milliseconds=20))
    async with connected(told) as erp, following(erp) as items:
        await until(lambda: first in field(items))
        clock.moves(timedelta(days=-3))
        lost = ""
        # The first full look has nothing to compare with and counts nothing.
        while not erp.found_by_sweep:
            lost = sap.company.release("VALVE", 1)
            await until(lambda lost=lost: lost in field(items))
        sap.company.delete(lost)
        await until(lambda: items[-1].kind == "order.removed")
    assert json.loads(items[-1].raw) == {"removed": True, "ManufacturingOrder": lost}
    assert [field([item])[0] for item in items].count(first) == 1


@asynccontextmanager
async def following(connector: OData) -> AsyncIterator[list[Item]]:
    items: list[Item] = []

    async def follow() -> None:
        async for item in connector.read(""):
            items.append(item)

    task = asyncio.create_task(follow())
    yield items
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(so: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not so():  # noqa: ASYNC110 no event tells what a reader has read
            await asyncio.sleep(0.01)


async def test_a_gateway_that_names_an_internal_host_is_read_at_its_own_address() -> None:
    simulator = SapSimulator()
    simulator.internal = "http://s4-internal.invalid:44300"
    await simulator.start()
    try:
        made = [simulator.company.release("PUMP", 1) for _ in range(9)]
        simulator.gateway.services["/sap/opu/odata4/andon/plant_orders"].page_limit = 2
        simulator.gateway.services["/sap/opu/odata/sap/API_PRODUCTION_ORDER_2_SRV"].page_limit = 2
        whole = Feed(entity_set="A_ProductionOrder_2", kind="order", follow="whole")
        async with connected(settings(simulator, feeds=(whole,))) as erp:
            assert sorted(field(await read_until(erp, count(9)))) == made
        delta = Feed(entity_set="ProductionOrder", kind="order", follow="delta")
        async with connected(settings4(simulator, feeds=(delta,))) as erp:
            assert sorted(field(await read_until(erp, count(9)))) == made
    finally:
        await simulator.stop()


async def test_a_state_that_returns_is_said_again_and_every_one_after_a_start(
    sap: SapSimulator,
) -> None:
    amount = "MatlWrhsStkQtyInMatlBaseUnit"
    feed = Feed(
        entity_set="A_MatlStkInAcctMod", kind="stock", follow="whole", removed="stock.gone",
        filter=f"{amount} gt 0", states=True,
    )  # fmt: skip
    told = settings(sap, feeds=(feed,), sweep_every=timedelta(milliseconds=20))
    stocks, where = sap.company.movements.stocks, Stock("PUMP", "1710", "171A", "L1")
    other = {item.raw for item in await _stock_of(told)}

    mirrors: set[str | None] = set()

    async def said(reading: AsyncIterator[Item]) -> tuple[str, Decimal, str]:
        async with asyncio.timeout(60):
            while (item := await anext(reading)).raw in other:
                pass
        row = json.loads(item.raw)
        assert row["Batch"] == "L1"
        mirrors.add(item.mirror)
        return item.kind, Decimal(row.get(amount, "0")), item.key

    stocks.put(where, Decimal(5))
    keys: set[str] = set()
    for _ in range(2):
        async with connected(told) as erp:
            reading = erp.read("")
            heard = [await said(reading)]
            for change in (stocks.take, stocks.put, stocks.take, stocks.put):
                change(where, Decimal(5))
                heard.append(await said(reading))
            await reading.aclose()  # pyright: ignore[reportAttributeAccessIssue]
        assert [(kind, much) for kind, much, _ in heard] == [
            ("stock", 5), ("stock.gone", 0), ("stock", 5), ("stock.gone", 0), ("stock", 5),
        ]  # fmt: skip
        keys |= {key for *_, key in heard}
    assert len(keys) == 10, "a key that was heard before is no news"
    assert len(mirrors) == 1, "to be gone is a state of the same row"


async def _stock_of(told: ODataSettings) -> list[Item]:
    """All rows that there are before the test puts one more."""
    found: list[Item] = []
    async with connected(told) as erp:
        reading = erp.read("")
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                async for item in reading:
                    found.append(item)
        await reading.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    return found


async def test_a_delta_link_resumes_and_tells_what_is_gone(sap: SapSimulator) -> None:
    feed = Feed(entity_set="ProductionOrder", kind="order", follow="delta", removed="removed")
    first, second = sap.company.release("PUMP", 1), sap.company.release("PUMP", 2)
    async with connected(settings4(sap, feeds=(feed,))) as erp:
        items = await read_until(erp, count(2))
    position = items[-1].position or ""
    assert "deltatoken" in position
    sap.company.delete(first)
    sap.company.complete(second)
    async with connected(settings4(sap, feeds=(feed,))) as erp:
        items = await read_until(erp, count(2), position)
    assert {(item.kind, *field([item])) for item in items} == {
        ("removed", first), ("order", second),
    }  # fmt: skip


async def test_an_expired_delta_link_costs_a_full_reading_and_loses_nothing(
    sap: SapSimulator,
) -> None:
    feed = Feed(entity_set="ProductionOrder", kind="order", follow="delta", removed="removed")
    service = sap.gateway.services["/sap/opu/odata4/andon/plant_orders"]
    first = sap.company.release("PUMP", 1)
    async with connected(settings4(sap, feeds=(feed,))) as erp:
        reading = erp.read("")
        assert field([await anext(reading)]) == [first]
        sap.company.delete(first)
        second = sap.company.release("VALVE", 1)
        service.oldest_delta = len(sap.company.books.log)
        async with asyncio.timeout(60):
            items = [await anext(reading), await anext(reading)]
        assert [(item.kind, *field([item])) for item in items] == [
            ("order", second), ("removed", first),
        ]  # fmt: skip
        await reading.aclose()  # pyright: ignore[reportAttributeAccessIssue]


async def test_documents_are_read_by_day_with_their_items(sap: SapSimulator, clock: Clock) -> None:
    feed = Feed(
        entity_set="A_MaterialDocumentHeader",
        kind="document",
        changed="CreationDate",
        expand=("to_MaterialDocumentItem",),
        select=("MaterialDocumentHeaderText", "to_MaterialDocumentItem"),
    )
    sap.company.movements.stock_up("SEAL", 100)
    order = sap.company.release("PUMP", 5)
    item = {"Material": "SEAL", "GoodsMovementType": "261", "ManufacturingOrder": order}

    def post(text: str) -> None:

        lines = [{**item, "QuantityInEntryUnit": Decimal("2.5")}]
        sap.company.movements.post({"MaterialDocumentHeaderText": text}, lines, "PLANNER")

    post("morning")
    async with connected(settings(sap, feeds=(feed,))) as erp:
        reading = erp.read("")
        async with asyncio.timeout(60):
            one = await anext(reading)
            clock.moves(timedelta(hours=3))
            post("noon")  # the same day again: the change field stands still
            two = await anext(reading)
            clock.moves(timedelta(hours=11, minutes=30))
            post("midnight")
            three = await anext(reading)
            clock.moves(timedelta(minutes=-35))
            post("a late one of yesterday")
            four = await anext(reading)
        await reading.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    texts = field([one, two, three, four], "MaterialDocumentHeaderText")
    assert texts == ["morning", "noon", "midnight", "a late one of yesterday"]
    (line,) = json.loads(one.raw)["to_MaterialDocumentItem"]
    assert line["QuantityInEntryUnit"] == "2.500"
    assert one.occurred_at is None


async def test_everything_the_services_do_not_have_is_said_at_once(sap: SapSimulator) -> None:

    wrong = settings(
        sap,
        feeds=(
            Feed(entity_set="A_ProductionOrder", select=("Materiall",)),
            Feed(
                entity_set="A_ProductionOrder_2",
                select=("Materiall", "to_ProductionOrderComponent/Batsch"),
                filter="OrderIsReleasd eq 'X' and substringof('P',Material)",
                key=("Order",),
                changed="LastChange",
                expand=("to_Components",),
            ),
        ),
        actions=(
            Action(target="POST A_MaterialDocumentHeader", stamp="HeaderText"),
            Action(target="POST ReleaseOrdr"),
            Action(target="POST TechlyCmpltOrder", holds={"OrderIsTeco": "X"}),
            Action(target="POST A_MaterialDocumentHeader", stamp="GoodsMovementCode"),
        ),
    )
    connector = OData("erp", wrong)
    with pytest.raises(SettingsError) as raised:
        await connector.open()
    await connector.close()
    assert [(fault.at, fault.says.partition(" ")[0]) for fault in raised.value.faults] == [
        ("feeds[0].entity_set", "'A_ProductionOrder'"),
        ("feeds[1].key", "'Order'"),
        ("feeds[1].changed", "'LastChange'"),
        ("feeds[1].expand", "'to_Components'"),
        ("feeds[1].select", "'Materiall'"),
        ("feeds[1].select", "'to_ProductionOrderComponent/Batsch'"),
        ("feeds[1].filter", "'OrderIsReleasd'"),
        ("actions[0].stamp", "'HeaderText'"),
        ("actions[1].target", "POST"),
        ("actions[2].holds", "'OrderIsTeco'"),
        ("actions[3].stamp", "GoodsMovementCode"),
    ]
    said = str(raised.value)
    for near in (
        "A_ProductionOrder_2",
        "Near it: Material",
        "OrderIsReleased",
        "LastChangeDateTime",
    ):
        assert near in said


async def test_what_can_be_seen_without_asking_is_seen_without_asking() -> None:
    wrong = ODataSettings(
        url="s4.example", auth=Basic("X", SecretStr("s3cret")), token=SecretStr("t0ps3cret"),
        client="1", page_size=0,
        time_zone="Berlin", feeds=(Feed(entity_set="A", follow="delta"), Feed(entity_set="A")),
    )  # fmt: skip
    with pytest.raises(SettingsError) as raised:
        await OData("erp", wrong).open()
    assert {fault.at for fault in raised.value.faults} == {
        "url", "token", "page_size", "client", "time_zone", "feeds[0].follow",
        "feeds[1].kind",
    }  # fmt: skip
    assert "t0ps3cret" not in str(raised.value)


async def test_a_filter_the_system_does_not_take_is_a_matter_of_the_settings(
    sap: SapSimulator,
) -> None:
    feed = Feed(entity_set="A_ProductionOrder_2", filter="length(Material) gt 3")
    async with connected(settings(sap, feeds=(feed,))) as erp:
        with pytest.raises(SettingsError, match=r"A_ProductionOrder_2.*filter"):
            await anext(erp.read(""))


async def test_the_settings_in_the_readme_open_as_they_stand(sap: SapSimulator) -> None:
    """But for the address, and the secret the environment holds."""
    table = typed("odata").files["plant.toml"]
    parameters = Parameters(Path("x"), tomllib.loads(table), [], {"ERP_PASSWORD": "simulated"})
    told = parameters.settings("erp", ODataSettings)
    assert isinstance(told, ODataSettings), told
    order = sap.company.release("PUMP", 1)
    told = msgspec.structs.replace(told, url=sap.url, poll_every=timedelta(milliseconds=20))
    async with connected(told) as erp:
        assert field(await read_until(erp, count(1))) == [order]
