"""How much there is of an item: books and shelves beside each other, holds, and nobody else's."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.api_plant import NOON, Plant, open_plant

ITEM = "item/company:PUMP"
ONE, TWO, EMPTY, FAR = (f"material-lot/company:{n}" for n in ("L1", "L2", "L3", "L4"))
PATH = "/v1/availability/PUMP"
WAREHOUSE = "stock.warehouse.unrestricted"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    """Lot 1 is held by quality, lot 2 partly blocked, lot 3 all gone, lot 4 at another plant."""
    async with open_plant(database) as plant:
        await plant.subject(ITEM)
        for n, name in enumerate((ONE, TWO, EMPTY, FAR), start=2):
            await plant.subject(name, site="far" if name == FAR else "riverside", position=n)
            await plant.link(name, "of", ITEM)
        await plant.subject("material-lot/company:S1", position=9)
        await plant.link("material-lot/company:S1", "of", "item/company:SEAL")
        await plant.belief("material-lot/company:S1", WAREHOUSE, "erp", "99 PC")
        await plant.belief(ONE, WAREHOUSE, "erp", "12 PC", at=NOON - 10 * MINUTE)
        await plant.belief(ONE, WAREHOUSE, "wms", "11 PC", at=NOON - MINUTE)
        await plant.belief(ONE, "stock.production.unrestricted", "erp", "0.5 PC")
        await plant.belief(ONE, "hold", "qms", True, at=NOON - 2 * MINUTE)
        await plant.belief(ONE, "hold", "mes", False)
        await plant.belief(TWO, WAREHOUSE, "erp", "7 PC")
        await plant.belief(TWO, "stock.warehouse.blocked", "erp", "2 PC")
        await plant.belief(EMPTY, WAREHOUSE, "erp", "0 PC")
        await plant.belief(FAR, WAREHOUSE, "erp-b", "5 PCE")
        plant.client.headers.update(await plant.key("read:inventory"))
        yield plant


async def asked(plant: Plant, path: str = PATH) -> dict[str, Any]:
    answer = await plant.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def totals(said: dict[str, Any]) -> dict[str, tuple[str, str, str, str]]:
    return {
        one["source"]: (one["unit"], one["amount"], one["free"], one["held"])
        for one in said["totals"]
    }


async def test_each_system_is_summed_by_itself_and_nothing_is_converted(plant: Plant) -> None:
    said = await asked(plant)
    assert totals(said) == {
        "erp": ("PC", "21.5", "7", "14.5"),
        "erp-b": ("PCE", "5", "5", "0"),
        "wms": ("PC", "11", "0", "11"),
    }
    ages = {one["source"]: one["oldest_age_s"] for one in said["totals"]}
    assert ages == {"erp": 600.0, "erp-b": 0.0, "wms": 60.0}
    assert said["more"] is False


async def test_what_the_books_have_in_inspection_is_free_nowhere(plant: Plant) -> None:
    """The shelves know nothing of an inspection."""
    await plant.belief(TWO, "stock.production.inspection", "erp", "3 PC")
    await plant.belief(TWO, WAREHOUSE, "wms", "7 PC")
    said = await asked(plant, f"{PATH}?lot=L2")
    assert totals(said) == {"erp": ("PC", "12", "0", "12"), "wms": ("PC", "7", "0", "7")}
    await plant.belief(FAR, "stock.warehouse.inspection", "erp-b", "0 PCE")
    assert totals(await asked(plant, f"{PATH}?lot=L4")) == {"erp-b": ("PCE", "5", "5", "0")}


async def test_each_lot_says_who_has_how_much_where_and_who_holds_it(plant: Plant) -> None:
    lots = {one["local"]: one for one in (await asked(plant))["lots"]}
    assert list(lots) == ["L4", "L2", "L1"], "the youngest first, and none of which is nothing left"
    assert [
        (one["source"], one["location"], one["use"], one["amount"], one["age_s"])
        for one in lots["L1"]["stock"]
    ] == [
        ("erp", "production", "unrestricted", "0.5", 0.0),
        ("erp", "warehouse", "unrestricted", "12", 600.0),
        ("wms", "warehouse", "unrestricted", "11", 60.0),
    ]
    assert [(one["source"], one["age_s"]) for one in lots["L1"]["holds"]] == [("qms", 120.0)]
    assert lots["L2"]["holds"] == []


async def test_a_plant_or_a_lot_may_be_asked_for(plant: Plant) -> None:
    assert set(totals(await asked(plant, f"{PATH}?site=far"))) == {"erp-b"}
    assert totals(await asked(plant, f"{PATH}?lot=L2")) == {"erp": ("PC", "9", "7", "2")}
    assert totals(await asked(plant, f"{PATH}?lot={TWO}")) == {"erp": ("PC", "9", "7", "2")}
    gone = await asked(plant, f"{PATH}?lot=L3")
    assert (gone["totals"], gone["lots"]) == ([], [])


async def test_an_item_is_known_by_its_full_name_and_by_a_systems_own(plant: Plant) -> None:
    assert len((await asked(plant, "/v1/availability/item%2Fcompany:PUMP"))["lots"]) == 3
    await plant.connection("erp-b")
    await plant.db.execute(
        "update link set object = 'item/erp-b:PUMP' where subject = any($1::text[])", [FAR, TWO]
    )
    assert len((await asked(plant))["lots"]) == 3


async def test_only_what_is_at_the_callers_sites_is_seen(plant: Plant) -> None:
    here = await plant.key("read:inventory", "read", sites=["riverside"])
    said = (await plant.client.get(PATH, headers=here)).json()
    assert set(totals(said)) == {"erp", "wms"}
    for more in ("?site=far", "?lot=L4"):
        assert (await plant.client.get(PATH + more, headers=here)).status_code == 404


async def test_partners_and_keys_of_another_scope_see_nothing(plant: Plant) -> None:
    partner = await plant.key("read:inventory", party="party/company:1710")
    other = await plant.key("read:production")
    for headers in (partner, other):
        assert (await plant.client.get(PATH, headers=headers)).status_code == 403


@pytest.mark.parametrize("item", ["NOTHING", "a%00b", "L1"])
async def test_what_nobody_has_a_lot_of_is_not_there(plant: Plant, item: str) -> None:
    answer = await plant.client.get(f"/v1/availability/{item}")
    assert answer.status_code == 404
    assert "You have no lot of" in answer.json()["detail"]
