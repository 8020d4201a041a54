"""The connection commands take: its own, listening to the nodes that are commanded."""

__all__ = ["Line"]

import asyncio
import secrets
from collections.abc import Callable

from andon.connectors._mqtt import Session, Taken
from andon.connectors.sparkplug.addresses import NAMESPACE, Address, spoken
from andon.connectors.sparkplug.device import Device
from andon.connectors.sparkplug.host import Host
from andon.connectors.sparkplug.listening import asking, now
from andon.connectors.sparkplug.news import Watched
from andon.connectors.sparkplug.payloads import read_payload
from andon.connectors.sparkplug.said import Ask, Said
from andon.connectors.sparkplug.settings import SparkplugSettings
from andon.core.errors import AndonError, MappingError, UnavailableError

_LOOK = 0.05
_PAUSES = (0.2, 1.0)


class Line:
    """Begun by the first command. Another connection than the one that reads, which may be another
    process; its name is its own, so that several workers do not throw each other out."""

    def __init__(self, name: str, settings: SparkplugSettings) -> None:
        self._name = name
        self._settings = settings
        self._task: asyncio.Task[None] | None = None
        self._session: Session | None = None
        self._trouble: AndonError | None = None
        self._host = self._new_host()
        self._heard = asyncio.Event()
        self._nodes: set[Address] = set()

    async def close(self) -> None:
        """Leaves the broker."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def born(self, session: Session, address: Address, *, anew: bool) -> Device:
        """The device as its birth says it. Raises UnavailableError: nothing was commanded yet."""
        if address.of_node not in self._nodes:
            topic = f"{NAMESPACE}/{address.group}/+/{address.node}/#"
            await session.subscribe([topic], 1)
            self._nodes.add(address.of_node)
        known = self._host.device(address)
        if known is not None and known.born and not anew:
            return known
        before = known.births if known is not None else 0
        await self._say(self._host.ask(address, now()))

        def born() -> bool:
            found = self._host.device(address)
            return found is not None and found.born and found.births > before

        if not await self.until(born, now().now + self._settings.answers_within.total_seconds()):
            raise UnavailableError(
                f"{self._name}: {address} does not answer: asked for a birth, it said none within"
                f" {self._settings.answers_within.total_seconds():g} s. Nothing was commanded.",
                reached=True,
            )
        found = self._host.device(address)
        assert found is not None
        return found

    async def until(self, so: Callable[[], bool], ends: float | None) -> bool:
        """Whether it becomes so before the time is over and while the connection stands."""
        while not so():
            if self._task is None or self._task.done() or _over(ends):
                return False
            heard = asyncio.ensure_future(self._heard.wait())
            await asyncio.wait(
                {heard, self._task},
                timeout=None if ends is None else ends - now().now,
                return_when=asyncio.FIRST_COMPLETED,
            )
            heard.cancel()
        return True

    async def connected(self) -> Session:
        """Waits for the connection, and says what stands in its way."""
        if self._task is None or self._task.done():
            self._trouble, self._session = None, None
            self._host, self._nodes = self._new_host(), set()
            self._task = asyncio.create_task(self._run())
        task = self._task
        await self.until(lambda: self._session is not None, None)
        if self._session is None:
            await asyncio.wait({task})
            raise self._trouble or UnavailableError(f"{self._name} is not connected")
        return self._session

    async def _run(self) -> None:
        """Holds the connection until it ends."""
        session = Session(
            self._name,
            self._settings,
            clean=True,
            suffix=f"-out-{secrets.token_hex(4)}",
            waiting=self._settings.waiting,
        )
        try:
            async with session.running():
                self._session = session
                self._wake()
                async for batch in session.gathered(within=_LOOK):
                    for taken in batch:
                        await self._hear(session, taken)
                    await self._say(self._host.due(now()))
                    self._wake()
        except AndonError as error:
            self._trouble = error
        finally:
            self._session = None

    async def _hear(self, session: Session, taken: Taken) -> None:
        session.acknowledge(taken.number)
        found = spoken(taken.topic)
        if found is None or taken.retained:
            return
        try:
            payload = read_payload(taken.payload, largest=self._settings.largest)
        except MappingError:
            return  # whoever reads tells it
        await self._say(self._host.heard(found, payload, now()))

    async def _say(self, said: list[Said]) -> None:
        for one in said:
            if isinstance(one, Ask) and self._session is not None:
                await asking(self._session, one.address)

    def _wake(self) -> None:
        self._heard.set()
        self._heard = asyncio.Event()

    def _new_host(self) -> Host:
        everything = Watched("", 0.0, 0.0, ())
        return Host(
            lambda _address, _metric: everything,
            reorder_within=self._settings.reorder_within.total_seconds(),
            answers_within=self._settings.answers_within.total_seconds(),
            pauses=_PAUSES,
        )


def _over(ends: float | None) -> bool:
    return ends is not None and now().now >= ends
