"""Who comes in, and who does not."""

import base64
import re
from collections.abc import AsyncGenerator

import pytest
from litestar.routes import HTTPRoute

from andon.store.access import (
    account_of_session,
    create_account,
    create_login_link,
    open_session,
    revoke_key,
    set_password,
)
from tests.integration.api_plant import Plant, open_plant

OPEN = {("GET", "/healthz"), ("POST", "/v1/session"), ("DELETE", "/v1/session")}


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    async with open_plant(database) as plant:
        yield plant


def addresses(plant: Plant) -> list[tuple[str, str]]:
    """Every method and address of the application."""
    said = {"{exception_id:int}": "1", "{capability:str}": "production", "{command:str}": "paint"}
    return sorted(
        (method, re.sub(r"{[^}]*}", lambda found: said.get(found[0], "x"), route.path))
        for route in plant.app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    )


async def test_no_route_answers_without_a_key(plant: Plant) -> None:
    found = addresses(plant)
    assert len(found) > 15
    for method, path in found:
        answer = await plant.client.request(method, path)
        expected = 401 if (method, path) not in OPEN else None
        if expected:
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"].startswith("Bearer")
    assert set(found) >= OPEN


async def test_no_route_answers_a_key_without_scopes(plant: Plant) -> None:
    key = await plant.key()
    for method, path in addresses(plant):
        if (method, path) not in OPEN:
            answer = await plant.client.request(method, path, headers=key)
            assert answer.status_code == 403, (method, path)


async def test_a_reader_may_not_write(plant: Plant) -> None:
    key = await plant.key("read")
    for method, path in addresses(plant):
        if method == "POST" and (method, path) not in OPEN:
            answer = await plant.client.request(method, path, headers=key)
            assert answer.status_code == 403, (method, path)


async def test_options_tell_nothing_without_a_key(plant: Plant) -> None:
    answer = await plant.client.options("/v1/subjects")
    assert answer.status_code in (204, 401)
    assert not answer.content or answer.status_code == 401


async def test_a_revoked_key_opens_nothing(plant: Plant) -> None:
    key = await plant.key("read")
    assert (await plant.client.get("/v1/me", headers=key)).status_code == 200
    assert await revoke_key(plant.db, "kread") == 1
    await plant.hub.ring.refresh(plant.db)
    assert (await plant.client.get("/v1/me", headers=key)).status_code == 401


async def test_only_digests_are_kept(plant: Plant) -> None:
    key = await plant.key("read")
    token = key["Authorization"].split()[1]
    rows = await plant.db.fetch("select access_key::text as row from access_key")
    assert all(token not in row["row"] for row in rows)


async def test_a_key_is_a_basic_password_at_the_inbox(plant: Plant) -> None:
    key = await plant.key("inbox:mes")
    token = key["Authorization"].split()[1]
    for user in ("mes", "anything", ""):
        basic = base64.b64encode(f"{user}:{token}".encode()).decode()
        answer = await plant.client.post("/in/mes/x", headers={"Authorization": f"Basic {basic}"})
        assert answer.status_code == 200
    assert (await plant.client.post("/in/mes/x", headers=key)).status_code == 200
    assert (await plant.client.post("/in/mes/x")).status_code == 401
    other = await plant.key("inbox:wms")
    assert (await plant.client.post("/in/mes/x", headers=other)).status_code == 401


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic",
        "Basic !!",
        "Basic YQ==",
        "Digest x",
        "\xff\xfe",
        "Bearer é",
    ],
)
async def test_odd_authorizations_are_nobody(plant: Plant, value: str) -> None:
    answer = await plant.client.get("/v1/me", headers={b"authorization": value.encode("latin-1")})
    assert answer.status_code == 401


async def test_a_wrong_key_is_not_saved_by_a_session(plant: Plant) -> None:
    await create_account(plant.db, "ada", "pw", roles=["administrator"])
    token = await open_session(plant.db, "ada")
    cookie = {"Cookie": f"andon_session={token}"}
    assert (await plant.client.get("/v1/me", headers=cookie)).status_code == 200
    wrong = {**cookie, "Authorization": "Bearer andon_wrong"}
    assert (await plant.client.get("/v1/me", headers=wrong)).status_code == 401


