"""OPC UA: histories as items, woken by a subscription; writes and method calls as commands."""

__all__ = ["NodeGroup", "OpcUa", "OpcUaSettings"]

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
from asyncua import Client, ua

from andon.connectors.opcua.values import item_of, plain
from andon.core.connector import Item, Position, Receipt, Request, SecretStr, Settings, Sink, Source
from andon.core.errors import (
    CredentialsError,
    Fault,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)

_REFUSED = (
    ua.uaerrors.BadUserAccessDenied,
    ua.uaerrors.BadIdentityTokenRejected,
    ua.uaerrors.BadIdentityTokenInvalid,
)
_PAGE = 500
_LOST = (
    OSError, EOFError, TimeoutError, ua.uaerrors.BadConnectionClosed, ua.uaerrors.BadTimeout,
    ua.uaerrors.BadSessionClosed, ua.uaerrors.BadSessionIdInvalid,
)  # fmt: skip


class NodeGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Variables of one kind, each with a history in the server."""

    ids: tuple[str, ...]
    """`ns=2;s=press-2.state`."""


class OpcUaSettings(Settings, frozen=True, kw_only=True):
    """One server, and which of its variables we read."""

    url: str
    """`opc.tcp://press-2:4840/`."""
    username: str | None = None
    """Who we are; None: anonymous."""
    password: SecretStr | None = None
    """The user's password."""
    nodes: Mapping[str, NodeGroup] = {}
    """Kind of item -> variables."""
    publish_every: timedelta = timedelta(milliseconds=200)
    """How soon the server tells of a change."""


