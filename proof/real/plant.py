"""Riverside under proof: a real Tryton behind the proxy, Andon as its user runs it, and a real
MES behind a line that is not perfect."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from andon.connectors._ports import free_port
from bench.hub import INBOX_SCOPE, HubCommand
from proof.killing import KilledHub
from proof.proxy import Proxy
from proof.real.calls import call_named
from proof.real.line import Line
from tools.counterparts import Fsmes, Tryton

__all__ = ["PROJECT", "Plant", "riverside"]

PROJECT = "examples.riverside.app:andon"


class Plant:
    """Three running systems; only Andon is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.erp, self.mes = Tryton(folder / "erp"), Fsmes(folder / "mes")
        self.hub: KilledHub
        self.proxy: Proxy
        self.line: Line

    @property
    def erp_file(self) -> Path:
        """Tryton's database."""
        return self.erp.folder / "erp.sqlite"

    @property
    def mes_file(self) -> Path:
        """The MES's database."""
        return self.mes.folder / "mes.sqlite"

    @property
    def dsn(self) -> str:
        """Andon's database, while it runs."""
        return (self.folder / "andon" / "dsn").read_text().strip()


@asynccontextmanager
async def riverside(folder: Path) -> AsyncGenerator[Plant]:
    """All of them; whatever happens they end, those that call others first."""
    plant = Plant(folder)
    async with AsyncExitStack() as ending:
        ending.push_async_callback(asyncio.to_thread, plant.erp.stop)
        ending.push_async_callback(asyncio.to_thread, plant.mes.stop)
        async with asyncio.TaskGroup() as starting:
            starting.create_task(asyncio.to_thread(plant.erp.start))
            starting.create_task(asyncio.to_thread(plant.mes.start))
        plant.proxy = await ending.enter_async_context(
            Proxy(plant.erp.url, folder / "proxy.log", named=call_named)
        )
        port = free_port()
        plant.hub = KilledHub(
            HubCommand(run=f"andon run {PROJECT}", url=f"http://127.0.0.1:{port}"),
            data=folder / "andon",
            log=folder / "andon.log",
            environment={
                "ANDON_HOME": str(folder / "home"),
                "RIVERSIDE_ERP_URL": f"{plant.proxy.url}/{plant.erp.database}/rest",
                "RIVERSIDE_ERP_KEY": plant.erp.key,
            },
        )
        ending.push_async_callback(asyncio.to_thread, plant.hub.stop)
        await asyncio.to_thread(plant.hub.start)
        await asyncio.to_thread(plant.hub.wait_until_ready)
        key = await asyncio.to_thread(plant.hub.key, INBOX_SCOPE)
        plant.line = await ending.enter_async_context(Line(f"http://127.0.0.1:{port}"))
        address = f"http://mes:{key}@127.0.0.1:{plant.line.port}/in/mes"
        await asyncio.to_thread(plant.mes.start_exchange, address, poll=0.5)
        yield plant
