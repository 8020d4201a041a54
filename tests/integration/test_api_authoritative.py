"""What counts as true of one object: the owner's word, else the newest, with its age."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.integration.api_plant import NOON, Plant, open_plant

ORDER = "production-order/erp:1001"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    async with open_plant(database) as plant:
        plant.client.headers.update(await plant.key("read"))
        yield plant


async def test_what_counts_is_the_owners_word_with_its_source_and_age(plant: Plant) -> None:
    await plant.subject(ORDER)
    await plant.subject("material-lot/erp:1001", position=2)
    await plant.ownership("status", "mes", "erp", 5 * MINUTE)
    await plant.belief(ORDER, "status", "mes", "completed", at=NOON - 10 * MINUTE)
    await plant.belief(ORDER, "status", "erp", "running", at=NOON - MINUTE)
    await plant.belief(ORDER, "colour", "plm", "red", at=NOON - 3 * MINUTE)
    await plant.belief(ORDER, "colour", "erp", "blue", at=NOON - 2 * MINUTE)
    for any_id in ("1001", quote(ORDER, safe="")):
        answer = await plant.client.get(f"/v1/production/production-order/{any_id}")
        assert answer.status_code == 200, answer.text
        said = answer.json()
        assert said["name"] == ORDER
        values = {
            one["attribute"]: (
                one["value"],
                one["source"],
                one["owner"],
                one["age_s"],
                one["others"],
            )
            for one in said["values"]
        }
        assert values == {
            "status": ("completed", "mes", "mes", 600.0, ["erp"]),
            "colour": ("blue", "erp", None, 120.0, ["plm"]),
        }


async def test_a_kind_that_a_capability_does_not_have_is_named_with_those_it_has(
    plant: Plant,
) -> None:
    await plant.subject("material-lot/erp:L1")
    for path in ("production/material-lot/L1", "nothing/production-order/1001"):
        answer = await plant.client.get(f"/v1/{path}")
        assert answer.status_code == 404
        assert "It knows" in answer.json()["detail"]
    answer = await plant.client.get("/v1/production/production-order/L1")
    assert answer.status_code == 404
    assert "is a material-lot" in answer.json()["detail"]