class _Wake:
    """Every change only wakes the reader, which reads the history: nothing piles up."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def datachange_notification(self, *_: Any) -> None:
        self.event.set()

    def status_change_notification(self, *_: Any) -> None:
        self.event.set()


class OpcUa(Source[OpcUaSettings], Sink[OpcUaSettings]):
    """One server. `Request.target` is `write <node>` or `call <object> <method>`."""

    settings_type = OpcUaSettings

    def __init__(self, name: str, settings: OpcUaSettings) -> None:
        super().__init__(name, settings)
        self._writing: Client | None = None
        self._one = asyncio.Lock()

    @property
    def reads(self) -> bool:
        """Whether variables are named."""
        return bool(self.settings.nodes)

    async def open(self) -> None:
        """Looks at the settings; the first read or send tells whether the server is there."""
        # at DEBUG the library logs whole requests, the password among them
        logging.getLogger("asyncua").setLevel(logging.INFO)
        faults: list[Fault] = []
        if not self.settings.url.startswith("opc.tcp://"):
            faults.append(Fault("url", f"is {self.settings.url!r}; write opc.tcp://"))
        for kind, group in self.settings.nodes.items():
            for number, node in enumerate(group.ids):
                try:
                    ua.NodeId.from_string(node)
                except (ua.UaError, ValueError):
                    faults.append(Fault(f"nodes.{kind}.ids.{number}", f"{node!r} is no node id"))
        if faults:
            raise SettingsError(f"{self.name} cannot be opened", faults)

    async def close(self) -> None:
        """Leaves the server."""
        client, self._writing = self._writing, None
        if client is not None:
            await _left(client)

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """The history from a position on, then again whenever a variable changes."""
        cursor: dict[str, str] = msgspec.json.decode(after) if after else {}
        client, wake = await self._connected(), _Wake()
        seen: dict[str, set[str]] = {}
        pairs = [(kind, one) for kind, group in self.settings.nodes.items() for one in group.ids]
        try:
            every = self.settings.publish_every.total_seconds() * 1000
            subscription = await client.create_subscription(every, cast("Any", wake))
            await subscription.subscribe_data_change([client.get_node(one) for _, one in pairs])
            while True:
                wake.event.clear()
                for kind, node in pairs:
                    async for item in self._history(client, kind, node, cursor, seen):
                        yield item
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.event.wait(), 1)
                await client.check_connection()
        except _LOST as error:
            raise UnavailableError(f"{self.name} was lost while reading: {error!r}") from error
        finally:
            await _left(client)

    async def _history(
        self, client: Client, kind: str, node: str,
        cursor: dict[str, str], seen: dict[str, set[str]],
    ) -> AsyncIterator[Item]:  # fmt: skip
        """Page by page from the cursor's instant on, that instant included."""
        size = _PAGE
        while True:
            start = datetime.fromisoformat(cursor.get(node, "1970-01-01T00:00:00+00:00"))
            page = await client.get_node(node).read_raw_history(start, None, size)
            fresh = 0
            for value in page[:size]:
                item = item_of(kind, node, value, None)
                moment = item.occurred_at.isoformat() if item.occurred_at else cursor.get(node, "")
                if moment != cursor.get(node):
                    cursor[node], seen[node] = moment, set()
                if item.key not in seen.setdefault(node, set()):
                    fresh += 1
                    seen[node].add(item.key)
                    place = msgspec.json.encode(cursor).decode()
                    yield msgspec.structs.replace(item, position=place)
            if len(page) < size:
                return
            size = _PAGE if fresh else size * 2  # one instant fills the page

    async def send(self, request: Request, *, key: str) -> Receipt:  # noqa: ARG002 a sink's signature
        """One write or one call. The server knows nothing of our key."""
        verb, places = _target(request)
        async with self._one:
            client = await self._alive()
            try:
                if verb == "write":
                    await client.get_node(places[0]).write_value(_variant(request.body))
                    return Receipt(reference=places[0])
                arguments = [_variant(one) for one in request.body or ()]
                told = await client.get_node(places[0]).call_method(
                    ua.NodeId.from_string(places[1]), *arguments
                )
                return Receipt(reference=places[0], body={"answer": plain(told)})
            except (*_LOST, asyncio.CancelledError) as error:
                self._writing = None
                await _left(client)
                if isinstance(error, asyncio.CancelledError):
                    raise
                raise OutcomeUnknownError(f"{self.name} left {request.target} open") from error
            except ua.UaStatusCodeError as error:
                code = ua.StatusCode(error.code).name
                raise RejectedError(f"{self.name} refused: {code}: {error}", code) from error

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 a sink's signature
        """A write is known by the value that stands there; a call cannot be told."""
        verb, places = _target(request)
        if verb == "call":
            raise OutcomeUnknownError(f"{self.name} cannot tell whether {request.target} was done.")
        async with self._one:
            client = await self._alive()
            try:
                value = await client.get_node(places[0]).read_value()
            except _LOST as error:
                self._writing = None
                await _left(client)
                raise UnavailableError(f"{self.name} was lost: {error!r}") from error
        same = plain(value) == plain(_variant(request.body).Value)
        return Receipt(reference=places[0]) if same else None

    async def _alive(self) -> Client:
        """The kept session, or a new one."""
        if self._writing is not None:
            try:
                await self._writing.check_connection()
                await self._writing.nodes.server_state.read_value()
            except (*_LOST, ua.UaError):
                gone, self._writing = self._writing, None
                await _left(gone)
        if self._writing is None:
            self._writing = await self._connected()
        return self._writing

    async def _connected(self) -> Client:
        client = Client(self.settings.url, timeout=self.settings.timeout.total_seconds())
        if self.settings.username is not None:
            client.set_user(self.settings.username)
            client.set_password(self.settings.password.reveal() if self.settings.password else "")
        try:
            await client.connect()
        except _REFUSED as error:
            await _left(client)
            raise CredentialsError(
                f"{self.name} does not accept {self.settings.username}"
            ) from error
        except (*_LOST, ua.UaError) as error:
            await _left(client)
            raise UnavailableError(f"{self.name} does not answer at {self.settings.url}") from error
        return client


async def _left(client: Client) -> None:
    """Ends a session, also one whose other side is gone."""
    with suppress(Exception):
        await asyncio.wait_for(client.disconnect(), 0.5)


def _target(request: Request) -> tuple[str, list[str]]:
    match request.target.split():
        case ["write", node]:
            return "write", [node]
        case ["call", object_id, method]:
            return "call", [object_id, method]
        case _:
            raise RejectedError(
                f"{request.target!r} is neither `write <node>` nor `call <object> <method>`.",
                "target-invalid",
            )


def _variant(body: Any) -> ua.Variant:
    """`{"type": "Int32", "value": 5}`."""
    try:
        return ua.Variant(body["value"], ua.VariantType[body["type"]])
    except (KeyError, TypeError, ua.UaError) as error:
        raise RejectedError(f"{body!r} names no type and value", "value-invalid") from error
