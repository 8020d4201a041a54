"""What the API needs from the house; the composition gives it one object that has all of it."""

__all__ = ["ASGIApp", "Arriving", "Hub", "Listens", "Outcome", "Pool", "Web"]

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

import msgspec

from andon.core.message import Command, Event
from andon.core.plant import Partnership
from andon.core.record import Actor
from andon.governance.contracts import Contracts
from andon.store.access import Speaks

ASGIApp = Callable[[Any, Any, Any], Awaitable[None]]


class Listens(Speaks, Protocol):
    """One connection of asyncpg, which can be told things."""

    def is_closed(self) -> bool:
        """Whether it is of no more use."""
        ...

    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None:
        """From here on the callback hears this channel."""
        ...

    def terminate(self) -> None:
        """Ends the connection at once."""
        ...


class Pool(Speaks, Protocol):
    """A pool of asyncpg; said here because it comes without types."""

    def acquire(self) -> AbstractAsyncContextManager[Listens]:
        """One connection, given back at the end."""
        ...


class Web(msgspec.Struct, frozen=True, kw_only=True):
    """How the API meets the outside."""

    hosts: Sequence[str] = ("localhost", "127.0.0.1", "::1")
    """Names under which this Andon may be asked, without port; anything else is refused."""
    https: bool = False
    """Whether people reach it by https (a proxy may end it): makes cookies Secure."""
    body_limit: int = 8 * 1024 * 1024
    """Bytes of one request."""


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """One checked CloudEvent, not yet recorded."""

    source: str
    """The system that says it; the key was allowed to speak for it."""
    id: str
    event: Event
    occurred_at: datetime | None
    correlation: str | None


class Outcome(Protocol):
    """Where a command stands when the caller's patience ended."""

    @property
    def key(self) -> str:
        """Asks for it at `/v1/commands/<key>`."""
        ...

    @property
    def state(self) -> Literal["delivered", "going", "awaiting"]:
        """`going` also for an unknown outcome: neither done nor failed; `awaiting` approval."""
        ...

    @property
    def reference(self) -> str | None:
        """What the system calls it, once that is known."""
        ...

    @property
    def body(self) -> Mapping[str, Any]:
        """What the system answered."""
        ...


class Hub(Protocol):
    """The running Andon, as the API sees it."""

    @property
    def pool(self) -> Pool:
        """Connections; one of them is kept for listening."""
        ...

    @property
    def contracts(self) -> Contracts:
        """The words that may be said here."""
        ...

    @property
    def commands(self) -> Sequence[type[Command]]:
        """What this plant has a route for."""
        ...

    @property
    def partnerships(self) -> Sequence[Partnership]:
        """What partners may see and ask."""
        ...

    @property
    def in_door(self) -> ASGIApp:
        """Answers everything under `/in/`; it asks the key ring itself."""
        ...

    def now(self) -> datetime:
        """Business time."""
        ...

    async def accept(self, events: Sequence[Arriving], actor: Actor) -> Sequence[int]:
        """Records all or none; gives the position of each, the old one for a repetition."""
        ...

    async def submit(self, command: Command, actor: Actor, *, key: str, wait: timedelta) -> Outcome:
        """Passes the gate, records, waits. Raises DeniedError, RejectedError, or InvalidError
        where the same key came with another payload."""
        ...

    async def answer(self, exception: int, choice: str, actor: Actor) -> None:
        """Records a person's choice, for which a run waits."""
        ...

    async def wake(self) -> None:
        """Something was changed in the tables by the API: look now."""
        ...
