"""One simulated system: what it hears, what it believes, how it is reached, its kill switch."""

__all__ = ["Belief", "HttpSystem", "PostingSystem", "System", "feed_page", "json_answer"]

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec
from aiohttp import web

from andon.connectors._ports import free_port
from andon.sandbox.faults import Faults
from andon.sandbox.outbox import Outbox
from andon.sandbox.truth import Fact
from andon.sandbox.world import World

_PAGE = 100
"""Rows of one page of a feed."""


class Belief(msgspec.Struct, frozen=True):
    """What one system holds to be true, in words that can be compared with the truth."""

    subject: str
    """`lot:A-00017@A`, `order:1000001`."""
    attribute: str
    value: str


class System(ABC):
    """Made once for a world; opens nothing before `start`. `stop` and `start` again is a kill and
    a restart: connections break, and it comes back at the same address with what it held."""

    name: ClassVar[str]
    """As its connection is called in the project: `erp`, `mes-a`."""

    def __init__(self, world: World, andon: str) -> None:
        self.world = world
        self.andon = andon
        """Address at which Andon answers, for systems that push."""
        self.faults = Faults()
        self.skew = timedelta()
        """How wrong its clock is."""
        world.truth.tell(self.hear)

    def now(self) -> datetime:
        """Business time, as its own clock tells it."""
        return self.world.now() + self.skew

    @abstractmethod
    async def start(self) -> None:
        """Answers from now on."""

    @abstractmethod
    async def stop(self) -> None:
        """Ends at once; what it holds stays."""

    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """Addresses and secrets by the names that the project's parameters refer to. Known once it
        was started."""

    def hear(self, fact: Fact) -> None:
        """What its people, scanners and sensors tell it; most facts are none of its business."""
        del fact

    def effects(self) -> int:
        """How many things were done here because somebody outside asked for them."""
        return self.faults.effects

    def believes(self) -> Iterable[Belief]:
        """Its idea of the world, for the comparison with the truth."""
        return ()


class HttpSystem(System):
    """A system behind one port of loopback."""

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self._runner: web.ServerRunner | None = None
        self._port = 0
        self.cut_off: list[tuple[datetime, datetime | None]] = []
        """From when until when nobody reached it after it was there; None is not yet."""

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._port}"

    @abstractmethod
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One call."""

    async def start(self) -> None:
        """Listens; after `stop` at the same port."""

        async def struck(request: web.BaseRequest) -> web.StreamResponse:
            try:
                return await self.faults.answer(request, self.answer)
            except ConnectionError:  # the caller died in the middle of its request
                return web.Response(status=400)

        self._runner = web.ServerRunner(web.Server(struck), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port or free_port()).start()
        self._port = self._runner.addresses[0][1]
        if self.cut_off:
            self.cut_off[-1] = (self.cut_off[-1][0], self.world.now())

    async def stop(self) -> None:
        """Lets go of the port; every connection ends."""
        if self._runner is not None:
            self.cut_off.append((self.world.now(), None))
            await self._runner.cleanup()
            self._runner = None


class PostingSystem(HttpSystem):
    """One that also posts what it has to say, from `outbox`, which its own class fills."""

    outbox: Outbox

    async def start(self) -> None:
        """Listens, and posts what it has to say."""
        await super().start()
        self.outbox.start()

    async def stop(self) -> None:
        """Ends both; what was not taken is said again."""
        await self.outbox.stop()
        await super().stop()


def json_answer(what: object, status: int = 200) -> web.Response:
    """Anything that msgspec writes."""
    body = msgspec.json.encode(what)
    return web.Response(body=body, status=status, content_type="application/json")


def feed_page(name: str, rows: Sequence[object], after: str) -> web.Response:
    """A page of a feed whose rows are numbered from 1: what follows number `after`, under `name`,
    and as `last` the number to ask after next."""
    begins = int(after) if after.isdigit() else 0
    page = rows[begins : begins + _PAGE]
    return json_answer({name: page, "last": str(begins + len(page))})
