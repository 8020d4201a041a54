"""What the READMEs of nats and amqp have people type, works on the servers themselves."""

import asyncio
import contextlib
import inspect
import re
import textwrap
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path
from typing import Any

import aiormq
import nats
import pytest

from andon.app.parameters import Parameters
from andon.connectors.amqp import Amqp
from andon.connectors.amqp.node import Node, password_hash
from andon.connectors.nats import Nats
from andon.connectors.nats.simulator import NatsServer
from andon.core.connector import Source


def readme(connector: str) -> str:
    return (resources.files(f"andon.connectors.{connector}") / "README.md").read_text()


async def typed(text: str, old: str, now: str, **names: Any) -> None:
    """The block that waits for answers, at the port of our own server."""
    (block,) = [
        one for one in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S) if "await" in one
    ]
    assert old in block
    body = textwrap.indent(block.replace(old, now), "    ")
    space: dict[str, Any] = dict(names)
    exec(f"async def typed():\n{body}    return locals()", space)
    assert inspect.iscoroutinefunction(space["typed"])
    for made in (await space["typed"]()).values():
        if isinstance(made, nats.NATS | aiormq.Connection):
            await made.close()


async def first(folder: Path, text: str, kind: type[Source[Any]], old: str, now: int) -> Any:
    """The settings of the README read the message of the README."""
    (table,) = re.findall(r"^```toml\n(.*?)^```$", text, re.M | re.S)
    assert old in table
    (folder / "plant.toml").write_text(table.replace(old, str(now)))
    found = Parameters.read(folder / "plant.toml", {"BROKER_PASSWORD": "line-secret"})
    connector = kind("line", found.settings("line", kind.settings_type))
    await connector.open()
    async with contextlib.aclosing(connector.read("")) as items:  # type: ignore[type-var]
        return await asyncio.wait_for(anext(items), 10)


class Open(NatsServer):
    """As the README starts it: nobody is asked who they are."""

    def configuration(self, folder: Path) -> str:
        return f'jetstream {{ store_dir: "{folder}" }}\n'

    def streams(self) -> tuple[()]:
        return ()

    def plant_access(self) -> dict[str, Any]:
        return {}


@pytest.fixture
async def server() -> AsyncIterator[Open]:
    one = Open()
    await one.start()
    yield one
    await one.stop()


async def test_the_readme_of_nats(server: Open, tmp_path: Path) -> None:
    text = readme("nats")
    await typed(text, "4222", f"{server.port}", nats=nats)
    item = await first(tmp_path, text, Nats, "4222", server.port)
    assert item.key == "state/e1"
    assert b'"machine":"press-2"' in item.raw


def permissions(text: str) -> dict[str, Any]:
    """What the commands of the README leave in the broker."""
    passwords = re.findall(r"^rabbitmqctl add_user (\w+) (\S+)$", text, re.M)
    rights = re.findall(
        r"^rabbitmqctl set_permissions -p (\w+) (\w+) '(.*?)' '(.*?)' '(.*?)'$", text, re.M
    )
    assert len(passwords) == len(rights) == 2
    return {
        "users": [
            {"name": name, "password_hash": password_hash(word), "tags": "",
             "hashing_algorithm": "rabbit_password_hashing_sha256"}
            for name, word in passwords
        ],
        "vhosts": [{"name": re.findall(r"^rabbitmqctl add_vhost (\w+)$", text, re.M)[0]}],
        "permissions": [
            dict(zip(("vhost", "user", "configure", "write", "read"), right, strict=True))
            for right in rights
        ],
    }  # fmt: skip


async def test_the_readme_of_amqp(tmp_path: Path) -> None:
    text = readme("amqp")
    node = Node(permissions(text))
    await asyncio.to_thread(node.start)
    try:
        await typed(text, "127.0.0.1/", f"127.0.0.1:{node.port}/", aiormq=aiormq)
        item = await first(tmp_path, text, Amqp, "5672", node.port)
    finally:
        node.remove()
    assert item.key == "state/e1"
    assert b'"machine":"press-2"' in item.raw
