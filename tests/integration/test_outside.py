"""The web process as a project's `[web]` has it: by which names, and behind HTTPS."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from pathlib import Path

import asyncpg
import httpx
import pytest

from andon.app import Andon
from andon.app.serve import serve
from andon.store.access import create_account

PASSWORD = {"name": "ada", "password": "pw"}
BEHIND_A_PROXY = '[web]\nhosts = ["andon.example"]\nhttps = true\n'
PROXIED = {"Host": "andon.example", "Origin": "https://andon.example"}


@contextlib.asynccontextmanager
async def served(
    database: str, folder: Path, settings: str
) -> AsyncGenerator[httpx.AsyncClient, None]:
    """A client at the address where the web process listens; what a proxy adds are headers."""
    db = await asyncpg.connect(database)
    await create_account(db, "ada", "pw", roles=["viewer"])
    await db.close()
    file = folder / "plant.toml"
    file.write_text(settings)
    andon = Andon("plant", site="home", parameters=str(file))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    stop = asyncio.Event()
    serving = asyncio.create_task(
        serve(
            andon.plan(), database, outside=andon.web(),
            host="127.0.0.1", port=port, until=stop.wait(),
        )
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await answering(client, serving)
            yield client
    finally:
        stop.set()
        await serving


async def answering(client: httpx.AsyncClient, serving: asyncio.Task[None]) -> None:
    async with asyncio.timeout(60):
        while not serving.done():
            with contextlib.suppress(httpx.TransportError):
                await client.get("/healthz")
                return
            await asyncio.sleep(0.02)
    await serving


async def test_by_default_only_this_machine_s_names_are_answered(
    database: str, tmp_path: Path
) -> None:
    async with served(database, tmp_path, "") as client:
        for host, status in (("localhost", 200), ("127.0.0.1:80", 200), ("andon.example", 421)):
            answer = await client.get("/healthz", headers={"Host": host})
            assert answer.status_code == status, host
        signed_in = await client.post("/v1/session", json=PASSWORD)
        assert "secure" not in signed_in.headers["set-cookie"].lower()


async def test_a_name_in_the_settings_is_answered_and_no_other(
    database: str, tmp_path: Path
) -> None:
    async with served(database, tmp_path, BEHIND_A_PROXY) as client:
        for host in ("andon.example", "ANDON.example:443", "localhost"):
            answer = await client.get("/healthz", headers={"Host": host})
            assert answer.status_code == 200, host
        for host in ("evil.example", "andon.example.evil.example"):
            answer = await client.get("/healthz", headers={"Host": host})
            assert answer.status_code == 421
            assert "web.hosts" in answer.json()["detail"]


async def test_behind_https_the_cookie_is_secure_and_only_https_pages_may_act(
    database: str, tmp_path: Path
) -> None:
    async with served(database, tmp_path, BEHIND_A_PROXY) as client:
        signed_in = await client.post("/v1/session", json=PASSWORD, headers=PROXIED)
        assert signed_in.is_success
        cookie = signed_in.headers["set-cookie"]
        assert {"secure", "httponly"} <= {part.strip().lower() for part in cookie.split(";")}
        assert signed_in.headers["strict-transport-security"]

        session = {"Cookie": cookie.partition(";")[0]}
        assert (await client.get("/v1/me", headers=PROXIED | session)).is_success
        for origin in ("http://andon.example", "https://evil.example", "null"):
            foreign = {**PROXIED, **session, "Origin": origin}
            assert (await client.get("/v1/me", headers=foreign)).status_code == 403, origin
            answer = await client.post("/v1/session", json=PASSWORD, headers=foreign)
            assert answer.status_code == 403, origin


@pytest.mark.parametrize("settings", ["", BEHIND_A_PROXY])
async def test_an_inbox_is_asked_by_the_same_names(
    database: str, tmp_path: Path, settings: str
) -> None:
    async with served(database, tmp_path, settings) as client:
        wrong = await client.post("/in/erp/x", headers={"Host": "evil.example"})
        assert wrong.status_code == 421
        right = await client.post("/in/erp/x", headers={"Host": "localhost"})
        assert right.status_code == 401
