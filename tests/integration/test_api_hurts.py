"""Whom a shortage hurts: the sales orders that wait for what cannot be made."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from tests.integration.api_plant import NOON, Plant, open_plant

MAKES, OTHER = "production-order/erp:1001", "production-order/erp:1002"
BOUGHT, SEAL, PUMP = "purchase-order/erp:45001", "item/company:SEAL", "item/company:PUMP"
LATE, SOON, GONE = (f"sales-order/erp:{n}" for n in (1, 2, 3))


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    """Order 1001 makes pumps and misses seals, of which a purchase order brings some; three
    customers want pumps, and one has them on a delivery already."""
    async with open_plant(database) as plant:
        for name in (MAKES, OTHER, BOUGHT, SEAL, PUMP):
            await plant.subject(name)
        await plant.belief(MAKES, "material", "erp", "PUMP")
        await plant.belief(MAKES, "missing", "wms", "SEAL 6 PC")
        await plant.belief(OTHER, "material", "erp", "PUMP")
        await plant.belief(OTHER, "missing", "wms", None)
        await plant.link(SEAL, "missing-for", MAKES)
        await plant.link(SEAL, "missing-for", OTHER)
        await plant.link(BOUGHT, "orders", SEAL)
        for name, days, status in ((LATE, 3, "open"), (SOON, 1, "partly"), (GONE, 0, "wholly")):
            await plant.subject(name, site="office" if name == LATE else "riverside")
            await plant.link(name, "orders", PUMP)
            await plant.link(name, "customer", f"party/company:{name[-1]}")
            at = (NOON + timedelta(days=days)).isoformat()
            await plant.belief(name, "wanted-by", "erp", at)
            await plant.belief(name, "on-delivery", "erp", status)
        plant.client.headers.update(await plant.key("read"))
        yield plant


async def hurt_by(plant: Plant, subject: str | None) -> list[tuple[str, str, str]]:
    case = await plant.case(f"c-{subject}", subject=subject)
    answer = await plant.client.get(f"/v1/exceptions/{case}")
    assert answer.status_code == 200, answer.text
    return [(one["order"], one["customer"], one["item"]) for one in answer.json()["hurts"]]


@pytest.mark.parametrize("subject", [MAKES, SEAL, BOUGHT])
async def test_who_waits_for_what_cannot_be_made_is_named_soonest_first(
    plant: Plant, subject: str
) -> None:
    assert await hurt_by(plant, subject) == [
        (SOON, "party/company:2", "PUMP"),
        (LATE, "party/company:1", "PUMP"),
    ]


async def test_an_order_that_misses_nothing_hurts_nobody(plant: Plant) -> None:
    assert await hurt_by(plant, OTHER) == []
    assert await hurt_by(plant, None) == []
    await plant.db.execute("update belief set value = 'null' where attribute = 'missing'")
    assert await hurt_by(plant, SEAL) == []


async def test_an_item_is_known_by_the_number_of_the_system_that_makes_it_too(
    plant: Plant,
) -> None:
    await plant.db.execute("update link set object = 'item/erp:PUMP' where object = $1", PUMP)
    assert len(await hurt_by(plant, MAKES)) == 2


async def test_what_is_sold_elsewhere_is_not_shown(plant: Plant) -> None:
    plant.client.headers.update(await plant.key("read", sites=["riverside"]))
    assert [order for order, *_ in await hurt_by(plant, MAKES)] == [SOON]
