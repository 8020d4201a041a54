"""What a README takes for granted that no test can: a broker that runs as the system's own."""

__all__ = ["PARTS", "nothing_more"]

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from andon.connectors.amqp.node import Node, password_hash
from tests.contract.newcomer import Newcomer


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

PARTS: dict[str, Part] = {"amqp": rabbitmq}
