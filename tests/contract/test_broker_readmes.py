"""What the READMEs of nats and amqp have people type, works on the servers themselves."""

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator
from importlib import resources, util
from pathlib import Path
from typing import Any

import pytest

from andon.connectors.amqp.node import Node, password_hash
from andon.connectors.nats.simulator import NatsServer
from andon.core.connector import Source
from andon.core.mapping import Known
from andon.engine.plan import Plan
from andon.model.plant import EquipmentStateChanged


def readme(connector: str) -> str:
    return (resources.files(f"andon.connectors.{connector}") / "README.md").read_text()


def blocks(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)


async def typed(text: str, old: str, now: str) -> None:
    """The program that makes what is read, at the port of our own server."""
    (program,) = [one for one in blocks(text) if "asyncio.run" in one]
    assert old in program
    command = (sys.executable, "-c", program.replace(old, now))
    made = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await made.communicate()
    assert made.returncode == 0, said.decode()


def plant(text: str, folder: Path) -> Plan:
    """The project of the README, as `andon check` reads it."""
    (project,) = [one for one in blocks(text) if "andon = Andon(" in one]
    (folder / "plant.py").write_text(project)
    spec = util.spec_from_file_location("plant", folder / "plant.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules["plant"] = module
    spec.loader.exec_module(module)
    return module.andon.plan({"BROKER_PASSWORD": "line-secret"})


async def first(folder: Path, text: str, old: str, now: int) -> list[Any]:
    """What the project of the README makes of the first message it reads."""
    (table,) = re.findall(r"^```toml\n(.*?)^```$", text, re.M | re.S)
    assert old in table
    (folder / "plant.toml").write_text(table.replace(old, str(now)))
    wired = plant(text, folder).connections["line"]
    source = wired.connector
    assert isinstance(source, Source)
    await source.open()
    async with contextlib.aclosing(source.read("")) as items:  # type: ignore[type-var]
        item = await asyncio.wait_for(anext(items), 10)
    assert item.key == "state/e1"
    await source.close()
    return list(wired.inbound[item.kind].reads(item, Known(wired.settings)))


RUNS = [EquipmentStateChanged(equipment_id="press-2", state="Executing")]


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
    await typed(text, "4222", f"{server.port}")
    assert await first(tmp_path, text, "4222", server.port) == RUNS


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
        await typed(text, "127.0.0.1/", f"127.0.0.1:{node.port}/")
        assert await first(tmp_path, text, "5672", node.port) == RUNS
    finally:
        node.remove()
