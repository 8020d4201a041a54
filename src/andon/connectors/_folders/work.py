"""The work folder: files are taken by one rename, and leave it when all of them is recorded."""

__all__ = ["Taken", "WorkFolder"]

from collections.abc import Sequence

import msgspec

from andon.connectors._folders.folder import Entry, Folder
from andon.connectors._folders.names import (
    apart,
    done_name,
    done_of,
    path_in,
    taken_name,
    taken_of,
)
from andon.connectors._folders.place import Place
from andon.connectors._folders.settings import FolderSettings
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
)


class Taken(msgspec.Struct, frozen=True):
    """A file that nobody else reads."""

    number: int
    name: str
    path: str
    entry: Entry
    put_away: bool = False
    """It lies in the archive already, and is read again because the position went back."""


class WorkFolder:
    """`in/.taken/<connection>`, the archive and the rejected files of one connection."""

    def __init__(self, folder: Folder, settings: FolderSettings, consumer: str) -> None:
        self._folder = folder
        self._settings = settings
        self._consumer = consumer
        self._at = path_in(settings.incoming, ".taken", consumer)
        self._known: set[tuple[str, str]] | None = None
        """Name and digest of every file in the archive."""
        self._highest = 0

    async def open(self) -> None:
        """Makes the folders that are ours."""
        for path in (self._at, self._settings.archive, self._settings.rejected):
            await self._folder.make(path)

    async def taken(self) -> list[Taken]:
        """What lies here, lowest number first."""
        found: list[Taken] = []
        for entry in await self._folder.list(self._at):
            named = taken_of(entry.name)
            if named is not None and entry.what == "file":
                self._highest = max(self._highest, named[0])
                found.append(Taken(*named, path_in(self._at, entry.name), entry))
        return sorted(found, key=lambda one: one.number)

    async def put_away_after(self, place: Place) -> list[Taken]:
        """Files archived or rejected after a place: the database went back to a backup."""
        found: list[Taken] = []
        known: set[tuple[str, str]] = set()
        for home in (self._settings.archive, self._settings.rejected):
            for entry in await self._folder.list(home):
                done = done_of(entry.name, self._consumer)
                if done is None or entry.what != "file":
                    continue
                number, digest, name = done
                if home == self._settings.archive:
                    known.add((name, digest))
                if place.number and not place.covers(number):
                    found.append(Taken(number, name, path_in(home, entry.name), entry, True))
        self._known = known
        return sorted(found, key=lambda one: one.number)

    async def take(self, entry: Entry, place: Place) -> Taken | None:
        """One rename decides among all who read this folder; None when another one was faster."""
        number = max(place.number, self._highest) + 1
        path = path_in(self._at, taken_name(number, entry.name))
        first = path_in(self._settings.incoming, entry.name)
        if not await self._move(first, path):
            return None
        self._highest = number
        now = await self._folder.look(path)
        if now is None or (now.size, now.changed_at) != (entry.size, entry.changed_at):
            await self._give_back(path, first)  # its sender was still writing
            return None
        return Taken(number, entry.name, path, now)

    async def is_known(self, name: str, digest: str) -> bool:
        """Whether a file of this name and content is in the archive."""
        if self._known is None:
            await self.put_away_after(Place())
        return (name, digest[:12]) in (self._known or ())

    async def archive(self, taken: Taken, digest: str) -> None:
        """All of it is recorded."""
        await self._put_away(taken, digest, self._settings.archive)
        if self._known is not None:
            self._known.add((taken.name, digest[:12]))

    async def reject(self, taken: Taken, digest: str, reason: str) -> None:
        """It could not be read; the reason lies beside it, and is there first."""
        await self._put_away(taken, digest, self._settings.rejected, reason)

    async def _put_away(self, taken: Taken, digest: str, home: str, reason: str = "") -> None:
        if taken.put_away:
            return
        name = done_name(taken.name, self._consumer, taken.number, digest)
        for again in ("", "2", "3", "4"):
            path = path_in(home, apart(name, again) if again else name)
            if await self._folder.look(path) is not None:
                continue
            if reason:
                await self._folder.write(f"{path}.reason.txt", reason.encode())
            await self._move(taken.path, path)
            return
        raise UnavailableError(
            f"{taken.path} cannot be put away: {path_in(home, name)} and its likes are taken."
            " It stays in the work folder. Look who else writes there.",
            reached=True,
        )

    async def _give_back(self, path: str, first: str) -> None:
        if await self._folder.look(first) is None:
            await self._move(path, first)
        # else the next one of that name is there already: this one was finished, then

    async def _move(self, path: str, to: str) -> bool:
        try:
            return await self._folder.move(path, to)
        except OutcomeUnknownError as error:
            # Whether or not it was done, the next look tells, and a repeat does no harm.
            raise UnavailableError(str(error)) from error
        except RejectedError as error:
            raise CredentialsError(
                f"{error}. Files cannot be taken or put away without the right to rename:"
                " give it to the account that Andon uses."
            ) from error

    async def remove_marker_of(self, taken: Taken, marker: str) -> None:
        """Unless it is already that of the next file of this name."""
        if await self._folder.look(path_in(self._settings.incoming, taken.name)) is None:
            await self._folder.remove(path_in(self._settings.incoming, marker))

    async def remove_markers(self, names: Sequence[str]) -> None:
        """Their files are taken or gone."""
        for name in names:
            await self._folder.remove(path_in(self._settings.incoming, name))
