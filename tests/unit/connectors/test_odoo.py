"""What Odoo's records mean, what our commands become, and what its errors are."""

import gc
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors._http import Http
from andon.connectors.odoo.calls import Calls, refusal_of
from andon.connectors.odoo.changes import DELETED, Changes
from andon.connectors.odoo.mapping import mappings
from andon.connectors.odoo.place import read_place, written
from andon.connectors.odoo.records import holds
from andon.connectors.odoo.settings import Feed, OdooSettings, setting_faults
from andon.core.connector import Item, SecretStr
from andon.core.errors import InvalidError, MappingError, SettingsError
from andon.core.mapping import Inbound, Known
from andon.core.message import Finding, ReadBack
from andon.core.quantity import Quantity
from andon.model.inventory import GoodsIssued, GoodsReceived
from andon.model.production import OrderCancelled, OrderChanged, OrderReleased
from andon.model.quality import InspectionDecided

SETTINGS = OdooSettings(url="https://erp.example", key=SecretStr("k"), user="andon")
PUMP = {"id": 7, "name": "[PUMP] Pump", "code": "PUMP"}
TEN = Quantity(Decimal("10.0"), "Units")
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ORDER: dict[str, Any] = {
    "id": 1,
    "name": "WH/MO/1",
    "state": "confirmed",
    "product_id": PUMP,
    "product_qty": 10.0,
    "product_uom_id": [1, "Units"],
    "date_deadline": "2026-12-01 12:00:00",
    "write_uid": [2, "Planner"],
}


def item(kind: str, row: dict[str, Any]) -> Item:
    return Item(kind=kind, key="k", raw=msgspec.json.encode(row))


def means(kind: str, row: dict[str, Any], before: dict[str, Any] | None = None) -> list[Any]:
    (reader,) = [one for one in mappings if isinstance(one, Inbound) and one.kind == kind]
    previous = None if before is None else msgspec.json.encode(before)
    return list(reader.reads(item(kind, row), Known(SETTINGS, previous=previous)))


def news(row: dict[str, Any], before: dict[str, Any] | None = None) -> list[Any]:
    said = means("mrp.production", row, before)
    return [one for one in said if not isinstance(one, ReadBack)]


def order(**values: Any) -> dict[str, Any]:
    return {**ORDER, **values}


RELEASED = OrderReleased(order_id="WH/MO/1", material_id="PUMP", planned=TEN, due_at=NOON)


def test_a_confirmed_order_is_released_once_and_changed_afterwards() -> None:
    assert news(ORDER) == [RELEASED]
    assert news(ORDER, ORDER) == []
    assert news(ORDER, order(state="draft")) == [RELEASED]
    assert news(order(state="progress"), order(state="draft")) == [RELEASED]
    (changed,) = news(order(product_qty=8.0), ORDER)
    assert isinstance(changed, OrderChanged)
    assert changed.planned == Quantity(Decimal("8.0"), "Units")


@pytest.mark.parametrize(
    ("state", "before", "said"),
    [
        ("draft", None, []),
        ("draft", "confirmed", [OrderCancelled]),
        ("cancel", "confirmed", [OrderCancelled]),
        ("cancel", "draft", []),
        ("cancel", None, []),
        ("progress", None, []),
        ("to_close", "progress", []),
        ("done", "to_close", []),
        ("done", None, []),
        ("confirmed", "cancel", [OrderReleased]),
    ],
)
def test_every_state_of_an_order_is_named(state: str, before: str | None, said: list[type]) -> None:
    previous = None if before is None else order(state=before)
    assert [type(one) for one in news(order(state=state), previous)] == said


def test_what_we_did_ourselves_is_a_read_back() -> None:
    said = means("mrp.production", order(state="done", write_uid=[9, "andon"]), ORDER)
    assert [type(one) for one in said] == [ReadBack]
    assert said[0].holds == {"status": "Completed", "material": "PUMP", "planned": "10 Units"}
    assert news(order(state="cancel", write_uid=[9, "andon"]), ORDER) == []


def test_an_unknown_state_and_a_product_without_a_reference_are_faults() -> None:
    with pytest.raises(MappingError, match="OrderRow"):
        news(order(state="melting"))
    with pytest.raises(MappingError, match="no internal reference"):
        news(order(product_id={**PUMP, "code": ""}))
    with pytest.raises(MappingError, match="is no time"):
        news(order(date_deadline="tomorrow"))


MOVE: dict[str, Any] = {
    "id": 5,
    "state": "done",
    "product_id": PUMP,
    "quantity": 3.0,
    "product_uom": [1, "Units"],
    "date": "2026-12-01 12:00:00",
    "raw_material_production_id": False,
    "production_id": False,
    "location_id": [8, "WH/Stock"],
    "location_dest_id": [9, "Virtual/Production"],
}


def test_movements_of_an_order_are_issues_and_receipts() -> None:
    (issued,) = means("stock.move", {**MOVE, "raw_material_production_id": [1, "WH/MO/1"]})
    assert isinstance(issued, GoodsIssued)
    assert (issued.order_id, issued.location, issued.use) == ("WH/MO/1", "WH/Stock", "Consumed")
    (received,) = means("stock.move", {**MOVE, "production_id": [1, "WH/MO/1"]})
    assert isinstance(received, GoodsReceived)
    assert received.movement_id == "stock.move/5"
    assert means("stock.move", MOVE) == []
    assert means("stock.move", {**MOVE, "production_id": [1, "M"], "state": "assigned"}) == []


