"""How to speak with one kind of system: settings, four faces, and what passes through them."""

__all__ = [
    "Acknowledge",
    "Acknowledgment",
    "Arrival",
    "Connector",
    "Door",
    "Item",
    "Offer",
    "Offered",
    "Position",
    "Proof",
    "Push",
    "Receipt",
    "Request",
    "SecretStr",
    "Settings",
    "Sink",
    "Source",
]

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, TypeVar

import msgspec

from andon.core.errors import Fault, MappingError
from andon.core.faults import UNREADABLE, decode_faults
from andon.core.secret import SecretStr

Position = str
"""Where a source stands, in its own words; empty means from the beginning."""

Proof = Literal["keyed", "findable", "state", "none"]
"""How an unknown outcome is found out (design 7): the target dedupes on our key; our key is read
back from a field; the state is read; nobody can tell, so a person decides."""

T = TypeVar("T")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a connector must be told. Fields have types, honest defaults and docstrings."""

    timeout: timedelta = timedelta(seconds=10)
    """How long one call may take before its outcome counts as unknown."""
    settles_within: timedelta = timedelta(seconds=30)
    """A request not found after this long will not arrive any more:
    longest request plus index lag."""
    concurrency: int = 32
    """Calls in flight at once."""
    attempts: int = 5
    """Sends of one command before it is parked for a person."""
    backoff: timedelta = timedelta(milliseconds=200)
    """Pause before the second attempt; doubles each time, up to a minute."""


S = TypeVar("S", bound=Settings)


class Item(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing a system said, in its words."""

    kind: str
    """Which mapping reads it."""
    key: str
    """Unique and stable within the connection: the same fact read twice has the same key."""
    raw: bytes
    """JSON as it came (other formats are turned into JSON by the connector)."""
    position: Position | None = None
    """Resume after here; none for what is pushed."""
    mirror: str | None = None
    """Names a row whose last reading is remembered and given to the mapping as `before`."""
    occurred_at: datetime | None = None

    def read(self, shape: type[T]) -> T:
        """The item as `shape`. Raises MappingError with every fault and its JSON pointer."""
        try:
            return msgspec.json.decode(self.raw, type=shape)
        except UNREADABLE as error:
            faults = decode_faults(self.raw, shape, error)
            raise MappingError(
                f"{self.kind} {self.key} does not read as {shape.__name__}", faults
            ) from error


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a sink is given: one call with an effect."""

    target: str
    """What to call, in the system's words: `POST /erp/goods-receipts`, `production.do`."""
    body: Any = None
    names: str | None = None
    """The id by which the target will know the subject from now on, if this call teaches it one."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What the system answered: its document number, and what else a later step may need."""

    reference: str | None = None
    body: dict[str, Any] = {}


def _machine() -> datetime:
    return datetime.now(UTC)


class Connector(ABC, Generic[S]):
    """One system in use. `open` may raise UnavailableError, CredentialsError or SettingsError."""

    settings_type: ClassVar[type[Settings]]

    def __init__(self, name: str, settings: S) -> None:
        self.name = name
        self.settings = settings
        self.now: Callable[[], datetime] = _machine
        """Business time; who composes a project gives its one clock."""

    async def open(self) -> None:
        """Get ready to read and send."""

    async def close(self) -> None:
        """Leave nothing open; done within a second."""

    def faults(self) -> Sequence[Fault]:
        """Mistakes of the settings that show without the system, each with its key; `open` raises
        them too."""
        return ()

    @property
    def kinds(self) -> Set[str] | None:
        """Kinds of the items that these settings bring; None where only the system knows them."""
        return None

    def doors(self) -> "Sequence[Door]":
        """Routes to mount under `/in/<connection>` for systems that push to us or fetch from us."""
        return ()


class Source(Connector[S]):
    """A system we read."""

    @property
    def reads(self) -> bool:
        """Whether these settings name anything to read; else nobody calls `read`."""
        return True

    @abstractmethod
    def read(self, after: Position) -> AsyncIterator[Item]:
        """Everything after a position, then on as it comes; ends only when closed.
        Repeats are welcome, gaps not."""

    async def committed(self, position: Position) -> None:
        """Everything up to this position of the running `read` is in the log: a system that keeps
        a message until it is acknowledged may forget it now, and not before."""


class Sink(Connector[S]):
    """A system we send to."""

    @property
    def sends(self) -> bool:
        """Whether these settings say where to; else nothing can be routed here."""
        return True

    def missing_for(self, target: str, proof: Proof) -> str | None:
        """What these settings lack to send to this target and to find out an unknown outcome, as
        far as it shows without the system."""
        del target, proof
        return None

    @abstractmethod
    async def send(self, request: Request, *, key: str) -> Receipt:
        """One call. Raises UnavailableError (no effect), RejectedError,
        CredentialsError or OutcomeUnknownError."""

    @abstractmethod
    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """What this request did, by its key or by the state it should have made;
        None when it is not there. Raises RejectedError when it is there and was refused."""


class Arrival(msgspec.Struct, frozen=True):
    """One HTTP request to a door, already let in:
    path parameters, query, lower-case headers, body."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    method: str = ""
    target: str = ""
    """Path and query as they were asked for, at doors that prove a signature over them."""


class Push(msgspec.Struct, frozen=True):
    """They push: the items are committed before `answer` leaves with status 202 (or `status`)."""

    method: str
    path: str
    items: Callable[[Arrival], Sequence[Item]]
    answer: bytes = b'{"accepted":true}'
    status: int = 202
    signed: bool = False
    """`items` proves by a signature who posts, or raises CredentialsError: no key is asked for."""
    answers: Callable[[Arrival], bytes] | None = None
    """Writes the answer where it depends on the post; called once its items are committed."""
    media: str = "application/json"
    """What the answer is."""


class Offered(msgspec.Struct, frozen=True):
    """A command waiting to be fetched."""

    key: str
    request: Request


def _nothing(_: Offered) -> None:
    return None


class Offer(msgspec.Struct, frozen=True):
    """They fetch: pending commands of this connection, written by `render` as the answer."""

    method: str
    path: str
    render: Callable[[Arrival, Sequence[Offered]], bytes]
    withholds: Callable[[Offered], str | None] = _nothing
    """Why they would misread a command, which then waits and is shown with the reason."""
    media: str = "application/json"
    """What `render` writes."""


class Acknowledgment(msgspec.Struct, frozen=True):
    """They have it: the offered request that teaches `names` is delivered
    (or refused, in their words)."""

    names: str
    reference: str | None = None
    refused: str | None = None


class Acknowledge(msgspec.Struct, frozen=True):
    """They acknowledge what they fetched; that is the command's receipt."""

    method: str
    path: str
    read: Callable[[Arrival], Acknowledgment]
    answer: bytes = b'{"acknowledged":true}'
    media: str = "application/json"
    """What the answer is."""


Door = Push | Offer | Acknowledge
