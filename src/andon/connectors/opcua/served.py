"""What `OpcUa` does, once it does anything: here the library is needed."""

__all__ = ["Served"]

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from andon.connectors.opcua.library import LOST, quiet, status, ua
from andon.connectors.opcua.reading import Reader
from andon.connectors.opcua.receiver import Receiver, job_order_of
from andon.connectors.opcua.sending import Order, order_of
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.settings import OpcUaSettings, faults_of
from andon.core.connector import Item, Position, Receipt, Request
from andon.core.errors import (
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)

_FRESH = 1.0
"""Seconds without use after which a kept session is asked whether it is still there."""


class Served:
    """One server, read and commanded in two sessions."""

    def __init__(self, name: str, settings: OpcUaSettings) -> None:
        self.name = name
        self.settings = settings
        self._reader: Reader | None = None
        self._transfers = True
        self._writing: Session | None = None
        self._fresh_until = 0.0
        self._one = asyncio.Lock()
        self.revised: Mapping[str, tuple[float, int]] = {}
        """Variables whose sampling (ms) and queue the server set otherwise than asked."""

    async def open(self) -> None:
        """Looks at the settings; the first read or send tells whether the server is there."""
        quiet()
        if faults := faults_of(self.settings):
            raise SettingsError(f"{self.name} cannot be opened", faults)

    async def close(self) -> None:
        """Leaves the server."""
        session, self._writing = self._writing, None
        if session is not None:
            await session.close()

    # -- reading --------------------------------------------------------------------------------

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """What a position owes, then what the server tells."""
        session = Session(self.name, self.settings)
        reader = Reader(self.settings, session, after, transfers=self._transfers)
        try:
            await session.open()
        except UnavailableError:
            for item in reader.lost():
                yield item
            raise
        self._reader = reader
        try:
            async for item in reader.items():
                self.revised = reader.revised
                yield item
        except LOST as error:
            for item in reader.lost():
                yield item
            raise UnavailableError(f"{self.name} was lost while reading: {error!r}") from error
        except ua.UaStatusCodeError as error:
            code = status(error.code)
            raise UnavailableError(
                f"{self.name} cannot be read now: {code}", reached=True
            ) from error
        except ua.UaError as error:
            raise UnavailableError(
                f"{self.name} is not understood: {error!r}", reached=True
            ) from error
        finally:
            self._reader = None
            if reader.transferred is False:
                self._transfers = False  # it hands subscriptions over, and they stay silent
            await reader.close()
            await session.close(keep=reader.resumable)

    async def committed(self, position: Position) -> None:
        """The server may forget what is in the log."""
        if self._reader is not None:
            self._reader.committed(position)

    # -- sending --------------------------------------------------------------------------------

    async def send(self, request: Request, *, key: str) -> Receipt:  # noqa: ARG002 a sink's signature
        """One write or one call. A server knows nothing of our key."""
        order = _read(request)
        async with self._one:
            session = await self._alive()
            try:
                return await order.sent(session)
            except LookupError as error:
                raise RejectedError(f"{self.name} cannot be sent to: {error}", "node") from error
            except (*LOST, asyncio.CancelledError) as error:
                await self._leave()
                if isinstance(error, asyncio.CancelledError):
                    raise
                raise OutcomeUnknownError(f"{self.name} left {request.target} open") from error
            except ua.UaStatusCodeError as error:
                code = status(error.code)
                raise RejectedError(
                    f"{self.name} refused {request.target}: {code}.", code
                ) from error

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 a sink's signature
        """A write is known by the value that stands there, a call by the variable named as its
        `proof`, a job by the list of jobs."""
        order = _read(request)
        async with self._one:
            session = await self._alive()
            try:
                return await order.proven(session)
            except LookupError as error:
                raise RejectedError(f"{self.name} cannot be asked: {error}", "node") from error
            except (*LOST, ua.UaError) as error:
                await self._leave()
                raise UnavailableError(f"{self.name} was lost: {error!r}") from error

    async def _leave(self) -> None:
        session, self._writing = self._writing, None
        if session is not None:
            await session.close()

    async def _alive(self) -> Session:
        """The kept session if it still answers, or a new one."""
        loop = asyncio.get_running_loop()
        if self._writing is not None and self._writing.lost:
            await self._leave()
        if self._writing is not None and loop.time() > self._fresh_until:
            try:
                state: Any = self._writing.node(ua.NodeId(ua.ObjectIds.Server_ServerStatus_State))
                await state.read_value()
            except (*LOST, ua.UaError):
                await self._leave()
        if self._writing is None:
            session = Session(self.name, self.settings)
            await session.open()
            self._writing = session
        self._fresh_until = loop.time() + _FRESH
        return self._writing


def _read(request: Request) -> Order | Receiver:
    """Raises RejectedError where it means nothing."""
    job = request.target.startswith("job ")
    return job_order_of(request) if job else order_of(request)
