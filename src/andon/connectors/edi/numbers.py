"""Which interchange came under which number: read for a batch at once, and noted at once."""

__all__ = ["Numbers"]

from collections.abc import Iterable, Mapping

from andon.connectors._folders.folder import Folder
from andon.connectors._folders.names import path_in, stamp
from andon.connectors.edi.notes import Notes, Received
from andon.connectors.edi.settings import EdiSettings, Partner
from andon.connectors.edi.standing import Named, Standing, standing_of


class Numbers:
    """What is said of a batch counts for what comes behind it in the same batch; `noted` puts it
    on the disk."""

    def __init__(self, folder: Folder, settings: EdiSettings) -> None:
        self._kept = settings.sent_kept
        self._partners: Mapping[str, Partner] = settings.partners
        self._notes = Notes(folder, path_in(settings.sent, "edi", "received"), Received)
        self._known: dict[str, Received | None] = {}
        """Of the batch, by the names of the notes."""
        self._changed: set[str] = set()

    async def open(self) -> None:
        """Makes the folder of notes; old ones are let go."""
        await self._notes.open(self._kept)

    async def look(self, named: Iterable[Named]) -> None:
        """A batch begins, of these interchanges. What is known of them from the one before is not
        read again: a long interchange comes in many batches."""
        names = sorted({self._name(one.partner, one.interchange) for one in named})
        known = {name: self._known[name] for name in names if name in self._known}
        read = await self._notes.read([name for name in names if name not in known])
        self._known = {**known, **read}

    def standing(self, named: Named, file: int) -> Standing:
        """Of an interchange of the batch, whose number is taken by it if it was free."""
        name = self._name(named.partner, named.interchange)
        known = self._known[name]
        if known is None:
            self._known[name] = Received(named.digest, file)
            self._changed.add(name)
        return standing_of(known, named.digest, file)

    def free(self, partner: str, interchange: str) -> None:
        """The number may come again with other content."""
        name = self._name(partner, interchange)
        self._known[name] = None
        self._changed.add(name)

    async def noted(self) -> None:
        """All that was said of the batch is on the disk when it returns."""
        changed = {name: self._known[name] for name in self._changed}
        await self._notes.write({name: one for name, one in changed.items() if one is not None})
        await self._notes.remove_all([name for name, one in changed.items() if one is None])
        self._changed.clear()

    def _name(self, partner: str, interchange: str) -> str:
        return stamp(f"{partner}/{self._partners[partner].counted}/{interchange}")
