"""The simulated machine: the server of asyncua, with what its users may do."""

__all__ = ["NAMESPACE", "Machine"]

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from asyncua.common.callback import CallbackType
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.history import HistoryDict
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager

from andon.connectors._ports import free_port
from andon.connectors.opcua.jobshop import JobShop
from andon.connectors.opcua.library import ua
from andon.connectors.opcua.subscribed import Subscriptions

NAMESPACE = "http://acme.example/press"

_Server: Any = cast("Any", Server)


class Machine:
    """Listens at one port. `told` is every order that was written from outside."""

    def __init__(self, *, users: Mapping[str, str], port: int = 0) -> None:
        self.told: list[str] = []
        self.losing = False
        self._users = users
        self._port = port
        self._server: Any = None
        self._nodes: dict[str, Any] = {}
        self._memory: Any = HistoryDict()
        self.jobs = JobShop()

    @property
    def url(self) -> str:
        """Where it listens, or nobody does."""
        return f"opc.tcp://127.0.0.1:{self._port or 9}/"

    async def start(self) -> None:
        """The first time everything is made; later it only listens again."""
        if self._server is not None:
            await self._server.bserver.start()
            return
        self._port = self._port or free_port()
        logging.getLogger("asyncua.server").setLevel(logging.CRITICAL)
        server = self.made(_People(self._users))
        await server.init()
        server.set_endpoint(self.url)
        await self.prepare(server)
        server.iserver.subscription_service = Subscriptions(server.iserver.aspace, server.iserver)
        await server.register_namespace(NAMESPACE)
        server.iserver.history_manager.set_storage(self._memory)
        await self.furnish(server)
        server.subscribe_server_callback(CallbackType.PostWrite, self._took)
        self._server = server
        await server.start()

    def made(self, users: UserManager) -> Any:
        """The server, with the nodes of the standard."""
        return _Server(user_manager=users)

    async def prepare(self, server: Any) -> None:
        """How it lets people in."""
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        server.set_identity_tokens([ua.UserNameIdentityToken])

    async def furnish(self, server: Any) -> None:
        """What it is made of."""
        index = await server.get_namespace_index(NAMESPACE)
        press = await server.nodes.objects.add_object(
            ua.NodeId("press", index), ua.QualifiedName("press", index)
        )
        for name, value, kind in (
            ("state", "", ua.VariantType.String),
            ("order", "", ua.VariantType.String),
            ("my order", "", ua.VariantType.String),
            ("go", False, ua.VariantType.Boolean),
            ("pieces", 0, ua.VariantType.UInt32),
            ("force", 0.0, ua.VariantType.Double),
            ("curve", [0.0], ua.VariantType.Double),
        ):
            node = await press.add_variable(
                ua.NodeId(name, index), ua.QualifiedName(name, index), value, kind
            )
            self._nodes[name] = node
        span = ua.Variant(ua.Range(0.0, 200.0), ua.VariantType.ExtensionObject)
        await self._nodes["force"].add_property(
            ua.NodeId("force range", index), ua.QualifiedName("EURange", 0), span
        )
        for name in ("order", "my order", "go", "force"):
            await self._nodes[name].set_writable()
        kinds = [ua.VariantType.String, ua.VariantType.Double]
        await press.add_method(
            ua.NodeId("recipe", index), "recipe", self._recipe, kinds, [ua.VariantType.String]
        )
        await self.jobs.furnish(server, press)
        state = self._nodes["state"]
        await state.set_attr_bit(ua.AttributeIds.AccessLevel, ua.AccessLevel.HistoryRead)
        await state.set_attr_bit(ua.AttributeIds.UserAccessLevel, ua.AccessLevel.HistoryRead)
        await self._memory.new_historized_node(state.nodeid, None, 5_000)

    async def set(
        self, name: str, value: Any, *, at: datetime | None = None, status: str = "Good"
    ) -> None:
        """A variable changes; what has a history remembers it."""
        moment = at or datetime.now(UTC)
        node = self._nodes[name]
        kind = await node.read_data_type_as_variant_type()
        read = ua.DataValue(
            ua.Variant(value, kind),
            StatusCode=ua.StatusCode(status),
            SourceTimestamp=moment,
            ServerTimestamp=moment,
        )
        if name == "state":
            await self._memory.save_node_value(node.nodeid, read)
        await node.write_value(read)

    def held(self) -> list[int]:
        """How many notifications each subscription keeps until they are acknowledged."""
        service = self._server.iserver.subscription_service
        return [len(one._not_acknowledged_results) for one in service.subscriptions.values()]

    def hand_over(self, *, well: bool) -> None:
        """Whether a subscription that is handed over speaks."""
        self._server.iserver.subscription_service.mended = well

    async def forget(self) -> None:
        """All subscriptions end, as after a lifetime without anyone asking."""
        service = self._server.iserver.subscription_service
        await service.delete_subscriptions(list(service.subscriptions))

    async def stop(self) -> None:
        """As if it were killed: connections break, sessions and subscriptions are gone."""
        self.cut()
        await self._server.bserver.stop()
        await self.forget()

    async def end(self) -> None:
        """It is switched off for good."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    def cut(self) -> None:
        """The line breaks; the machine goes on and holds what it has to say."""
        for transport in list(self._server.iserver.asyncio_transports):
            transport.abort()

    async def get(self, name: str) -> Any:
        """What a variable holds."""
        return await self._nodes[name].read_value()

    async def _recipe(self, _: Any, recipe: Any, force: Any) -> Any:
        """A method of the machine; it knows no recipe called none."""
        if recipe.Value == "none" or force.Value > 100:
            return ua.StatusCode(ua.StatusCodes.BadOutOfRange)
        await self.set("order", recipe.Value)
        return [ua.Variant(f"{recipe.Value} loaded", ua.VariantType.String)]

    async def _took(self, event: Any, _: Any = None) -> None:
        for one in event.request_params.NodesToWrite:
            if event.is_external and one.NodeId.Identifier == "go":
                await self.set("go", False)  # the program takes the command and resets it
            if event.is_external and one.NodeId.Identifier == "order":
                self.told.append(one.Value.Value.Value)
                if self.losing:
                    self.losing = False
                    self.cut()


class _People(UserManager):
    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = users

    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> User | None:
        del iserver, certificate
        known = username in self._users and self._users[username] == password
        return User(role=UserRole.User, name=username) if known else None
