"""The sandbox company and an Andon that serves it, as its people see both."""

__all__ = ["Served", "served"]

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg

from andon.connectors._ports import free_port
from andon.sandbox.company import Company
from andon.sandbox.world import BEGAN
from andon.store.access import create_key
from tools.counterparts.environments import ROOT
from tools.counterparts.running import Program, answers_http

_BOTH_UP = timedelta(seconds=6)
"""In which systems and Andon are started."""


class Served:
    """The company lives in this process, Andon in processes of its own."""

    def __init__(self, company: Company, url: str, env: dict[str, str], data: Path) -> None:
        self.company = company
        self.url = url
        self._env = env
        self._data = data
        self._andon: Program | None = None
        self._http: aiohttp.ClientSession | None = None

    async def live(self, span: timedelta) -> None:
        """So much business time of the company; where Andon goes by it, from the agreed instant. On
        a slow machine that has passed when both are up: the company then lives as much longer."""
        late = 0.0
        if (agreed := self._env.get("ANDON_CLOCK")) is not None:
            begins = datetime.fromisoformat(agreed.split("@")[1])
            late = (datetime.now(UTC) - begins).total_seconds()
            await asyncio.sleep(max(0.0, -late))
        late = max(0.0, late)
        longer = timedelta(seconds=late * self.company.speed)
        self.company.live(until=self.company.world.began + longer + span, late=late)

    async def start(self, ending: AsyncExitStack) -> None:
        """Systems first, then Andon; nobody acts before the test says so."""
        await self.company.start()
        ending.push_async_callback(self.company.stop)
        self._env |= self.company.environment()
        await self.start_andon()
        ending.push_async_callback(self.end_andon)
        key = await self._admit()
        headers = {"Authorization": f"Bearer {key}"}
        self._http = await ending.enter_async_context(aiohttp.ClientSession(headers=headers))

    async def _admit(self) -> str:
        """Every partner has a key of its own; the test's is given back. What `andon keys create`
        does, without a process for each."""
        db = await asyncpg.connect(await asyncio.to_thread((self._data / "dsn").read_text))
        try:
            self.company.admit(
                {
                    one.name: await create_key(db, one.name, scopes=one.scopes, party=one.party)
                    for one in self.company.partners()
                }
            )
            return await create_key(db, "test", scopes=["admin"])
        finally:
            await db.close()

    async def start_andon(self) -> None:
        """Again, if it was ended."""
        self._andon = Program(
            [sys.executable, "-m", "andon.cli", "run", "andon.app.company:andon"],
            log=self._data / "andon.log",
            env=self._env,
            cwd=ROOT,
        )
        await asyncio.to_thread(
            self._andon.ready_when, lambda: answers_http(f"{self.url}/healthz"), within=60
        )

    async def end_andon(self) -> None:
        """As an operator ends it."""
        if self._andon is not None:
            await asyncio.to_thread(self._andon.stop, within=15)

    async def kill_andon(self) -> None:
        """As power loss would."""
        if self._andon is not None:
            await asyncio.to_thread(self._andon.kill)

    async def ask(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, Any]:
        """Andon's answer to its administrator: status and JSON."""
        assert self._http is not None
        async with self._http.request(
            method, self.url + path, json=body, headers=headers
        ) as answer:
            return answer.status, await answer.json(content_type=None)

    async def page(self, subject: str) -> dict[str, Any]:
        """Andon's page of a subject; empty while nobody has named it."""
        status, page = await self.ask("GET", f"/v1/subjects/{subject}")
        return page if status == 200 else {}

    async def cases(self) -> list[dict[str, Any]]:
        """The open exceptions."""
        _, found = await self.ask("GET", "/v1/exceptions")
        return found["items"] if isinstance(found, dict) else found

    async def andon(self, *words: str) -> str:
        """What the command prints; its failure is the test's."""
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "andon.cli", *words],
            cwd=ROOT, env=self._env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def said(self) -> str:
        """The last words of Andon's log, for a failing test."""
        return (self._data / "andon.log").read_text(errors="replace")[-3000:]


@asynccontextmanager
async def served(
    *, seed: int = 1, speed: float = 60.0, began: datetime | None = None
) -> AsyncIterator[Served]:
    """Ended whatever happens. With `began` Andon's business time is the company's, which begins
    once both are up: `Served.live` waits for it."""
    folder, data = _folders()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        **os.environ,
        "ANDON_DATA": str(data),
        "ANDON_PORT": str(port),
        "ANDON_HOME": str(folder / "home"),
        "COLUMNS": "200",
    }
    if began is not None:
        begins = datetime.now(UTC) + _BOTH_UP
        env["ANDON_CLOCK"] = f"{speed}@{begins.isoformat()}@{began.isoformat()}"
    company = Company(seed=seed, andon=url, speed=speed, began=began or BEGAN)
    async with AsyncExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        plant = Served(company, url, env, data)
        await plant.start(ending)
        yield plant


def _folders() -> tuple[Path, Path]:
    # Short, because PostgreSQL's socket lives below it; its own account passes through.
    folder = Path(tempfile.mkdtemp(prefix="company-", dir="/tmp"))
    folder.chmod(0o711)
    data = folder / "andon"
    data.mkdir()
    return folder, data
