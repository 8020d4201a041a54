"""RabbitMQ itself, on a node of our own: an imitation of AMQP would prove little."""

__all__ = ["COUNTERPARTS", "Broker", "Rabbit", "definitions"]

import asyncio
import itertools
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, Literal, cast

import aiormq
import msgspec

from andon.connectors._cutting import CuttingWire
from andon.connectors.amqp.node import Node, password_hash
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

_ACK = b"\x00\x00\x00\x0d\x00\x3c\x00\x50"
"""How a broker's basic.ack goes on after its channel: 13 bytes of class 60, method 80."""
_STATE = "acme.berlin.press-2.state"


def definitions(kind: Literal["quorum", "classic"] = "quorum") -> dict[str, Any]:
    """The virtual host `plant`: we may read two queues and write to one exchange, `plant` may do
    everything."""
    users = [("andon", "line-secret", ""), ("plant", "plant-secret", "administrator")]
    rights = [
        ("andon", "^$", "^(acme|amq\\.default)$", "^(states|dead|short|missing)$"),
        ("plant", ".*", ".*", ".*"),
    ]
    dead = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"}
    typed = {"x-queue-type": kind, **dead}
    queues: list[tuple[str, dict[str, Any]]] = [
        ("states", typed),
        ("setpoints", typed),
        ("dead", {}),
        ("short", {"x-max-length": 1, "x-overflow": "reject-publish"}),
    ]
    bindings = [
        ("states", "acme.*.*.state"),
        ("setpoints", "acme.*.*.set"),
        ("short", "acme.short"),
    ]
    durable = {"vhost": "plant", "durable": True, "auto_delete": False}
    return {
        "users": [
            {"name": name, "password_hash": password_hash(password), "tags": tags,
             "hashing_algorithm": "rabbit_password_hashing_sha256"}
            for name, password, tags in users
        ],
        "vhosts": [{"name": "plant"}, {"name": "office"}],
        "permissions": [
            {"user": user, "vhost": "plant", "configure": configure, "write": write, "read": read}
            for user, configure, write, read in rights
        ],
        "exchanges": [
            {"name": name, "type": "topic", "internal": False, "arguments": {}, **durable}
            for name in ("acme", "forbidden")
        ],
        "queues": [{"name": name, "arguments": more, **durable} for name, more in queues],
        "bindings": [
            {"source": "acme", "vhost": "plant", "destination": queue,
             "destination_type": "queue", "routing_key": key, "arguments": {}}
            for queue, key in bindings
        ],
    }  # fmt: skip


@cache
def _node() -> Node:
    """One for all trials of this program; it ends with the program."""
    node = Node(definitions())
    node.start()
    return node


class Broker(Counterpart, Speaks):
    """We come through a wire that can be cut. A node needs many seconds to begin, so `stop` cuts
    the wire and leaves the node alone: for us that is the same."""

    lasting: ClassVar[bool] = True
    most: ClassVar[int] = 2_000
    scheme: ClassVar[str] = "amqp"

    def __init__(self) -> None:
        self._wire = CuttingWire()
        self._numbers = itertools.count(1)
        self._port = 0

    async def start(self) -> None:
        """The same port after a stop."""
        node = await asyncio.to_thread(self.node)
        self._port = node.port
        await self._wire.open(self.onward(node))

    async def stop(self) -> None:
        """All connections break."""
        await self._wire.close()

    def node(self) -> Node:
        """The node behind the wire."""
        return _node()

    def onward(self, node: Node) -> int:
        """Which of its ports the wire leads to."""
        return node.port

    def settings(self) -> dict[str, Any]:
        """All machines of the plant."""
        return {
            "servers": [f"{self.scheme}://127.0.0.1:{self._wire.port or 9}"],
            "vhost": "plant",
            "username": "andon",
            "password": "line-secret",
            "timeout": "3s",
            "messages": {
                "machine.state": {
                    "queue": "states", "routing": "acme.{site}.{machine}.state",
                    "key": "/id", "at": "/at",
                }
            },
        }  # fmt: skip

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    async def plant(self) -> aiormq.Connection:
        """A connection of the plant itself, past the wire."""
        address = f"amqp://plant:plant-secret@127.0.0.1:{self._port}/plant"
        connection = aiormq.Connection(address)
        await cast("Any", connection).connect()
        return connection

    async def say(self, count: int) -> Sequence[str]:
        """Machine states, all at one instant, each confirmed."""
        names = [f"state-{next(self._numbers)}-" for _ in range(count)]
        connection = await self.plant()
        try:
            channel = await connection.channel()
            for first in range(0, count, 500):
                some = names[first : first + 500]
                bodies = [
                    msgspec.json.encode(
                        {"id": name, "state": "Executing", "at": "2026-11-23T12:00:00Z"}
                    )
                    for name in some
                ]
                lasting = aiormq.spec.Basic.Properties(delivery_mode=2)
                await asyncio.gather(
                    *(
                        channel.basic_publish(
                            body, exchange="acme", routing_key=_STATE, properties=lasting
                        )
                        for body in bodies
                    )
                )
        finally:
            await connection.close()
        return names


class Rabbit(Broker, Takes):
    """The same, listening. What machines are told is known by the `effect` in each message."""

    name = "rabbitmq"
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "ACCESS_REFUSED"

    def __init__(self) -> None:
        super().__init__()
        self._effects: list[str] = []

    def request(self, effect: str) -> Request:
        """A setpoint for a machine."""
        return Request(target="acme/acme.berlin.press-2.set", body={"effect": effect})

    async def effects(self) -> Sequence[str]:
        """What machines find in their queue."""
        connection = await self.plant()
        try:
            channel = await connection.channel()
            while True:
                message = await channel.basic_get("setpoints", no_ack=True)
                if not message.body:
                    break
                self._effects.append(msgspec.json.decode(message.body)["effect"])
        finally:
            await connection.close()
        return list(self._effects)

    async def lose_answer(self) -> None:
        """The wire is cut when the broker confirms."""
        self._wire.cut_in = _ACK

    def refused(self) -> Request:
        """An exchange we may not write to."""
        return Request(target="forbidden/acme.x", body={"effect": "none"})


COUNTERPARTS = (Rabbit,)
