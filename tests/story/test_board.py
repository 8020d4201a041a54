"""The board in a real browser: sign in by a link, find an order, see what is believed and open."""

import asyncio
import http.server
import json
import os
import shutil
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from andon.connectors._ports import free_port
from andon.store.access import create_key, create_login_link
from tests.story.riverside import until
from tools.counterparts.environments import ROOT
from tools.counterparts.running import Program, answers_http

pytestmark = [pytest.mark.story, pytest.mark.timeout(170)]

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Floor(http.server.BaseHTTPRequestHandler):
    """An MES that takes every order but 1002."""

    def do_POST(self) -> None:
        order = json.loads(self.rfile.read(int(self.headers["content-length"])))["order"]
        taken = order != "1002"
        answer = json.dumps({"id": f"W-{order}"} if taken else {"error": "no such item"}).encode()
        self.send_response(201 if taken else 422)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Plant:
    """A running Andon with the quickstart's project."""

    def __init__(self, url: str, dsn: str) -> None:
        self.url = url
        self._dsn = dsn

    def post_orders(self, *numbers: str) -> None:
        """The ERP releases these."""
        key = asyncio.run(self._made("key"))
        for number in numbers:
            row = json.dumps({"order": number, "item": "PUMP", "qty": "5"}).encode()
            bearer = {"Authorization": f"Bearer {key}"}
            request = urllib.request.Request(f"{self.url}/in/erp/orders", row, bearer)
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.status == 202

    def link(self) -> str:
        """A single-use link, as `andon demo` prints one."""
        return f"{self.url}/login#{asyncio.run(self._made('link'))}"

    def open_cases(self) -> int:
        return asyncio.run(self._made("count"))

    async def _made(self, what: str) -> "str | int":
        connection = await asyncpg.connect(self._dsn)
        try:
            match what:
                case "key":
                    return await create_key(connection, "erp", scopes=["inbox:erp"])
                case "link":
                    return await create_login_link(connection, "admin")
                case _:
                    return await connection.fetchval("select count(*) from exception")
        finally:
            await connection.close()


@pytest.fixture
def plant(short_folder: Path) -> Iterator[Plant]:
    with ExitStack() as ending:
        folder = Path(tempfile.mkdtemp(prefix="board-", dir=short_folder)) / "plant"
        folder.parent.chmod(0o711)
        shutil.copytree(ROOT / "examples" / "quickstart", folder)
        settings = folder / "plant.toml"
        settings.write_text(
            settings.read_text().replace(":9000", f":{ending.enter_context(floor())}")
        )
        port = free_port()
        place = {"ANDON_DATA": str(folder / "data"), "ANDON_HOME": str(short_folder / "board-home")}
        andon = Program(
            [sys.executable, "-m", "andon.cli", "run", "plant:andon"],
            log=folder / "andon.log",
            env={**os.environ, **place, "ANDON_PORT": str(port)},
            cwd=folder,
        )
        ending.callback(andon.stop, within=15)
        url = f"http://127.0.0.1:{port}"
        andon.ready_when(lambda: answers_http(f"{url}/healthz"), within=60)
        yield Plant(url, (folder / "data" / "dsn").read_text().strip())


@contextmanager
def floor() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Floor)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def browser() -> Iterator[Browser]:
    assert CHROMIUM.is_file(), (
        f"The board cannot be looked at: there is no browser at {CHROMIUM}. Install one"
        " (Debian/Ubuntu: apt-get install chromium), or name yours: CHROMIUM=/path/to/chromium."
    )
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield running
        finally:
            running.close()


def test_a_person_signs_in_finds_an_order_and_sees_what_is_open(plant: Plant) -> None:
    plant.post_orders("1001", "1002")
    until(lambda: plant.open_cases() == 1, 30, plant.open_cases)
    link = plant.link()
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        said = heard(page)

        page.goto(link)
        page.wait_for_url("**/orders")
        assert "#" not in page.url
        row = page.get_by_role("link", name="1001")
        expect(row).to_be_visible()
        expect(page.get_by_role("link", name="1002")).to_be_visible()

        row.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("1001")
        matrix = page.get_by_role("region", name="Who believes what").get_by_role("table")
        expect(matrix.get_by_role("columnheader", name="erp")).to_be_visible()
        expect(matrix.get_by_role("columnheader", name="mes")).to_be_visible()
        expect(matrix.get_by_role("row").filter(has_text="planned")).to_contain_text("5 pcs")

        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Exceptions").click()
        expect(page.get_by_role("main")).to_contain_text("1002")
        expect(page.get_by_role("main")).to_contain_text("no such item")
        assert said == []


def test_a_used_link_opens_nothing(plant: Plant) -> None:
    link = plant.link()
    with browser() as chromium:
        first = chromium.new_context().new_page()
        first.goto(link)
        first.wait_for_url("**/orders")

        second = chromium.new_context().new_page()
        second.goto(link)
        expect(second.get_by_role("alert")).to_contain_text("was used already")
        second.goto(f"{plant.url}/orders")
        second.wait_for_url("**/login**")


def heard(page: Page) -> list[str]:
    """Every error of the page, and every request that leaves the plant."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on(
        "request",
        lambda r: None if r.url.startswith("http://127.0.0.1:") else said.append(r.url),
    )
    return said
