"""Events, commands, decisions: what is let in, and what is refused with every reason."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import pytest

from tests.integration.api_plant import NOON, Plant, PumpMade, open_plant


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    async with open_plant(database) as plant:
        yield plant


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "mes",
        "type": "andon.production.pump.made.v1",
        "time": NOON.isoformat(),
        "data": {"order": "PO-1", "pieces": number},
    } | changes


async def test_an_event_is_accepted(plant: Plant) -> None:
    key = await plant.key("events:write", system="mes")
    answer = await plant.client.post("/v1/events", json=event(), headers=key)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "positions": [1]})
    (arrived,) = plant.hub.accepted
    assert arrived.event == PumpMade(order="PO-1", pieces=1)
    assert (arrived.source, arrived.id, arrived.occurred_at) == ("mes", "e1", NOON)


async def test_a_batch_with_faults_names_all_and_records_nothing(plant: Plant) -> None:
    key = await plant.key("events:write", system="mes")
    batch = [
        event(1),
        event(2, data={"order": 7, "pieces": "many"}),
        event(3, type="andon.production.pump.lost.v1"),
        event(4, type="andon.production.pump.paint.v1", data={"order": "1", "colour": "red"}),
    ]
    answer = await plant.client.post("/v1/events", json=batch, headers=key)
    assert answer.status_code == 422
    places = {one["at"] for one in answer.json()["errors"]}
    assert places == {"/1/data/order", "/1/data/pieces", "/2/type", "/3/type"}
    assert plant.hub.accepted == []


async def test_an_envelope_with_faults_names_all(plant: Plant) -> None:
    key = await plant.key("events:write", system="mes")
    broken = {
        "specversion": "0.3",
        "id": "",
        "source": "mes",
        "time": "2026-01-01T00:00:00",
        "data": {},
    }
    answer = await plant.client.post("/v1/events", json=broken, headers=key)
    assert answer.status_code == 422
    assert {"/specversion", "/id", "/time", ""} == {one["at"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 5000, b"null", b"7"])
async def test_what_is_no_event_is_refused(plant: Plant, body: bytes) -> None:
    key = await plant.key("events:write", system="mes")
    answer = await plant.client.post("/v1/events", content=body, headers=key)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


@pytest.mark.parametrize("system", [None, "erp"])
async def test_nobody_speaks_for_another_system(plant: Plant, system: str | None) -> None:
    key = await plant.key("admin", system=system)
    answer = await plant.client.post("/v1/events", json=event(), headers=key)
    assert answer.status_code == 403
    assert plant.hub.accepted == []


async def paint(plant: Plant, body: Any, key: dict[str, str], **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await plant.client.post("/v1/production/paint-pump", json=body, headers={**key, **named})


async def test_a_command_answers_its_document_number(plant: Plant) -> None:
    key = await plant.key("commands:production")
    red = {"order": "PO-1", "colour": "red"}
    done = await paint(plant, red, key, Idempotency_Key="k1", Prefer="respond-async, wait=5")
    assert (done.status_code, done.json()["reference"]) == (201, "PAINT-1")
    going = await paint(plant, red, key, Idempotency_Key="k1")
    assert (going.status_code, going.json()) == (202, {"status": "/v1/commands/k1"})
    assert going.headers["location"] == "/v1/commands/k1"


@pytest.mark.parametrize(
    ("colour", "status", "says"), [("pink", 409, "no pumps pink"), ("black", 403, "the planner")]
)
async def test_a_refusal_comes_in_the_systems_words(
    plant: Plant, colour: str, status: int, says: str
) -> None:
    key = await plant.key("commands:production")
    answer = await paint(plant, {"order": "1", "colour": colour}, key, Idempotency_Key="k")
    assert answer.status_code == status
    assert says in answer.json()["detail"]
    assert answer.json()["acts"] == "data owner"


async def test_a_command_needs_its_key_and_its_shape(plant: Plant) -> None:
    key = await plant.key("commands:production")
    assert (await paint(plant, {"order": "1", "colour": "red"}, key)).status_code == 400
    blank = await paint(plant, {"order": "1", "colour": "red"}, key, Idempotency_Key="a b")
    assert blank.status_code == 400
    wrong = await paint(plant, {"order": 1, "size": 2}, key, Idempotency_Key="k")
    assert wrong.status_code == 422
    assert len(wrong.json()["errors"]) == 3
    assert plant.hub.submitted == {}
    await paint(plant, {"order": "1", "colour": "red"}, key, Idempotency_Key="k")
    other = await paint(plant, {"order": "2", "colour": "red"}, key, Idempotency_Key="k")
    assert other.status_code == 422


async def test_a_scope_is_for_its_capability_only(plant: Plant) -> None:
    key = await plant.key("commands:quality", "read")
    answer = await paint(plant, {"order": "1", "colour": "red"}, key, Idempotency_Key="k")
    assert answer.status_code == 403
    unknown = await plant.client.post(
        "/v1/quality/place-hold", json={}, headers={**key, "Idempotency-Key": "k"}
    )
    assert unknown.status_code == 404


async def test_a_command_says_where_it_stands(plant: Plant) -> None:
    key = await plant.key("read")
    order = "production-order/erp:1"
    assert (await plant.client.get("/v1/commands/key:a:k/1", headers=key)).status_code == 404
    await plant.record(1, order, kind="command", source="andon", id="key:a:k/1")
    await plant.db.execute("insert into seen values ('command', 'key:a:k/1', '', 1)")
    standing = (await plant.client.get("/v1/commands/key:a:k/1", headers=key)).json()
    assert standing["state"] == "recorded"
    await plant.record(2, order, kind="receipt", cause=1, source="mes", data={"reference": "R"})
    standing = (await plant.client.get("/v1/commands/key:a:k/1", headers=key)).json()
    assert (standing["state"], standing["reference"], standing["connection"]) == (
        "delivered",
        "R",
        "mes",
    )


async def test_a_case_is_acknowledged_and_resolved(plant: Plant) -> None:
    key = await plant.key("read", "exceptions:write")
    case = await plant.case("x")
    post = plant.client.post
    first = await post(f"/v1/exceptions/{case}/acknowledge", json={"note": "looking"}, headers=key)
    assert (first.status_code, first.json()["state"]) == (200, "acknowledged")
    done = (
        await post(f"/v1/exceptions/{case}/resolve", json={"note": "fixed"}, headers=key)
    ).json()
    assert (done["state"], done["closed_by"]) == ("resolved", "key:kread-exceptions:write")
    assert [step["note"] for step in done["detail"]["history"]] == ["looking", "fixed"]
    again = (await post(f"/v1/exceptions/{case}/acknowledge", json={}, headers=key)).json()
    assert again["state"] == "resolved"


async def test_a_question_is_answered_once_with_one_of_its_choices(plant: Plant) -> None:
    key = await plant.key("exceptions:write")
    case = await plant.case("x", choices=["resume", "give up"])
    post = plant.client.post
    wrong = await post(f"/v1/exceptions/{case}/answer", json={"answer": "no"}, headers=key)
    assert (wrong.status_code, wrong.json()["errors"][0]["at"]) == (422, "/answer")
    assert (await post(f"/v1/exceptions/{case}/resolve", json={}, headers=key)).status_code == 409
    for _ in range(2):
        right = await post(f"/v1/exceptions/{case}/answer", json={"answer": "resume"}, headers=key)
        assert (right.status_code, right.json()["answer"]) == (200, "resume")
    other = await post(f"/v1/exceptions/{case}/answer", json={"answer": "give up"}, headers=key)
    assert other.status_code == 409
    assert plant.hub.answers == [(case, "resume", "key:kexceptions:write")]


async def test_a_connection_is_paused_and_resumed(plant: Plant) -> None:
    key = await plant.key("connections:write")
    await plant.connection("wms")
    paused = await plant.client.post("/v1/connections/wms/pause", headers=key)
    assert (paused.status_code, paused.json()["wanted"]) == (200, "paused")
    why = {"note": "the certificate is renewed"}
    resumed = await plant.client.post("/v1/connections/wms/resume", json=why, headers=key)
    assert resumed.json()["wanted"] == "running"
    wrong = await plant.client.post("/v1/connections/wms/resume", json={"why": 1}, headers=key)
    assert wrong.status_code == 422
    assert plant.hub.woken == 2
    notes = await plant.db.fetch("select type, actor, data from log order by position")
    assert [(n["type"], n["actor"], msgspec.json.decode(n["data"])["reason"]) for n in notes] == [
        ("andon.connection.paused.v1", "key:kconnections:write", None),
        ("andon.connection.resumed.v1", "key:kconnections:write", "the certificate is renewed"),
    ]


async def test_a_new_key_is_heard_of(plant: Plant) -> None:
    from andon.store.access import create_key

    token = await create_key(plant.db, "new", scopes=["read"])
    async with asyncio.timeout(30):
        while True:
            answer = await plant.client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
            if answer.status_code == 200:
                break
            await asyncio.sleep(0.01)