def test_a_check_is_decided_once_and_a_deletion_is_told() -> None:
    check = {"name": "QC1", "quality_state": "fail", "lot_id": [3, "L7"], "production_id": False}
    (said,) = means("quality.check", check)
    assert said == InspectionDecided(inspection_id="QC1", decision="reject", lot_id="L7")
    assert means("quality.check", check, check) == []
    assert means("quality.check", {**check, "quality_state": "none"}) == []
    (told,) = means(DELETED, {"model": "mrp.production", "id": 1})
    assert isinstance(told, Finding)


def test_refusals_are_in_odoos_words_also_where_they_were_cut() -> None:
    whole = '{"name": "odoo.exceptions.UserError", "message": "No \\"BoM\\"", "debug": "Trace'
    refusal = refusal_of(whole, "422")
    assert (str(refusal), refusal.code) == ('No "BoM"', "odoo.exceptions.UserError")
    assert refusal_of("<html>", "404").code == "404"


@given(st.text(max_size=60))
def test_any_answer_is_a_refusal(said: str) -> None:
    assert str(refusal_of(said, "422")) or not said


class Saying:
    """An Odoo that gives every call the same answer."""

    def __init__(self, said: bytes) -> None:
        self.said = said

    async def call(self, *_: object, **__: object) -> tuple[int, bytes]:
        return 200, self.said


class Long:
    """An Odoo with many orders, each of a product of its own."""

    def __init__(self, many: int) -> None:
        self.many = many

    async def call(self, _: str, path: str, *, body: bytes) -> tuple[int, bytes]:
        asked = msgspec.json.decode(body)
        if path.startswith("/product.product"):
            ((_, _, wanted),) = asked["domain"]
            return 200, msgspec.json.encode([{"id": n, "default_code": f"P{n}"} for n in wanted])
        (after,) = [leaf[2] for leaf in asked["domain"] if leaf[:2] == ["id", ">"]]
        numbers = range(after + 1, min(after + asked["limit"], self.many) + 1)
        rows = [{"id": n, "product_id": [n, "Pump"]} for n in numbers]
        return 200, msgspec.json.encode(rows)


async def test_memory_does_not_grow_with_the_records_that_are_pointed_to() -> None:
    feed = Feed(fields=("product_id",), codes={"product_id": "product.product"})
    settings = msgspec.structs.replace(SETTINGS, feeds={"mrp.production": feed})

    async def held(many: int) -> int:
        """Bytes before the last item."""
        count, most = 0, 0
        async for one in Changes(Calls(cast("Http", Long(many))), settings).since({}):
            count += 1
            assert msgspec.json.decode(one.raw)["product_id"]["code"] == f"P{count}"
            if count == many - 1:
                gc.collect()
                most = tracemalloc.get_traced_memory()[0]
        return most

    tracemalloc.start()
    try:
        few, many = await held(10_000), await held(20_500)
    finally:
        tracemalloc.stop()
    assert many - few < 100_000, "the codes of 10,000 products more are remembered"


async def looked_at(said: bytes) -> list[Item]:
    changes = Changes(Calls(cast("Http", Saying(said))), SETTINGS)
    return [item async for item in changes.since({})]


@pytest.mark.parametrize("said", [b"[2]", b"[{}]", b'[{"id": true}]', b"false", b'{"id": 1}'])
async def test_what_are_no_records_is_told_and_not_taken_for_some(said: bytes) -> None:
    with pytest.raises(MappingError, match="not records"):
        await looked_at(said)


async def test_a_record_that_points_nowhere_is_an_item_whose_mapping_refuses_it() -> None:
    odd = {**ORDER, "product_id": ["seven", "Pump"], "write_date": "2026-11-25 06:00:00"}
    first, *_ = await looked_at(msgspec.json.encode([odd]))
    with pytest.raises(MappingError, match="does not read as OrderRow"):
        means(first.kind, msgspec.json.decode(first.raw))


def test_a_place_reads_as_it_was_written() -> None:
    place = {"mrp.production": "2026-11-25 10:00:05", "stock.move": "2026-11-24 00:00:00"}
    assert read_place(written(place)) == place
    assert read_place("") == {}
    for bad in ("42", "mrp.production=", "mrp.production=2026-11-25 10:00:05"):
        with pytest.raises(SettingsError):
            read_place(bad)


def test_every_mistake_in_the_settings_is_named() -> None:
    bad = OdooSettings(
        url="https://erp.example/json/2",
        key=SecretStr("k"),
        page=0,
        feeds={"Mrp": Feed(fields=("name",), codes={"product_id": "product.product"})},
    )
    places = [fault.at for fault in setting_faults(bad)]
    assert places == ["url", "page", "feeds.Mrp", "feeds.Mrp.codes.product_id"]


def test_the_simulators_domains_are_those_of_odoo() -> None:
    row = {"a": 1, "b": "x"}
    assert holds(row, [])
    assert holds(row, [["a", "=", 1], ["b", "in", ["x", "y"]]])
    assert holds(row, ["|", ["a", "=", 2], ["b", "=", "x"]])
    assert not holds(row, ["!", "|", ["a", "=", 2], ["b", "=", "x"]])
    assert holds(row, ["&", ["a", ">", 0], "|", ["a", "=", 9], ["b", "!=", "y"], ["a", "<=", 1]])


@pytest.mark.parametrize("quantity", [1e40, "NaN"])
def test_a_quantity_that_counts_nothing_is_the_orders_fault(quantity: Any) -> None:
    with pytest.raises(InvalidError, match="is no amount"):
        means("mrp.production", {**ORDER, "product_qty": quantity})
