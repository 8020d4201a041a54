"""Host, origin, size, headers and page files."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from andon.api.app import create_app
from andon.api.needs import Web
from andon.api.pages import Pages
from andon.store.access import create_account, open_session
from tests.integration.api_plant import FakeHub, Plant, open_plant


@pytest.fixture
async def plant(database: str) -> AsyncGenerator[Plant, None]:
    async with open_plant(database, Web(body_limit=1000)) as plant:
        yield plant


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]:8080", "[::1]"]
)
async def test_own_names_are_answered(plant: Plant, host: str) -> None:
    assert (await plant.client.get("/healthz", headers={"Host": host})).json() == {"ok": True}


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "", "localhost:80@evil.example", "127.0.0.1.nip.io"],
)
@pytest.mark.parametrize("path", ["/healthz", "/v1/me", "/", "/in/mes/x"])
async def test_other_names_are_refused(plant: Plant, host: str, path: str) -> None:
    answer = await plant.client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["status"] == 421


async def test_a_cookie_counts_only_from_our_own_page(plant: Plant) -> None:
    await create_account(plant.db, "ada", "pw", roles=["administrator"])
    cookie = {"Cookie": f"andon_session={await open_session(plant.db, 'ada')}"}
    case = await plant.case("x")

    async def status(method: str, path: str, **headers: str) -> int:
        body = {"note": ""} if method == "POST" else None
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await plant.client.request(method, path, json=body, headers={**cookie, **named})
        return answer.status_code

    path = f"/v1/exceptions/{case}/acknowledge"
    assert await status("POST", path) == 403
    assert await status("POST", path, Origin="http://evil.example") == 403
    assert await status("POST", path, Origin="null") == 403
    assert await status("POST", path, Origin="http://localhost:5000") == 403
    assert await status("POST", path, Origin="http://localhost") == 200
    assert await status("GET", "/v1/me") == 200
    assert await status("GET", "/v1/me", Origin="http://evil.example") == 403
    assert await status("GET", "/v1/me", Sec_Fetch_Site="same-site") == 403
    assert await status("GET", "/v1/me", Sec_Fetch_Site="same-origin") == 200


async def test_a_foreign_page_cannot_log_in(plant: Plant) -> None:
    answer = await plant.client.post(
        "/v1/session", json={"link": "x"}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403


async def test_large_bodies_are_refused(plant: Plant) -> None:
    key = await plant.key("admin", system="erp")
    answer = await plant.client.post("/v1/events", content=b"x" * 1001, headers=key)
    assert answer.status_code == 413

    async def parts() -> AsyncGenerator[bytes, None]:
        for _ in range(30):
            yield b"x" * 100

    answer = await plant.client.post("/v1/events", content=parts(), headers=key)
    assert answer.status_code == 413


async def test_every_answer_wears_the_headers(plant: Plant) -> None:
    for path in ("/healthz", "/v1/me", "/nothing.js", "/v1/nothing/at/all"):
        headers = (await plant.client.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert (await plant.client.get("/v1/me")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/v1/nothing", 404), ("PUT", "/v1/me", 405), ("PUT", "/v1/feed/x", 405),
])  # fmt: skip
async def test_unknown_addresses_are_problems(
    plant: Plant, method: str, path: str, status: int
) -> None:
    answer = await plant.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


async def test_https_makes_cookies_secure(database: str) -> None:
    async with open_plant(database, Web(https=True)) as plant:
        await create_account(plant.db, "ada", "pw", roles=["viewer"])
        answer = await plant.client.post("/v1/session", json={"name": "ada", "password": "pw"})
        assert "; secure" in answer.headers["set-cookie"].lower()
        assert "strict-transport-security" in answer.headers
        headers = {"Origin": "http://localhost"}
        plain = await plant.client.post("/v1/session", json={"link": "x"}, headers=headers)
        assert plain.status_code == 403


async def test_a_defect_tells_nothing(plant: Plant) -> None:
    key = await plant.key("admin")

    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("password is geheim-3141")

    plant.hub.submit = broken  # type: ignore[method-assign]
    answer = await plant.client.post(
        "/v1/production/paint-pump",
        json={"order": "1", "colour": "red"},
        headers={**key, "Idempotency-Key": "k"},
    )
    assert answer.status_code == 500
    assert "geheim" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_page_files_are_served_and_nothing_else(database: str, tmp_path: Path) -> None:
    folder = tmp_path / "web_dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<html>board</html>")
    (folder / "assets" / "a-1.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        app = create_app(FakeHub(pool), pages=Pages(folder))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for path in ("/", "/orders", "/subjects/production-order/erp:1"):
                page = await client.get(path)
                assert (page.status_code, page.text) == (200, "<html>board</html>")
                assert page.headers["cache-control"] == "no-cache"
            asset = await client.get("/assets/a-1.js")
            assert "immutable" in asset.headers["cache-control"]
            assert asset.headers["content-type"].startswith("text/javascript")
            assert (await client.head("/assets/a-1.js")).content == b""
            assert (await client.post("/assets/a-1.js")).status_code == 405
            for path in (
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/assets/..%2f..%2fsecret.txt",
                "/x.js",
            ):
                answer = await client.get(path)
                assert answer.status_code == 404, path
                assert "secret\n" not in answer.text
