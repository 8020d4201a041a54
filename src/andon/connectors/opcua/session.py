"""One session with one server: let in, used, left.

The library's own reconnecting is not used: the engine reads on from a position that is in the log.
"""

__all__ = ["Session"]

import asyncio
import socket
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidSignature

from andon.connectors.opcua.library import LOST, Client, ua
from andon.connectors.opcua.securing import enter, refusal, secure
from andon.connectors.opcua.settings import OpcUaSettings
from andon.core.errors import CredentialsError, Fault, SettingsError, UnavailableError


class Session:
    """`calls` are the services of the server; `lost` says whether they can still be used."""

    def __init__(self, name: str, settings: OpcUaSettings) -> None:
        self.timeout = settings.timeout.total_seconds()
        self._name = name
        self._settings = settings
        self.types: dict[str, Any] = {}
        """Types of variables that were written; they last as long as a program of the machine."""
        self._renewing: asyncio.Task[None] | None = None
        self._spaces: list[str] = []
        self._client: Any = self._made()

    @property
    def calls(self) -> Any:
        """The server's services."""
        return self._client.uaclient.session

    def node(self, node_id: Any) -> Any:
        """One node of the server."""
        return self._client.get_node(node_id)

    @property
    def lost(self) -> bool:
        """Whether the connection is gone."""
        protocol = self._client.uaclient.protocol
        return protocol is None or protocol.is_closed

    async def open(self) -> None:
        """Raises UnavailableError, CredentialsError or SettingsError."""
        try:
            await secure(self._client, self._name, self._settings)
            await self._client.connect_socket()
            await self._client.send_hello()
            await self._client.open_secure_channel()
            await self._client.create_session()
            await enter(self._client, self._name, self._settings)
        except ua.UaStatusCodeError as error:
            await self.close()
            raise refusal(error, self._name, self._settings) from error
        except (*LOST, ua.UaError) as error:
            await self.close()
            if str(error).startswith("No matching endpoints"):
                raise SettingsError(
                    f"{self._name} cannot be opened",
                    [Fault("security", f"the server does not offer {self._settings.security}")],
                ) from error
            raise UnavailableError(
                f"{self._name} does not answer at {self._settings.url}: {error!r}."
                " It is tried again. If it stays away, look at the controller and the network."
            ) from error
        except InvalidSignature as error:
            await self.close()
            raise CredentialsError(
                f"{self._name} cannot prove that its certificate is its own. Somebody may stand in"
                " between; nothing was sent."
            ) from error
        except BaseException:
            await self.close()
            raise
        self._renewing = asyncio.create_task(self._renew())

    async def close(self, *, keep: bool = False) -> None:
        """Leaves within half a second; `keep`s subscriptions at the server, if told to."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
            self._renewing = None
        if not self.lost:
            with suppress(Exception):
                await asyncio.wait_for(self._client.uaclient.close_session(not keep), 0.4)
            with suppress(Exception):
                await self._client.close_secure_channel()
        self._client.disconnect_socket()

    async def resolved(self, text: str) -> Any:
        """A node id as the settings write it, with the index its namespace has today."""
        node_id = ua.NodeId.from_string(text)
        uri: str | None = getattr(node_id, "NamespaceUri", None)
        if not uri:
            return node_id
        return ua.NodeId(node_id.Identifier, await self.index(uri))

    async def index(self, uri: str) -> int:
        """The index of a namespace. Raises LookupError."""
        if uri not in self._spaces:
            spaces = self.node(ua.NodeId(ua.ObjectIds.Server_NamespaceArray))
            self._spaces = await spaces.read_value() or []
        if uri not in self._spaces:
            raise LookupError(f"the server knows no namespace {uri}")
        return self._spaces.index(uri)

    # -- being let in ---------------------------------------------------------------------------

    def _made(self) -> Any:
        client = Client(self._settings.url, timeout=self.timeout)
        client.name = client.description = "Andon"
        client.application_uri = f"urn:{socket.gethostname()}:andon"
        client.product_uri = "urn:andon"
        client.session_timeout = 600_000
        # The library would acknowledge on arrival; we do once it is in the log.
        client.uaclient.session.ensure_publish_loop = lambda: None
        return client

    async def _renew(self) -> None:
        """A channel lives for an hour at most; the requests that need it fail if this does."""
        while True:
            await asyncio.sleep(self._client.secure_channel_timeout * 0.75 / 1000)
            await self._client.open_secure_channel(renew=True)
