"""What the Tryton connector promises, on the simulator and on a real Tryton 8.2."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.connectors.tryton import Tryton, TrytonSettings, mappings
from andon.connectors.tryton.simulator import TrytonSimulator
from andon.core.connector import Item, Receipt, Request, SecretStr
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from andon.core.mapping import Known, Outbound
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.production import (
    AssignComponents,
    AssignLots,
    CompleteProduction,
    ComponentLot,
    StartProduction,
)
from tests.contract.erps import Erp
from tests.contract.losing import LosingWire
from tools.counterparts.posting import posting

WRITERS = {m.command: m for m in mappings if isinstance(m, Outbound)}


def settings(erp: Erp, **changed: Any) -> TrytonSettings:
    told = {"url": erp.url, "key": SecretStr(erp.key), "poll_every": timedelta(milliseconds=50)}
    return TrytonSettings(**told | changed)


@asynccontextmanager
async def connected(erp: Erp, **changed: Any) -> AsyncIterator[Tryton]:
    connector = Tryton("erp", settings(erp, **changed))
    await connector.open()
    try:
        yield connector
    finally:
        await connector.close()


def asked(command: Command) -> Request:
    known = Known(TrytonSettings(url="http://x", key=SecretStr("k")), local=command.local)
    return WRITERS[type(command)].writes(command, known)


async def send(connector: Tryton, command: Command) -> Receipt:
    return await connector.send(asked(command), key="k")


async def read_until(
    connector: Tryton, enough: Callable[[list[Item]], bool], after: str = ""
) -> list[Item]:
    items: list[Item] = []
    reading = connector.read(after)
    async with asyncio.timeout(60):
        async for item in reading:
            items.append(item)
            if enough(items):
                break
    await reading.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    return items


def numbers(items: list[Item]) -> list[str]:
    return [json.loads(item.raw)["number"] for item in items if item.kind == "production"]


# Reading


async def test_a_released_order_is_read_with_key_mirror_and_time(erp: Erp) -> None:
    order = await erp.release("FG-WATER", 4)
    async with connected(erp) as connector:
        items = await read_until(connector, lambda seen: order in numbers(seen))
    item = next(one for one in items if json.loads(one.raw)["number"] == order)
    row = json.loads(item.raw)
    assert item.key == f"production/{row['id']}/{row['_timestamp']}"
    assert item.mirror == f"production/{row['id']}"
    assert item.occurred_at is not None
    assert item.occurred_at.tzinfo is not None


async def test_reading_resumes_after_the_last_position_without_loss(erp: Erp) -> None:
    first = await erp.release("FG-WATER", 4)
    async with connected(erp) as connector:
        items = await read_until(connector, lambda seen: first in numbers(seen) and at(seen) != "")
    second = await erp.release("FG-WATER", 5)
    async with connected(erp) as connector:
        again = await read_until(connector, lambda seen: second in numbers(seen), at(items))
    assert second in numbers(again)


async def test_keys_are_the_same_when_the_same_facts_are_read_again(erp: Erp) -> None:
    order = await erp.release("FG-WATER", 4)
    keys: list[set[str]] = []
    for _ in range(2):
        async with connected(erp) as connector:
            items = await read_until(connector, lambda seen: order in numbers(seen))
            keys.append({item.key for item in items})
    assert keys[0] == keys[1]


async def test_a_fact_is_not_read_twice_while_it_does_not_change(erp: Erp) -> None:
    order = await erp.release("FG-WATER", 4)
    async with connected(erp) as connector:
        items: list[Item] = []

        async def follow() -> None:
            async for item in connector.read(""):
                items.append(item)

        following = asyncio.create_task(follow())
        await until(lambda: order in numbers(items))
        later = await erp.release("FG-WATER", 5)
        await until(lambda: later in numbers(items))
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
    assert numbers(items).count(order) == 1


async def test_a_cancelled_order_is_read(erp: Erp) -> None:
    order = await erp.release("FG-WATER", 4)
    await erp.cancel(order)
    async with connected(erp) as connector:
        items = await read_until(connector, lambda seen: order in numbers(seen))
    row = json.loads(items[-1].raw)
    assert (row["number"], row["state"]) == (order, "cancelled")


async def test_reading_stops_within_a_second(erp: Erp) -> None:
    async with connected(erp, poll_every=timedelta(minutes=5)) as connector:
        reading = asyncio.create_task(read_until(connector, lambda _: False))
        await asyncio.sleep(0)
        began = time.monotonic()
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
    assert time.monotonic() - began < 1


# Getting in


async def test_nobody_there_is_unavailable(erp: Erp) -> None:
    with pytest.raises(UnavailableError):
        await open_once(settings(erp, url="http://127.0.0.1:1/erp/rest"))


async def test_a_wrong_key_is_a_credentials_error_that_does_not_show_it(erp: Erp) -> None:
    with pytest.raises(CredentialsError) as raised:
        await open_once(settings(erp, key=SecretStr("not-the-key")))
    assert "not-the-key" not in str(raised.value)
    assert erp.key not in repr(settings(erp))


async def test_an_address_that_is_none_is_a_settings_error(erp: Erp) -> None:
    with pytest.raises(SettingsError):
        await open_once(settings(erp, url="erp.example"))


# Posting


async def test_a_whole_posting_brings_the_order_to_its_end(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    async with connected(erp) as connector:
        for command in posting(order, good="13"):
            await send(connector, command)
    booked = await erp.booked(order)
    assert booked.state == "done"
    assert booked.made == {("FG-COLA", f"{order}-FG"): 13.0}
    assert booked.consumed == {
        ("RAW-SUGAR", "LOT-SUGAR-001"): 3.0,
        ("RAW-SUGAR", "LOT-SUGAR-002"): 2.5,
        ("RAW-FLAVOR", "LOT-FLAVOR-001"): 1.0,
    }


async def test_every_command_sent_twice_acts_once(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    async with connected(erp) as connector:
        for command in posting(order, good="10"):
            assert await send(connector, command) == await send(connector, command)
    booked = await erp.booked(order)
    assert (booked.state, booked.lots, booked.inspections) == ("done", 1, 1)
    assert booked.cycles == {"Mix": 1, "Pack": 1}
    assert sum(booked.consumed.values()) == pytest.approx(6.5)


async def test_before_it_is_sent_nothing_is_found_and_afterwards_its_receipt_is(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    async with connected(erp) as connector:
        for command in posting(order, good="10"):
            request = asked(command)
            assert await connector.find(request, key="k") is None, type(command).__name__
            receipt = await connector.send(request, key="k")
            assert await connector.find(request, key="k") == receipt


async def test_an_answer_that_is_lost_is_unknown_and_found_afterwards(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    async with LosingWire(erp.url) as wire, connected(erp, url=wire.url) as connector:
        for command in posting(order, good="10"):
            method = b"PUT" if type(command).__name__ in WRITING else b"POST"
            wire.losing = method
            with pytest.raises(OutcomeUnknownError):
                await send(connector, command)
            assert await connector.find(asked(command), key="k") is not None
        assert wire.lost == len(posting(order, good="10"))
    booked = await erp.booked(order)
    assert (booked.state, booked.lots, booked.inspections) == ("done", 1, 1)
    assert booked.cycles == {"Mix": 1, "Pack": 1}


WRITING = {"AssignLots", "RecordOperation", "ReceiveOutput", "RecordInspection"}


async def test_lots_asked_for_late_and_again_are_consumed_once(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    lots, *_ = posting(order, good="10")
    async with connected(erp) as connector:
        outcomes = await asyncio.gather(
            *(send(connector, lots) for _ in range(4)), return_exceptions=True
        )
        assert any(isinstance(one, Receipt) for one in outcomes)
        assert await connector.find(asked(lots), key="k") is not None
    assert sum((await erp.booked(order)).consumed.values()) == pytest.approx(6.5)


async def test_a_reserved_movement_takes_a_lot_but_no_other_amount(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    sugar = ComponentLot(
        material_id="RAW-SUGAR", lot_id="LOT-SUGAR-002", quantity=Quantity(Decimal(5), "kg")
    )
    less = msgspec.structs.replace(sugar, quantity=Quantity(Decimal(4), "kg"))
    async with connected(erp) as connector:
        await send(connector, AssignComponents(order_id=order))
        words = await refused(send(connector, AssignLots(order_id=order, components=(less,))))
        assert "5 of RAW-SUGAR reserved" in words
        await send(connector, AssignLots(order_id=order, components=(sugar,)))
        await send(connector, StartProduction(order_id=order))
    assert (await erp.booked(order)).consumed["RAW-SUGAR", "LOT-SUGAR-002"] == 5.0


async def test_a_step_out_of_turn_is_refused_in_tryton_s_words(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    async with connected(erp) as connector:
        assert "can not call" in await refused(send(connector, StartProduction(order_id=order)))
        await send(connector, AssignComponents(order_id=order))
        words = await refused(send(connector, StartProduction(order_id=order)))
        assert "must provide a stock lot" in words
        assert "RAW-SUGAR" in words
    assert (await erp.booked(order)).state == "assigned"


async def test_an_order_is_not_done_before_it_was_inspected(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    async with connected(erp) as connector:
        for command in posting(order, good="10"):
            if type(command).__name__ == "RequestInspection":
                break
            await send(connector, command)
        words = await refused(send(connector, CompleteProduction(order_id=order)))
    assert "inspection is missing" in words
    assert (await erp.booked(order)).state == "running"


async def test_an_order_whose_inspection_failed_waits_for_quality(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    async with connected(erp) as connector:
        *steps, last = posting(order, good="10", brix="12.1")
        for command in steps:
            await send(connector, command)
        items = await read_until(
            connector,
            lambda seen: any(
                b'"failed"' in item.raw and order.encode() in item.raw for item in seen
            ),
        )
        row = json.loads(items[-1].raw)
        assert row["about"]["number"] == order
        assert row["about"]["outputs"][0]["lot"]["number"] == f"{order}-FG"
        assert "alerts from failed inspections" in await refused(send(connector, last))
        await erp.resolve_alerts()
        await send(connector, last)
    assert (await erp.booked(order)).state == "done"


async def test_an_operation_lot_or_order_that_is_not_there_is_named(erp: Erp) -> None:
    order = await erp.release("FG-COLA", 10)
    lots, *_ = posting(order, good="10", sugar="LOT-NONE")
    async with connected(erp) as connector:
        assert "no lot LOT-NONE" in await refused(send(connector, lots))
        assert "MO0" in await refused(send(connector, CompleteProduction(order_id="MO0")))
    assert (await erp.booked(order)).consumed.keys() == {("RAW-SUGAR", None), ("RAW-FLAVOR", None)}


async def test_nothing_good_can_be_booked_as_nothing(erp: Erp) -> None:
    order = await erp.release("FG-WATER", 10)
    async with connected(erp) as connector:
        for command in posting(order, good="0", product="FG-WATER"):
            await send(connector, command)
    booked = await erp.booked(order)
    assert (booked.state, sum(booked.made.values())) == ("done", 0.0)


# What only a simulator can be made to do


async def test_many_changes_of_one_instant_are_all_read() -> None:
    simulator = TrytonSimulator()
    await simulator.start()
    released = [simulator.release("FG-WATER", 1) for _ in range(450)]
    orders = simulator.company.rows("production")
    for order in orders[50:400]:
        order["last_modified_at"] = orders[50]["last_modified_at"]
    told = TrytonSettings(url=simulator.url, key=SecretStr(simulator.key))
    connector = Tryton("erp", told)
    await connector.open()
    items = await read_until(connector, lambda seen: len(seen) == 450)
    await connector.close()
    await simulator.stop()
    assert set(numbers(items)) == set(released)


async def test_what_only_a_full_look_finds_is_read_and_counted() -> None:
    simulator = TrytonSimulator()
    await simulator.start()
    told = TrytonSettings(
        url=simulator.url,
        key=SecretStr(simulator.key),
        poll_every=timedelta(milliseconds=20),
        sweep_every=timedelta(milliseconds=200),
    )
    connector = Tryton("erp", told)
    await connector.open()
    recent = simulator.release("FG-WATER", 1)
    items: list[Item] = []

    async def follow() -> None:
        async for item in connector.read(""):
            items.append(item)

    following = asyncio.create_task(follow())
    await until(lambda: recent in numbers(items))
    # Committed long after it was written: its time lies before the overlap.
    late = simulator.release("FG-WATER", 2)
    simulator.company.order(late)["last_modified_at"] -= timedelta(hours=1)
    await until(lambda: late in numbers(items))
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following
    await connector.close()
    await simulator.stop()
    assert connector.found_by_sweep == 1


def at(items: list[Item]) -> str:
    return next((item.position for item in reversed(items) if item.position), "")


async def refused(sending: Awaitable[Any]) -> str:
    with pytest.raises(RejectedError) as raised:
        await sending
    return str(raised.value)


async def open_once(told: TrytonSettings) -> None:
    connector = Tryton("erp", told)
    try:
        await connector.open()
    finally:
        await connector.close()


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not so():  # noqa: ASYNC110 the list is filled by the connector itself
            await asyncio.sleep(0.01)
