"""OPC UA: changes and histories as items; writes, method calls and job orders as commands."""

__all__ = ["OpcUa"]

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

from andon.connectors.opcua.settings import OpcUaSettings, faults_of
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import Fault

if TYPE_CHECKING:
    from andon.connectors.opcua.served import Served

if find_spec("asyncua") is None:  # where the extra is not installed, this is said before it runs
    raise ModuleNotFoundError("No module named 'asyncua'", name="asyncua")


class OpcUa(Source[OpcUaSettings], Sink[OpcUaSettings]):
    """One server, read and commanded in two sessions. `Request.target` is `write <node>`,
    `call <object> <method>` or `job <receiver> <method>`.

    The library takes a second and 45 MB: a process that only knows of a server does not load it.
    """

    settings_type = OpcUaSettings

    @cached_property
    def _served(self) -> "Served":
        from andon.connectors.opcua.served import Served

        return Served(self.name, self.settings)

    @property
    def reads(self) -> bool:
        """Whether anything is named."""
        return bool(self.settings.nodes or self.settings.jobs)

    @property
    def revised(self) -> Mapping[str, tuple[float, int]]:
        """Variables whose sampling (ms) and queue the server set otherwise than asked."""
        return self._served.revised

    def faults(self) -> Sequence[Fault]:
        """Every mistake of the nodes and jobs."""
        return faults_of(self.settings)

    async def open(self) -> None:
        """Looks at the settings; the first read or send tells whether the server is there."""
        await self._served.open()

    async def close(self) -> None:
        """Leaves the server."""
        await self._served.close()

    def read(self, after: Position) -> AsyncIterator[Item]:
        """What a position owes, then what the server tells."""
        return self._served.read(after)

    async def committed(self, position: Position) -> None:
        """The server may forget what is in the log."""
        await self._served.committed(position)

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One write or one call. A server knows nothing of our key."""
        return await self._served.send(request, key=key)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """A write is known by the value that stands there, a call by the variable named as its
        `proof`, a job by the list of jobs."""
        return await self._served.find(request, key=key)
