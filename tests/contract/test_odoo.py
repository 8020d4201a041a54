"""Odoo under test: looks that miss nothing, buttons that ask back, errors, another client."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import odoolib
import pytest

from andon.connectors.odoo import Odoo
from andon.connectors.odoo.records import OdooError
from andon.connectors.odoo.simulator import SimulatedOdoo
from andon.core.connector import Item, Request
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from andon.testing.conformance.trial import Follower, settings_of


@asynccontextmanager
async def opened(**more: Any) -> AsyncGenerator[tuple[SimulatedOdoo, Odoo]]:
    system = SimulatedOdoo()
    await system.start()
    odoo = Odoo("erp", settings_of(Odoo, {**system.settings(), **more}))
    await odoo.open()
    try:
        yield system, odoo
    finally:
        await odoo.close()
        await system.stop()


def names(items: list[Item]) -> list[str]:
    return [msgspec.json.decode(item.raw)["name"] for item in items]


async def test_more_orders_of_one_second_than_fit_a_page_are_all_read_once() -> None:
    async with opened(page=10) as (system, odoo), Follower(odoo, "") as follower:
        for n in range(35):
            system.order(f"MO{n}")
        assert await follower.until(lambda: len(follower.items) == 35)
        system.order("MO35")
        assert await follower.until(lambda: len(follower.items) == 36)
        await asyncio.sleep(0.3)
    assert sorted(names(follower.items)) == sorted(f"MO{n}" for n in range(36))


async def test_a_change_while_pages_are_read_hides_no_other_record() -> None:
    async with opened(page=5) as (system, odoo):
        numbers = [system.order(f"MO{n}") for n in range(12)]
        read = odoo.read("")
        first = [await anext(read) for _ in range(5)]
        system.records.later(seconds=5)
        system.records.touched("mrp.production", numbers[0])  # goes to the end by time
        rest = [await anext(read) for _ in range(8)]
        await read.aclose()  # pyright: ignore[reportAttributeAccessIssue]
    assert set(names(first + rest)) == {f"MO{n}" for n in range(12)}
    assert rest[-1].position != first[0].position


async def test_a_transaction_that_commits_late_is_read_within_the_overlap() -> None:
    async with opened() as (system, odoo), Follower(odoo, "") as follower:
        system.records.later(seconds=30)
        system.order("MO1")
        assert await follower.until(lambda: len(follower.items) == 1)
        system.records.later(seconds=-20)
        system.order("LATE")  # written before MO1, seen after it
        assert await follower.until(lambda: len(follower.items) == 2)
    assert names(follower.items) == ["MO1", "LATE"]


async def test_a_sweep_finds_what_no_look_showed_and_what_is_gone() -> None:
    async with opened(sweep_every="300 ms") as (system, odoo), Follower(odoo, "") as follower:
        system.records.later(hours=2)
        gone = system.order("GONE")
        archived = system.order("ARCHIVED")
        assert await follower.until(lambda: len(follower.items) == 2)
        del system.records.tables["mrp.production"][gone]
        system.records.tables["mrp.production"][archived]["active"] = False
        system.records.later(hours=-1)
        system.order("MISSED")
        assert await follower.until(lambda: len(follower.items) == 4)
        await asyncio.sleep(0.7)
    assert {item.kind for item in follower.items[2:]} == {"mrp.production", "odoo.deleted"}
    assert odoo.found_by_sweep == 2


async def test_a_record_that_came_in_past_odoo_stops_no_other() -> None:
    async with opened() as (system, odoo), Follower(odoo, "") as follower:
        odd = system.order("ODD")
        system.records.tables["mrp.production"][odd]["write_date"] = False
        system.order("MO1")
        assert await follower.until(lambda: len(follower.items) == 2)
        system.order("MO2")
        assert await follower.until(lambda: len(follower.items) == 3)
    assert follower.lost == []
    assert [item.occurred_at is None for item in follower.items] == [True, False, False]


async def test_products_come_with_their_reference() -> None:
    async with opened() as (system, odoo), Follower(odoo, "") as follower:
        system.order("MO1")
        assert await follower.until(lambda: len(follower.items) == 1)
    row = msgspec.json.decode(follower.items[0].raw)
    assert row["product_id"]["code"] == "PUMP"
    assert row["product_uom_id"] == [1, "Units"]


def done(name: str, **context: bool) -> Request:
    body = {"where": [["name", "=", name]], "becomes": {"state": "done"}, "context": context}
    return Request(target="mrp.production/button_mark_done", body=body)


async def test_a_button_is_pressed_once_and_adopted_where_it_is_so_already() -> None:
    async with opened() as (system, odoo):
        number = system.order("MO1", qty_producing=10.0)
        assert await odoo.find(done("MO1"), key="1") is None
        first = await odoo.send(done("MO1"), key="1")
        written = system.records.tables["mrp.production"][number]["write_date"]
        assert await odoo.send(done("MO1"), key="1") == first
        assert system.records.tables["mrp.production"][number]["write_date"] == written
        assert first.reference == "MO1"


async def test_a_window_that_asks_back_is_a_refusal_that_says_what_to_do() -> None:
    async with opened() as (system, odoo):
        system.order("MO1", qty_producing=4.0)
        with pytest.raises(RejectedError, match=r"mrp\.production\.backorder") as raised:
            await odoo.send(done("MO1"), key="1")
        assert "context" in str(raised.value)
        receipt = await odoo.send(done("MO1", skip_backorder=True), key="1")
    assert receipt.reference == "MO1"


async def test_values_are_written_once() -> None:
    body = {"where": [["name", "=", "MO1"]], "values": {"qty_producing": 4}}
    wanted = Request(target="mrp.production/write", body=body)
    async with opened() as (system, odoo):
        number = system.order("MO1")
        await odoo.send(wanted, key="1")
        assert system.records.tables["mrp.production"][number]["qty_producing"] == 4
        assert (await odoo.find(wanted, key="1")) is not None


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OdooError(422, "odoo.exceptions.ValidationError", "too much"), RejectedError),
        (OdooError(403, "odoo.exceptions.AccessError", "not allowed to create"), RejectedError),
        (OdooError(500, "builtins.ValueError", "a module failed"), RejectedError),
        (OdooError(500, "psycopg2.errors.SerializationFailure", "busy"), UnavailableError),
        (OdooError(503, "proxy", "restarting"), UnavailableError),
        (OdooError(504, "proxy", "gave up"), OutcomeUnknownError),
    ],
)
async def test_errors_say_who_acts_next(error: OdooError, raised: type[Exception]) -> None:
    async with opened() as (system, odoo):
        system.failing = error
        with pytest.raises(raised, match=str(error)):
            await odoo.send(system.request("L1"), key="1")
        assert await system.effects() == []


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (Request(target="mrp.production"), "no model and method"),
        (Request(target="mrp.production/unlink"), "not sent as a command"),
        (Request(target="mrp.production/action_cancel", body={"wher": []}), "wher"),
        (Request(target="mrp.production/action_cancel", body={}), "becomes"),
        (done("NOBODY"), "no mrp.production"),
        (Request(target="stock.lot/create", body={"codes": {"product_id": "X"}}), "no product"),
    ],
)
async def test_a_request_that_means_nothing_is_refused(request_: Request, says: str) -> None:
    async with opened() as (_, odoo):
        with pytest.raises(RejectedError, match=says):
            await odoo.send(request_, key="1")


async def test_a_model_that_is_not_installed_is_a_mistake_in_the_settings() -> None:
    feeds = {"quality.check": {"fields": ["name"]}}
    async with opened(feeds=feeds) as (_, odoo):
        with pytest.raises(SettingsError, match="does not exist") as raised:
            await anext(odoo.read(""))
    assert raised.value.faults[0].at == "feeds.quality.check"


async def test_a_key_that_is_known_and_may_not_come_in_pauses_the_connection() -> None:
    async with opened() as (system, odoo):
        system.failing = OdooError(403, "odoo.exceptions.AccessDenied", "Access Denied")
        with pytest.raises(CredentialsError):
            await odoo.send(system.request("L1"), key="1")


async def test_the_independent_client_of_odoo_finds_an_odoo_in_the_simulator() -> None:
    """odoo-client-lib, protocol json2, by place and by name."""
    async with opened() as (system, odoo):
        system.order("MO1", qty_producing=10.0)
        receipt = await odoo.send(system.request("L1"), key="1")

        def look() -> list[Any]:
            client = odoolib.get_connection(
                hostname="127.0.0.1",
                port=system.port,
                protocol="json2",
                database="plant",
                password=system.settings()["key"],
            )
            assert client.check_login()
            orders = client.get_model("mrp.production")
            (order,) = orders.search_read([["name", "=", "MO1"]], ["name", "state"])
            assert orders.button_mark_done([order["id"]]) is True
            (lot,) = client.get_model("stock.lot").search_read(
                domain=[["ref", "=", "andon:1"]], fields=["name", "product_id"]
            )
            vals = [{"name": "L1", "product_id": lot["product_id"][0]}]
            with pytest.raises(ValueError, match="must be unique"):
                client.get_model("stock.lot").create(vals_list=vals)
            return [lot["name"], lot["id"]]

        assert await asyncio.to_thread(look) == ["L1", receipt.body["id"]]
        assert await odoo.find(done("MO1"), key="2") is not None
