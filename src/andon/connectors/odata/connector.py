"""OData: feeds of entity sets in, entities and function calls out."""

__all__ = ["OData"]

import asyncio
from collections.abc import AsyncIterator, Sequence, Set

import msgspec

from andon.connectors.odata.agreement import agreement_faults, own_faults
from andon.connectors.odata.asking import Asking
from andon.connectors.odata.calls import lacking
from andon.connectors.odata.catalogue import Catalogue, Place
from andon.connectors.odata.deltas import DeltaReader
from andon.connectors.odata.effects import Effects
from andon.connectors.odata.feeds import FeedReader, Seen
from andon.connectors.odata.gateway import Gateway
from andon.connectors.odata.rows import FeedShape, kind_of, shaped
from andon.connectors.odata.settings import Feed, ODataSettings
from andon.core.connector import Item, Position, Proof, Receipt, Request, Sink, Source
from andon.core.errors import Fault, SettingsError
from andon.core.faults import UNREADABLE

Reader = FeedReader | DeltaReader


class OData(Source[ODataSettings], Sink[ODataSettings]):
    """One OData system. Two changes between two looks are seen as one."""

    settings_type = ODataSettings
    _gateway: Gateway
    _effects: Effects

    async def open(self) -> None:
        """Signs in and reads what the services say of themselves: a feed, a field or a target
        they do not have shows now, all of them at once."""
        self._refuse(self.faults())
        self._gateway = Gateway(self.settings)
        services = self.settings.services or ("",)
        catalogue = await Catalogue.read(self._gateway, services, self.name)
        self._refuse(list(agreement_faults(self.settings, catalogue)))
        self._shapes = [_shape(feed, catalogue) for feed in self.settings.feeds]
        self._effects = Effects(self._gateway, catalogue, self.settings, self.name, now=self.now)
        self._readers: Sequence[Reader] = ()

    def faults(self) -> Sequence[Fault]:
        """What needs no look into the services' metadata."""
        return list(own_faults(self.settings))

    @property
    def kinds(self) -> Set[str]:
        """One for each feed, and one for what is gone from it where that is told."""
        feeds = self.settings.feeds
        return {kind_of(one) for one in feeds} | {one.removed for one in feeds if one.removed}

    def missing_for(self, target: str, proof: Proof) -> str | None:
        """A new row that keeps our key, and a function, need their entry in `actions`."""
        return lacking(target, proof, self.settings.actions)

    async def close(self) -> None:
        """Closes the session if it was opened."""
        if hasattr(self, "_gateway"):
            await self._gateway.close()

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """What the feeds have, each oldest change first; then what changes. A full look now and
        then finds what the looks by time have missed."""
        marks = _marks(after)
        # New with every reading: what the last one remembered may never have been recorded.
        readers = self._readers = [self._reader(shape) for shape in self._shapes]
        clock = asyncio.get_running_loop().time
        every = self.settings.sweep_every.total_seconds()
        sweep_at = clock() + every
        while True:
            for reader in readers:
                async for item in _placed(reader, reader.changes(_mark(reader, marks)), marks):
                    yield item
            if clock() >= sweep_at:
                for reader in readers:
                    async for item in _placed(reader, reader.sweep(_mark(reader, marks)), marks):
                        yield item
                sweep_at = clock() + every
            await asyncio.sleep(self.settings.poll_every.total_seconds())

    @property
    def found_by_sweep(self) -> int:
        """Changes the looks by time missed and a full look found."""
        return sum(reader.found_by_sweep for reader in self._readers)

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One call, or several as one change set: `POST $batch` with a tuple of requests."""
        return await self._effects.send(request, key)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """By our key in a new row, or by the state of a changed one."""
        return await self._effects.find(request, key)

    def _reader(self, shape: FeedShape) -> Reader:
        asking = Asking(self._gateway, shape, self.settings)
        if shape.feed.follow == "delta":
            return DeltaReader(asking)
        return FeedReader(asking, self.settings.overlap)

    def _refuse(self, faults: Sequence[Fault]) -> None:
        if faults:
            raise SettingsError(
                f"{self.name} cannot be opened: {len(faults)} mistake{'s' * (len(faults) > 1)}"
                " in its settings.",
                faults,
            )


def _shape(feed: Feed, catalogue: Catalogue) -> FeedShape:
    place = catalogue.place(feed.entity_set)
    assert isinstance(place, Place)
    return shaped(feed, place)


async def _placed(
    reader: Reader, looks: AsyncIterator[Seen], marks: dict[str, str]
) -> AsyncIterator[Item]:
    async for seen in looks:
        if seen.mark:
            marks[reader.shape.kind] = seen.mark
        yield msgspec.structs.replace(seen.item, position=msgspec.json.encode(marks).decode())


def _mark(reader: Reader, marks: dict[str, str]) -> str:
    return marks.get(reader.shape.kind, "")


def _marks(after: Position) -> dict[str, str]:
    if not after:
        return {}
    try:
        return msgspec.json.decode(after, type=dict[str, str])
    except UNREADABLE as error:
        raise SettingsError(
            f"{after[:80]!r} is no position of an OData connection. Was another kind of system"
            " under this name before? Give this one a name of its own."
        ) from error
