"""A machine behind a server of asyncua, with a history."""

__all__ = ["COUNTERPARTS", "Machine"]

import itertools
import logging
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asyncua import Server, ua
from asyncua.common.callback import CallbackType, ServerItemCallback
from asyncua.server.history import HistoryDict
from asyncua.server.user_managers import User, UserManager, UserRole

from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes


class _Operators(UserManager):
    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> User | None:
        del iserver, certificate
        known = (username, password) == ("andon", "line-secret")
        return User(role=UserRole.User, name="andon") if known else None


class Machine(Counterpart, Speaks, Takes):
    """A press: its state has a history, its order can be written."""

    name = "machine"
    dedupes = False
    refusal_words = "BadNodeIdUnknown"

    def __init__(self) -> None:
        self._port = 9
        self._numbers = itertools.count(1)
        self._history: list[ua.DataValue] = []
        self._effects: list[str] = []
        self._losing = False
        self._server: Server | None = None

    async def start(self) -> None:
        """Listens, at the port it had before."""
        if self._port == 9:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self._port = free.getsockname()[1]
        logging.getLogger("asyncua.server").setLevel(logging.ERROR)
        server = Server(user_manager=_Operators())
        await server.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self._port}/")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        await server.register_namespace("urn:andon:machine")
        press = await server.nodes.objects.add_object(ua.NodeId("press", 2), "2:press")
        self._state = await press.add_variable(ua.NodeId("state", 2), "2:state", "")
        order = await press.add_variable(ua.NodeId("order", 2), "2:order", "")
        await order.set_writable()
        self._storage = HistoryDict()
        server.iserver.history_manager.set_storage(self._storage)
        await self._storage.new_historized_node(self._state.nodeid, None)
        server.subscribe_server_callback(CallbackType.PostWrite, self._written)
        for value in self._history:
            await self._storage.save_node_value(self._state.nodeid, value)
        self._server = server
        await server.start()

    async def stop(self) -> None:
        """Breaks all connections; the history stays, as on the machine's disk."""
        server, self._server = self._server, None
        if server is not None:
            self._break(server)
            await server.stop()

    def settings(self) -> dict[str, Any]:
        """The press."""
        return {
            "url": f"opc.tcp://127.0.0.1:{self._port}/",
            "username": "andon",
            "password": "line-secret",
            "timeout": "2s",
            "nodes": {"machine.state": {"ids": ["ns=2;s=state"]}},
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    async def say(self, count: int) -> Sequence[str]:
        """States, all at one instant."""
        names = [f"state-{next(self._numbers)}-" for _ in range(count)]
        at = datetime.now(UTC)
        values = [
            ua.DataValue(ua.Variant(one), SourceTimestamp=at, ServerTimestamp=at) for one in names
        ]
        self._history += values
        for value in values:
            await self._storage.save_node_value(self._state.nodeid, value)
        await self._state.write_value(values[-1])
        return names

    def request(self, effect: str) -> Request:
        """The press is told its order."""
        return Request(target="write ns=2;s=order", body={"type": "String", "value": effect})

    async def effects(self) -> Sequence[str]:
        """Orders the press was told."""
        return list(self._effects)

    async def lose_answer(self) -> None:
        """The press takes its next order, and the line breaks."""
        self._losing = True

    def refused(self) -> Request:
        """A variable that is not there."""
        return Request(target="write ns=2;s=nothing", body={"type": "String", "value": "none"})

    def _written(self, event: ServerItemCallback, _: Any = None) -> None:
        for one in event.request_params.NodesToWrite:
            if event.is_external and one.NodeId.Identifier == "order":
                self._effects.append(one.Value.Value.Value)
                if self._losing and self._server is not None:
                    self._losing = False
                    self._break(self._server)

    def _break(self, server: Server) -> None:
        for transport in list(server.iserver.asyncio_transports):
            transport.abort()


COUNTERPARTS = (Machine,)
