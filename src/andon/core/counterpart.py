"""A system a connector can be tried against: its simulator, or the real thing."""

__all__ = ["Counterpart", "Fetches", "Pushes", "Shows", "Speaks", "Takes"]

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from andon.core.connector import Arrival, Request


class Counterpart(ABC):
    """What the conformance suite and a demo need of the other side.

    A connector's `simulator.py` lists its own in `COUNTERPARTS`; the tests add the real ones.
    It mixes in what it can: `Speaks`, `Takes`, `Pushes`, `Fetches`. It is made without arguments,
    and making one opens nothing: `start` does.
    """

    name: ClassVar[str]
    """Short, for test names: `folder`, `sftp`, `tryton`."""
    lasting: ClassVar[bool] = False
    """Slow to begin: one is used for all checks, and holds what earlier ones left in it."""

    @abstractmethod
    async def start(self) -> None:
        """Begins to answer. After `stop` it comes back at the same address with what it held."""

    @abstractmethod
    async def stop(self) -> None:
        """Ends at once, as a killed process does: open connections break."""

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Settings by which the connector reaches it, as TOML holds them, secrets in plain text.
        Valid before `start`, too: then they lead to where nobody answers."""

    def wrong_access(self) -> dict[str, Any] | None:
        """The same settings with credentials it refuses; None when it asks for none."""
        return None

    def mappings(self) -> Sequence[Any]:
        """Mappings without which the connector cannot open."""
        return ()


class Speaks(ABC):
    """The other side of a source."""

    most: ClassVar[int] = 20_000
    """So many facts can be asked of it at once; a real system that is slow to write says fewer."""

    @abstractmethod
    async def say(self, count: int) -> Sequence[str]:
        """Makes so many new facts and returns a text for each that its item's raw form holds.
        At least two of them share one instant where the system has instants."""


class Takes(ABC):
    """The other side of a sink."""

    dedupes: ClassVar[bool]
    """Whether it answers a repeated key with its first answer."""
    refusal_words: ClassVar[str] = ""
    """Some of the words in which it refuses `refused()`."""

    @abstractmethod
    def request(self, effect: str) -> Request:
        """One call whose effect carries this name."""

    @abstractmethod
    async def effects(self) -> Sequence[str]:
        """The names of everything it did, in order; one that was done twice stands here twice."""

    @abstractmethod
    async def lose_answer(self) -> None:
        """The next request is done, and its answer never arrives."""

    def refused(self) -> Request | None:
        """A call it refuses in its own words; None when it never refuses."""
        return None


class Pushes(ABC):
    """The other side of an inbox."""

    @abstractmethod
    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        """So many new posts, each with a text that its item's raw form holds."""

    @abstractmethod
    def bad_arrival(self) -> Arrival:
        """A post that must not get in."""


class Fetches(ABC):
    """The other side of an outbox: it asks, and acknowledges."""

    @abstractmethod
    def ask(self) -> Arrival:
        """Its request for what is pending."""

    def wanted(self, names: str) -> Request:
        """A command for it, as a mapping writes one; it teaches the name."""
        return Request(target="", body={"id": names}, names=names)

    @abstractmethod
    def acknowledge(self, names: str) -> Arrival:
        """Its acknowledgment of what an offered request names."""


class Shows(ABC):
    """A simulated system as a person starts it, to look around: `andon connectors simulate`.

    It is the class `Shown` in the connector's `shown.py`; the README says where to start it.
    """

    @abstractmethod
    async def start(self, place: str) -> Sequence[str]:
        """Begins there, at a port of this machine or in a folder, with something to read.
        Returns what a person has to know of it, a line each."""

    async def effects(self) -> Sequence[str]:
        """All that it was told so far, in order; each is printed once, as it comes."""
        return ()
