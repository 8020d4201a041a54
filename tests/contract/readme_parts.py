"""What a README takes for granted: a broker that is the system's own, somebody at the board."""

__all__ = ["PARTS", "nothing_more"]

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import asyncpg

from andon.connectors.amqp.node import Node, password_hash
from andon.core.record import Actor
from andon.engine.clock import SystemClock
from andon.engine.hub import EngineHub
from andon.engine.ingest import Ingest
from tests.contract.newcomer import WITHIN, Newcomer
from tests.integration.plant import rows_of, until


@asynccontextmanager
async def nothing_more(_: Newcomer) -> AsyncIterator[None]:
    """Most READMEs start themselves what they need."""
    yield


@asynccontextmanager
async def rabbitmq(newcomer: Newcomer) -> AsyncIterator[None]:
    """A node with what the typed `rabbitmqctl` leaves in one; that command needs root."""
    node = Node(_definitions("\n".join(newcomer.page.commands)))
    await asyncio.to_thread(node.start)

    async def done(_: list[str]) -> None:
        """It is in the definitions."""

    newcomer.typing["rabbitmqctl"] = done
    newcomer.finds("5672", node.port)
    try:
        yield
    finally:
        node.remove()


@asynccontextmanager
async def quality(newcomer: Newcomer) -> AsyncIterator[None]:
    """Somebody at the board, who says `hold` once asked."""
    answering = asyncio.create_task(_holds(newcomer))
    try:
        yield
        await answering
    finally:
        answering.cancel()


async def _holds(newcomer: Newcomer) -> None:
    async with rows_of(newcomer.dsn) as db:
        asked: list[int] = []

        async def somebody_asks() -> bool:
            asked[:] = [row["id"] for row in await db.fetch("select id from exception")]
            return bool(asked)

        await until(somebody_asks, within=WITHIN)

    async def nobody_knocks(*_: Any) -> None:
        raise AssertionError("no door is there")

    clock = SystemClock()
    async with asyncpg.create_pool(newcomer.dsn, min_size=1, max_size=2) as pool:
        ingest = Ingest(newcomer.plan, newcomer.dsn, clock)
        desk = EngineHub(newcomer.plan, pool, ingest, clock, nobody_knocks)
        await desk.answer(asked[0], "hold", Actor("quality"))


def _definitions(typed: str) -> dict[str, Any]:
    passwords = re.findall(r"^rabbitmqctl add_user (\w+) (\S+)$", typed, re.M)
    rights = re.findall(
        r"^rabbitmqctl set_permissions -p (\w+) (\w+) '(.*?)' '(.*?)' '(.*?)'$", typed, re.M
    )
    (vhost,) = re.findall(r"^rabbitmqctl add_vhost (\w+)$", typed, re.M)
    assert len(passwords) == len(rights) == 2
    return {
        "users": [
            {"name": name, "password_hash": password_hash(word), "tags": "",
             "hashing_algorithm": "rabbit_password_hashing_sha256"}
            for name, word in passwords
        ],
        "vhosts": [{"name": vhost}],
        "permissions": [
            dict(zip(("vhost", "user", "configure", "write", "read"), right, strict=True))
            for right in rights
        ],
    }  # fmt: skip


Part = Callable[[Newcomer], AbstractAsyncContextManager[None]]

PARTS: dict[str, Part] = {"amqp": rabbitmq, "mail": quality}
