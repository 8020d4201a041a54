"""Somebody who follows the README of a connector in an empty folder."""

__all__ = ["Newcomer"]

import asyncio
import io
import os
import re
import shlex
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib import util
from pathlib import Path
from typing import Any, cast

from rich.console import Console

from andon.app.serve import serve
from andon.app.trace import print_trace
from andon.app.web_settings import WebSettings
from andon.engine.plan import Plan
from andon.visibility.identity import UnknownIdError
from tests.contract.typed import WEB, Typed, free_ports, placed
from tests.integration.plant import Shift, rows_of, until

WITHIN = 20.0
_INSTALLS = ("pip", "apt")
_DELIVERED = """
select c.type from log c join log r on r.causation = c.position
where c.kind = 'command' and r.kind = 'receipt'"""


class Newcomer:
    """Types what stands there; Andon itself works in this process, on the database of the test."""

    def __init__(self, page: Typed, dsn: str) -> None:
        self._ports = free_ports(page)
        self.page = placed(page, self._ports, Path.cwd())
        self.dsn = dsn
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin",
            "ANDON_DATABASE": dsn,
            "PYTHONUNBUFFERED": "1",
        }
        self._running: list[asyncio.subprocess.Process] = []
        self._shift: Shift | None = None
        self._web: asyncio.Task[None] | None = None
        self._stopped = asyncio.Event()
        self.typing: dict[str, Callable[[list[str]], Any]] = {}
        """What is done instead of a program that cannot be run here, by its name."""

    def finds(self, port: str, there: int) -> None:
        """What the page has at this port is at another one."""
        self.page = placed(self.page, {str(self._ports[port]): there}, Path.cwd())

    @asynccontextmanager
    async def sitting(self) -> AsyncIterator[None]:
        """Whatever was started ends with it."""
        try:
            yield
        finally:
            self._stopped.set()
            if self._shift is not None:
                await self._shift.end()
            if self._web is not None:
                await self._web
            for process in self._running:
                if process.returncode is None:
                    os.killpg(process.pid, signal.SIGTERM)
                    await process.wait()

    @property
    def plan(self) -> Plan:
        """`plant:andon`, made anew as a new process makes it."""
        spec = util.spec_from_file_location("plant", "plant.py")
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        sys.modules["plant"] = module
        spec.loader.exec_module(module)
        return module.andon.plan(self.environment)

    async def follows(self) -> None:
        """All files, then all commands, in their order; then what the project sends arrives."""
        for name, content in self.page.files.items():
            await asyncio.to_thread(Path(name).write_text, content)
        for command in self.page.commands:
            await self.types(command)

    async def types(self, command: str) -> None:
        """One line at the prompt."""
        if command.startswith("export "):
            for name, value in re.findall(r"(\w+)=(\$\(.*\)|\S+)", command):
                self.environment[name] = await self.says(f"echo {value}")
            return
        match shlex.split(command, comments=True):
            case [program, *_] if program in _INSTALLS:
                return
            case [program, *words] if program in self.typing:
                await self.typing[program](words)
            case ["andon", "check", "plant:andon"]:
                assert self.plan.connections
            case ["andon", "run", "plant:andon"]:
                await self._runs()
            case ["andon", "trace", subject]:
                await self._sees(lambda: self.traces(subject), f"{subject} is not known")
            case [*_, "&"]:
                await self._starts(command)
            case _:
                await self.says(command)

    async def says(self, command: str) -> str:
        """What a command prints; its failure is the test's."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", command, stdout=pipe, stderr=pipe, env=self.environment
        )
        out, err = await asyncio.wait_for(process.communicate(), WITHIN)
        assert process.returncode == 0, f"{command}\n{err.decode()}{out.decode()}"
        return out.decode().strip()

    async def _starts(self, command: str) -> None:
        """In the background; it is there when its ports answer, or it says something."""
        log = Path(f"{len(self._running)}.log")
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", f"exec {re.sub(r'&[^&]*$', '', command)} > {log} 2>&1",
            env=self.environment, start_new_session=True,
        )  # fmt: skip
        self._running.append(process)
        ports = [port for port in self._ports.values() if f"{port}" in command]

        def ready() -> bool:
            assert process.returncode is None, f"{command}\n{_said(log)}"
            return all(map(_listens, ports)) if ports else bool(_said(log))

        await until(ready, within=WITHIN)

    async def _runs(self) -> None:
        plan = self.plan
        self._shift = Shift(cast("Any", _Ready(plan, self.dsn)))
        port = self._ports[WEB]
        self._web = asyncio.create_task(
            serve(
                plan, self.dsn, outside=WebSettings(), host="127.0.0.1", port=port,
                until=self._stopped.wait(),
            )
        )  # fmt: skip
        await until(lambda: _listens(port), within=WITHIN)

    async def traces(self, subject: str) -> bool:
        """Whether anything is known about it."""
        try:
            return await print_trace(self.dsn, subject, Console(file=io.StringIO())) is not None
        except UnknownIdError:
            return False

    async def delivered(self) -> None:
        """Returns when every command that has a route came to its system."""
        wanted = {command.TYPE for command, _ in self.plan.routes}
        async with rows_of(self.dsn) as db:

            async def all_came() -> bool:
                return wanted <= {row["type"] for row in await db.fetch(_DELIVERED)}

            await self._sees(all_came, f"not all of {wanted} was delivered")

    async def _sees(self, true: Callable[[], Awaitable[bool]], otherwise: str) -> None:
        try:
            await until(true, within=WITHIN)
        except AssertionError as error:
            async with rows_of(self.dsn) as db:
                rows = await db.fetch("select kind, type, subject, data from log order by position")
            known = "\n".join(str(dict(row)) for row in rows)
            logs = "\n".join(log.read_text() for log in Path.cwd().glob("*.log"))
            raise AssertionError(f"{otherwise}\n{known}\n{await self.cases()}\n{logs}") from error

    async def cases(self) -> list[tuple[str, str]]:
        """What somebody has to decide."""
        async with rows_of(self.dsn) as db:
            rows = await db.fetch("select code, text from exception where state = 'open'")
            return [(row["code"], row["text"]) for row in rows]


class _Ready:
    def __init__(self, plan: Plan, dsn: str) -> None:
        self.plan, self.dsn = plan, dsn


def _said(log: Path) -> str:
    return log.read_text() if log.exists() else ""


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
