"""The controller of the line, as its maker delivers it."""

__all__ = ["Controller"]

from typing import Any

from asyncua.server.user_managers import UserManager

from andon.connectors.opcua.library import ua
from andon.connectors.opcua.simulated import NAMESPACE, Machine
from andon.sandbox.systems.machines_b.space import small_server

_LINE = "line"


class Controller(Machine):
    """Two variables, and the few nodes that every server has."""

    def made(self, users: UserManager) -> Any:
        """A small one."""
        return small_server(users)

    async def furnish(self, server: Any) -> None:
        """A line that says what it does and what it has made."""
        index = await server.get_namespace_index(NAMESPACE)
        line = await server.nodes.objects.add_object(
            ua.NodeId(_LINE, index), ua.QualifiedName(_LINE, index)
        )
        for name, value, kind in (
            ("State", "NotExecuting", ua.VariantType.String),
            ("Good", 0, ua.VariantType.UInt32),
        ):
            self._nodes[name] = await line.add_variable(
                ua.NodeId(name, index), ua.QualifiedName(name, index), value, kind
            )
