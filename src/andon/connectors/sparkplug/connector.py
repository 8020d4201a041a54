"""Sparkplug B: births, deaths and changes of metrics as items; commands, proven by their echo."""

__all__ = ["Sparkplug"]

import time
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit

import msgspec

from andon.connectors._mqtt import Session
from andon.connectors.sparkplug.addresses import NAMESPACE, Address
from andon.connectors.sparkplug.commanding import Commanding
from andon.connectors.sparkplug.items import known_at, number_in
from andon.connectors.sparkplug.listening import Listening
from andon.connectors.sparkplug.news import interest_of
from andon.connectors.sparkplug.settings import SparkplugSettings
from andon.connectors.sparkplug.standing import Standing
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import Fault, SettingsError

_LOOK = 0.1
"""Seconds of silence after which waiting news and late answers are looked at."""


class Sparkplug(Source[SparkplugSettings], Sink[SparkplugSettings]):
    """A host application of one broker.

    A broker keeps nothing for a host, so whenever reading begins every node is asked for its birth:
    what holds now is read again, and what came and went meanwhile was not heard.
    """

    settings_type = SparkplugSettings

    def __init__(self, name: str, settings: SparkplugSettings) -> None:
        super().__init__(name, settings)
        self._reading: Session | None = None
        self._met: set[Address] = set()
        self._commanding = Commanding(name, settings)

    @property
    def reads(self) -> bool:
        """Whether any metric is watched, or presence told."""
        return bool(self.settings.metrics) or self.settings.presence is not None

    async def open(self) -> None:
        """Looks at the settings; the first read or send tells whether the broker is there."""
        if faults := self.faults():
            raise SettingsError(f"{self.name} cannot be opened", faults)

    def faults(self) -> Sequence[Fault]:
        """Every mistake of the address and of the metrics."""
        return list(self._faults())

    async def close(self) -> None:
        """Leaves the broker."""
        await self._commanding.close()

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """News from now on. Of the position counts who was alive there: they are asked for their
        births, and those who do not answer are told as silent."""
        settings = self.settings
        session = Session(self.name, settings, clean=True, waiting=settings.waiting)
        standing = _standing(settings)
        listening = Listening(settings, session, interest_of(settings.metrics))
        async with session.running(will=standing and standing.will):
            self._reading = session
            try:
                if standing is not None:
                    await standing.begin(session)
                await session.subscribe(self._filters(), 1)
                _, known = known_at(after)
                begun = await listening.begin(known, [*self._nodes(), *self._met])
                for item in _placed(begun, listening):
                    yield item
                async for batch in session.gathered(within=_LOOK):
                    found: list[Item] = []
                    for taken in batch:
                        if standing is not None and taken.topic == standing.topic:
                            await standing.heard(session, taken)
                        found += await listening.items(taken)
                    found += await listening.due()
                    for item in _placed(found, listening):
                        yield item
            finally:
                self._reading = None
                self._met |= listening.nodes
                if standing is not None:
                    await standing.end(session)

    async def committed(self, position: Position) -> None:
        """The broker may forget what is in the log."""
        if self._reading is not None:
            self._reading.acknowledge(number_in(position))

    async def send(self, request: Request, *, key: str) -> Receipt:  # noqa: ARG002 a sink's signature
        """Writes metrics of the node or device `target`; done when it says that it has them."""
        return await self._commanding.send(request)

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002
        """Asks the node for a birth and looks whether the metrics have these values."""
        return await self._commanding.find(request)

    def _filters(self) -> Sequence[str]:
        groups = self.settings.groups
        return [f"{NAMESPACE}/{group}/#" for group in groups] or [f"{NAMESPACE}/#"]

    def _nodes(self) -> Sequence[Address]:
        return [Address(*node.split("/")) for node in self.settings.nodes]

    def _faults(self) -> list[Fault]:
        settings = self.settings
        faults: list[Fault] = []
        if urlsplit(settings.url).scheme not in ("mqtt", "mqtts"):
            faults.append(Fault("url", f"is {settings.url!r}; write mqtt:// or mqtts://"))
        if not _is_level(settings.host_id):
            faults.append(Fault("host_id", f"{settings.host_id!r} is no level of a topic"))
        for n, group in enumerate(settings.groups):
            if not _is_level(group) or group == "STATE":
                faults.append(Fault(f"groups.{n}", f"{group!r} is no group"))
        for n, node in enumerate(settings.nodes):
            if node.count("/") != 1 or not all(_is_level(part) for part in node.split("/")):
                faults.append(Fault(f"nodes.{n}", f"{node!r} is no node; write group/node"))
        for kind, watch in settings.metrics.items():
            if watch.deadband < 0:
                faults.append(Fault(f"metrics.{kind}.deadband", "is below zero"))
            if watch.at_most_every.total_seconds() < 0:
                faults.append(Fault(f"metrics.{kind}.at_most_every", "is below zero"))
        return faults


def _placed(items: list[Item], listening: Listening) -> list[Item]:
    """Only the last has a position, which names everybody: there may be thousands."""
    if items:
        items[-1] = msgspec.structs.replace(items[-1], position=listening.position)
    return items


def _is_level(text: str) -> bool:
    return bool(text) and not set(text) & set("+#/\0")


def _standing(settings: SparkplugSettings) -> Standing | None:
    return Standing(settings.host_id, round(time.time() * 1000)) if settings.state else None