async def test_a_person_logs_in_and_out(plant: Plant) -> None:
    await create_account(
        plant.db, "ada", "right", roles=["planner", "shift lead"], sites=["riverside"]
    )
    login = {"name": "ada", "password": "right"}
    answer = await plant.client.post("/v1/session", json=login)
    assert answer.status_code == 204, answer.text
    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/", "max-age=43200"):
        assert part in cookie
    assert "secure" not in cookie
    me = (await plant.client.get("/v1/me")).json()
    assert me == {
        "name": "ada",
        "roles": ["planner", "shift lead"],
        "scopes": ["exceptions:write", "read"],
        "sites": ["riverside"],
    }
    token = plant.client.cookies["andon_session"]
    gone = await plant.client.delete("/v1/session", headers={"Origin": "http://localhost"})
    assert gone.status_code == 204
    assert await account_of_session(plant.db, token) is None
    again = await plant.client.get("/v1/me", headers={"Cookie": f"andon_session={token}"})
    assert again.status_code == 401


async def test_a_login_link_works_once(plant: Plant) -> None:
    await create_account(plant.db, "ada", "pw", roles=["viewer"])
    link = await create_login_link(plant.db, "ada")
    own = {"Origin": "http://localhost"}
    first = await plant.client.post("/v1/session", json={"link": link}, headers=own)
    second = await plant.client.post("/v1/session", json={"link": link}, headers=own)
    assert (first.status_code, second.status_code) == (204, 401)


async def test_a_login_link_ends_after_ten_minutes(plant: Plant) -> None:
    await create_account(plant.db, "ada", "pw", roles=["viewer"])
    link = await create_login_link(plant.db, "ada")
    lasts = await plant.db.fetchval(
        "select expires_at - now() < interval '10 minutes' from login_link"
    )
    assert lasts
    await plant.db.execute("update login_link set expires_at = now() - interval '1 second'")
    assert (await plant.client.post("/v1/session", json={"link": link})).status_code == 401


async def test_a_session_ends_after_twelve_hours_and_with_a_new_password(plant: Plant) -> None:
    await create_account(plant.db, "ada", "pw", roles=["viewer"])
    token = await open_session(plant.db, "ada")
    cookie = {"Cookie": f"andon_session={token}"}
    await plant.db.execute("update session set expires_at = expires_at - interval '12 hours 1 s'")
    assert (await plant.client.get("/v1/me", headers=cookie)).status_code == 401
    other = {"Cookie": f"andon_session={await open_session(plant.db, 'ada')}"}
    assert (await plant.client.get("/v1/me", headers=other)).status_code == 200
    await set_password(plant.db, "ada", "new")
    assert (await plant.client.get("/v1/me", headers=other)).status_code == 401


async def test_a_wrong_name_and_a_wrong_password_look_the_same(plant: Plant) -> None:
    await create_account(plant.db, "ada", "pw", roles=["viewer"])
    wrong = await plant.client.post("/v1/session", json={"name": "ada", "password": "x"})
    unknown = await plant.client.post("/v1/session", json={"name": "eve", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_guessing_is_slowed_down(plant: Plant) -> None:
    await create_account(plant.db, "ada", "pw", roles=["viewer"])
    wrong = {"name": "ada", "password": "x"}
    said = [(await plant.client.post("/v1/session", json=wrong)).status_code for _ in range(6)]
    assert said == [401] * 5 + [429]
    right = await plant.client.post("/v1/session", json={"name": "ada", "password": "pw"})
    assert right.status_code == 429
    assert 0 < int(right.headers["retry-after"]) <= 60


@pytest.mark.parametrize("body", [{}, {"link": "x", "name": "a", "password": "b"}, {"name": "a"}])
async def test_a_login_is_one_thing_or_the_other(plant: Plant, body: dict[str, str]) -> None:
    answer = await plant.client.post("/v1/session", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_every_fault_of_a_body_is_named(plant: Plant) -> None:
    answer = await plant.client.post("/v1/session", json={"link": 1, "name": 2, "extra": 3})
    assert answer.status_code == 422
    assert {"/link", "/name"} <= {one["at"] for one in answer.json()["errors"]}
    assert len(answer.json()["errors"]) == 3


async def test_a_password_is_not_in_a_refusal(plant: Plant) -> None:
    body = {"name": "ada", "password": ["geheim-3141"]}
    answer = await plant.client.post("/v1/session", json=body)
    assert answer.status_code == 422
    assert "geheim-3141" not in answer.text
