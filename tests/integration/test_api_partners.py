"""A partner's key: it sees its own, of that what a partnership names, and nothing else."""

from collections.abc import AsyncGenerator
from urllib.parse import quote

import pytest

from tests.integration.api_plant import Plant, open_plant

PARTY, OTHER = "party/company:1710", "party/company:1720"
MINE, THEIRS = "production-order/erp:1001", "production-order/erp:1002"


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    async with open_plant(database) as plant:
        for position, (name, party) in enumerate(((MINE, PARTY), (THEIRS, OTHER)), start=1):
            await plant.subject(name, position=position)
            await plant.link(name, "customer", party)
            await plant.belief(name, "made", "mes", position)
            await plant.belief(name, "made", "erp", 99)
            await plant.belief(name, "cost", "erp", 12)
        headers = await plant.key("read:production", "commands:production", party=PARTY)
        plant.client.headers.update(headers)
        yield plant


async def test_it_sees_its_own_and_what_is_named_of_it(plant: Plant) -> None:
    answer = await plant.client.get("/v1/production/production-order")
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["items"]
    assert one["name"] == MINE
    assert [value["attribute"] for value in one["values"]] == ["made"]
    assert one["values"][0]["others"] == []
    answer = await plant.client.get("/v1/production/production-order/1001")
    assert answer.json()["values"] == one["values"]


async def test_what_is_anothers_is_not_there_for_it(plant: Plant) -> None:
    for any_id in ("1002", quote(THEIRS, safe=""), "1003"):
        answer = await plant.client.get(f"/v1/production/production-order/{any_id}")
        assert answer.status_code == 404
        assert "You have no production-order" in answer.json()["detail"]


async def test_its_own_number_means_its_own_object(plant: Plant) -> None:
    for subject, system in ((MINE, "1710"), (THEIRS, "1720")):
        await plant.db.execute(
            "insert into alias (system, kind, local, subject)"
            " values ($1, 'production-order', 'PO-1', $2)",
            system,
            subject,
        )
    answer = await plant.client.get("/v1/production/production-order/PO-1")
    assert answer.json()["name"] == MINE


async def test_a_role_without_a_partnership_shows_nothing(plant: Plant) -> None:
    await plant.db.execute("update link set relation = 'witness' where subject = $1", MINE)
    answer = await plant.client.get("/v1/production/production-order/1001")
    assert answer.status_code == 404
    assert (await plant.client.get("/v1/production/production-order")).json()["items"] == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/overview", "/v1/subjects", "/v1/subjects/1001", "/v1/exceptions", "/v1/connections",
        "/v1/feed", "/v1/quality/material-lot",
    ],
)  # fmt: skip
async def test_the_rest_of_the_house_is_shut(plant: Plant, path: str) -> None:
    assert (await plant.client.get(path)).status_code == 403


async def test_a_scope_that_no_partner_may_have_opens_nothing(plant: Plant) -> None:
    headers = await plant.key("admin", "read", "events:write", "inbox:mes", party=PARTY)
    for path in ("/v1/overview", "/v1/production/production-order"):
        assert (await plant.client.get(path, headers=headers)).status_code == 403
    answer = await plant.client.post("/v1/events", json={}, headers=headers)
    assert answer.status_code == 403
    assert (await plant.client.post("/in/mes", headers=headers)).status_code == 401


async def test_related_objects_are_shown_as_far_as_they_are_its_own(plant: Plant) -> None:
    await plant.link(MINE, "beside", THEIRS)
    path = "/v1/production/production-order/1001?related=production-order"
    assert (await plant.client.get(path)).json()["related"] == []
    await plant.link(THEIRS, "customer", PARTY)
    (beside,) = (await plant.client.get(path)).json()["related"]
    assert (beside["relation"], beside["name"]) == ("beside", THEIRS)
    everything = await plant.key("read")
    answer = await plant.client.get(path, headers=everything)
    assert {value["attribute"] for value in answer.json()["related"][0]["values"]} == {
        "cost", "made",
    }  # fmt: skip


async def test_the_way_of_a_command_is_told_to_whoever_sent_it(plant: Plant) -> None:
    me = "key:kread:production-commands:production"
    for position, (key, actor) in enumerate(((f"{me}:a", me), (f"{me}:b", "key:another")), start=7):
        await plant.record(position, MINE, kind="command")
        await plant.db.execute("update log set actor = $1 where position = $2", actor, position)
        await plant.db.execute(
            "insert into seen (source, id, digest, position) values ('command', $1, '', $2)",
            key,
            position,
        )
    assert (await plant.client.get(f"/v1/commands/{me}:a")).status_code == 200
    assert (await plant.client.get(f"/v1/commands/{me}:b")).status_code == 404
    headers = await plant.key("read")
    assert (await plant.client.get(f"/v1/commands/{me}:b", headers=headers)).status_code == 200


async def test_pages_of_objects_follow_each_other(plant: Plant) -> None:
    everything = await plant.key("read")
    names: list[str] = []
    path = "/v1/production/production-order?limit=1"
    page = (await plant.client.get(path, headers=everything)).json()
    while page["items"]:
        names += [one["name"] for one in page["items"]]
        answer = await plant.client.get(f"{path}&before={page['next_before']}", headers=everything)
        page = answer.json()
    assert names == [THEIRS, MINE]
