"""What a missed movement of stock reaches: orders, customers and the journal, over the API."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.api_plant import NOON, Plant, open_plant

SEAL, PUMP = "item/company:SEAL", "item/company:PUMP"
SEALS, MORE, PUMPS = (f"material-lot/company:{lot}" for lot in ("S1", "S2", "A1"))
SHORT, OPEN, DONE = (f"production-order/erp:100{n}" for n in (1, 2, 3))
WAITS, PROMISED, GONE = (f"sales-order/erp:{n}" for n in (1, 2, 3))
ENTRY = "journal-entry/erp:7"


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    """Ten seals of a lot are gone from the store and not from the books: an order of pumps misses
    six. Three pumps of a lot were counted in the warehouse, where the books have nine."""
    async with open_plant(database) as plant:
        for n, name in enumerate((SEAL, PUMP, SEALS, MORE, PUMPS, SHORT, OPEN, DONE, ENTRY)):
            await plant.subject(name, position=n + 1)
        for lot, item in ((SEALS, SEAL), (MORE, SEAL), (PUMPS, PUMP)):
            await plant.link(lot, "of", item)
        for lot, place, system, amount in (
            (SEALS, "production", "erp", 10), (SEALS, "production", "wms", 0),
            (MORE, "production", "erp", 4), (MORE, "production", "wms", 4),
            (PUMPS, "warehouse", "erp", 9), (PUMPS, "warehouse", "wms", 3),
        ):  # fmt: skip
            await plant.belief(lot, f"stock.{place}.unrestricted", system, f"{amount} PC")
        await plant.link(SEAL, "missing-for", SHORT)
        await plant.belief(SHORT, "missing", "wms", "SEAL 6 PC")
        for name, status in ((SHORT, "Released"), (OPEN, "Running"), (DONE, "Completed")):
            await plant.belief(name, "material", "erp", "PUMP")
            await plant.belief(name, "status", "erp", status)
        ends = (NOON + timedelta(hours=3)).isoformat()
        await plant.belief(SHORT, "scheduled_end", "planning", ends)
        await plant.belief(SHORT, "scheduled_on", "planning", "LINE1")
        for name, value in (("material", "SEAL"), ("quantity", "-4 PC"), ("value", "-10 EUR")):
            await plant.belief(ENTRY, name, "erp", value)
        for days, name in enumerate((WAITS, PROMISED, GONE)):
            await plant.subject(name, position=20 + days)
            await plant.link(name, "orders", PUMP)
            await plant.link(name, "customer", f"party/company:{name[-1]}")
            at = (NOON + timedelta(days=days)).isoformat()
            await plant.belief(name, "wanted-by", "erp", at)
            await plant.belief(name, "on-delivery", "erp", "wholly" if name == GONE else "open")
        await plant.link(PROMISED, "promised-from", PUMPS)
        await plant.belief(PROMISED, "lots", "wms", "A1")
        await plant.link("delivery/erp:8", "fulfils", GONE)
        await plant.link("delivery/erp:8", "ships", PUMPS)
        await plant.belief("delivery/erp:8", "departed_at", "tms", NOON.isoformat())
        plant.client.headers.update(await plant.key("read"))
        yield plant


async def reached(plant: Plant, name: str) -> dict[str, Any]:
    answer = await plant.client.get(f"/v1/reach/{name}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def sales(said: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(one["order"], one["customer"], one["through"]) for one in said["sales"]]


@pytest.mark.parametrize("name", [SHORT, SEAL, SEALS, "SEAL"])
async def test_seals_that_are_gone_reach_an_order_its_customers_and_the_journal(
    plant: Plant, name: str
) -> None:
    said = await reached(plant, name)
    assert said["items"] == ["SEAL"]
    (gap,) = said["gaps"]
    assert (gap["lot"], gap["off"], gap["unit"], gap["worth"]) == (SEALS, "10", "PC", "25 EUR")
    assert said["valued_by"] == {"SEAL": ENTRY}
    (order,) = said["orders"]
    assert (order["order"], order["how"], order["missing"]) == (SHORT, "misses", "SEAL 6 PC")
    assert order["machine"] == "LINE1"
    assert order["ends_at"].startswith("2026-03-02T15:00:00")
    assert sales(said) == [
        (WAITS, "party/company:1", SHORT),
        (PROMISED, "party/company:2", SHORT),
    ]


async def test_pumps_that_were_counted_reach_who_was_promised_them_and_who_makes_more(
    plant: Plant,
) -> None:
    said = await reached(plant, PUMPS)
    (gap,) = said["gaps"]
    assert [(one["source"], one["amount"]) for one in gap["words"]] == [("erp", "9"), ("wms", "3")]
    assert (gap["off"], gap["worth"]) == ("6", None)
    assert {one["order"]: one["how"] for one in said["orders"]} == {SHORT: "makes", OPEN: "makes"}
    assert sales(said) == [(PROMISED, "party/company:2", PUMPS)]


async def test_who_misses_goods_is_named_whatever_lot_they_would_leave_from(plant: Plant) -> None:
    await plant.belief(WAITS, "missing", "wms", "PUMP 4 PC")
    assert sales(await reached(plant, PUMP)) == [
        (WAITS, "party/company:1", None),
        (PROMISED, "party/company:2", PUMPS),
    ]


async def test_an_order_is_named_until_its_delivery_has_left(plant: Plant) -> None:
    await plant.db.execute("delete from belief where attribute = 'departed_at'")
    assert (GONE, "party/company:3", PUMPS) in sales(await reached(plant, PUMPS))


async def test_who_is_promised_from_another_lot_now_is_not_named(plant: Plant) -> None:
    await plant.db.execute("""update belief set value = '"A11"' where attribute = 'lots'""")
    assert sales(await reached(plant, PUMPS)) == []


async def test_a_case_says_what_it_reaches_where_systems_differ(plant: Plant) -> None:
    case = await plant.case("c-1", subject=SHORT)
    said = (await plant.client.get(f"/v1/exceptions/{case}")).json()
    assert [gap["lot"] for gap in said["reach"]["gaps"]] == [SEALS]
    other = await plant.case("c-2", subject=MORE)
    for id in (other, await plant.case("c-3"), await plant.case("c-4", subject=ENTRY)):
        assert (await plant.client.get(f"/v1/exceptions/{id}")).json()["reach"] is None


async def test_what_is_elsewhere_is_not_shown(plant: Plant) -> None:
    await plant.db.execute("update subject set site = 'far' where name in ($1, $2)", SEALS, WAITS)
    plant.client.headers.update(await plant.key("read", sites=["riverside"]))
    said = await reached(plant, SEAL)
    assert said["gaps"] == []
    assert [order for order, *_ in sales(said)] == [PROMISED]
    assert (await plant.client.get(f"/v1/reach/{SEALS}")).status_code == 404


async def test_what_is_about_no_item_reaches_nothing(plant: Plant) -> None:
    said = await reached(plant, ENTRY)
    assert [said[part] for part in ("items", "gaps", "orders", "sales")] == [[], [], [], []]
    assert (await plant.client.get("/v1/reach/nobody")).status_code == 404
    assert (await plant.client.get("/v1/reach/%00")).status_code == 404
