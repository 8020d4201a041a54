"""A folder of this machine, or a share it has mounted."""

__all__ = ["LocalFolder"]

import asyncio
import errno
import os
import stat
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from andon.connectors._folders.content import opened
from andon.connectors._folders.delivering import Leave, delivered, moved
from andon.connectors._folders.flushing import write_whole
from andon.connectors._folders.folder import Entry, Folder, Outcome, OutgoingFile, what_is
from andon.connectors._folders.noting import claimed, text_at
from andon.connectors._folders.rows import UnreadableFileError
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    UnavailableError,
)

P = ParamSpec("P")
T = TypeVar("T")


class LocalFolder(Folder):
    """A call that takes too long is given up, though its thread may hang on."""

    def __init__(self, name: str, root: Path, timeout: timedelta) -> None:
        super().__init__(name)
        self._name = name
        self._root = root
        self._timeout = timeout.total_seconds()

    async def open(self) -> None:
        """Looks whether it is a folder."""
        await self._do(_require_folder, self._root)

    async def close(self) -> None:
        """Threads that are idle end."""
        self.threads.close()

    async def list(self, path: str) -> list[Entry]:
        """Links are listed as what they are."""
        return await self._do(_entries, self._root / path)

    async def look(self, path: str) -> Entry | None:
        """The file itself."""
        return await self._do(_look, self._root / path)

    async def looks(self, paths: Sequence[str]) -> Sequence[Entry | None]:
        """All by one call."""
        return await self._do(lambda: [_look(self._root / path) for path in paths])

    async def make(self, path: str) -> None:
        """Never makes the connection's folder itself: a share that is not mounted stays away."""
        await self._do(_require_folder, self._root)
        await self._do((self._root / path).mkdir, parents=True, exist_ok=True)

    async def move(self, path: str, to: str) -> bool:
        """One rename: atomic within a file system."""
        try:
            return await self._do(moved, self._root / path, self._root / to)
        except UnavailableError as error:
            if isinstance(error.__cause__, TimeoutError):
                raise OutcomeUnknownError(f"{error} The rename may still be done.") from error
            raise

    async def remove(self, path: str) -> None:
        """Absent is fine."""
        await self._do((self._root / path).unlink, missing_ok=True)

    @asynccontextmanager
    async def fetched(self, path: str) -> AsyncGenerator[Path]:
        """The file where it lies."""
        at = self._root / path
        try:
            await self._do(_require_plain, at)
        except CredentialsError as error:
            raise UnreadableFileError(f"it may not be opened: {error.__cause__}") from error
        yield at

    def soon(self, paths: Sequence[str]) -> None:
        """They are here already."""

    async def write(self, path: str, content: bytes) -> None:
        """Written and flushed to the disk."""
        await self._do(write_whole, self._root / path, content)

    async def deliver(self, outgoing: OutgoingFile) -> Outcome:
        """One call in one thread. Who gives up before the rename can be sure that it is not done
        later."""
        leave = Leave()
        try:
            return await self._do(delivered, self._root, outgoing, leave)
        except UnavailableError as error:
            if isinstance(error.__cause__, TimeoutError) and not leave.taken():
                raise OutcomeUnknownError(f"{error} The rename may still be done.") from error
            raise
        finally:
            leave.taken()

    async def claim(self, path: str, text: str) -> bool:
        """By a link, which appears with its text and never replaces."""
        return await self._do(claimed, self._root / path, text)

    async def text(self, path: str) -> str | None:
        """Ours, so it is UTF-8."""
        return await self._do(text_at, self._root / path)

    async def texts(self, paths: Sequence[str]) -> Sequence[str | None]:
        """All by one call."""
        return await self._do(lambda: [text_at(self._root / path) for path in paths])

    async def remove_all(self, paths: Sequence[str]) -> None:
        """All by one call."""

        def remove() -> None:
            for path in paths:
                (self._root / path).unlink(missing_ok=True)

        await self._do(remove)

    async def _do(self, act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        try:
            async with asyncio.timeout(self._timeout):
                return await self.threads.do(act, *args, **named)
        except PermissionError as error:
            raise CredentialsError(
                f"{self._name} may not use {error.filename}: {error.strerror}."
                " Give the account that runs Andon the right to list, rename and write there."
            ) from error
        except OSError as error:
            raise UnavailableError(
                f"{self._name} cannot use its folder {self._root}: {error}."
                " Nothing was changed. Check that the folder is there and its share mounted.",
                reached=error.errno in (errno.ENOSPC, errno.EDQUOT),
            ) from error


def _require_folder(root: Path) -> None:
    if not stat.S_ISDIR(root.stat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "is no folder", str(root))


def _entries(path: Path) -> list[Entry]:
    with os.scandir(path) as found:
        return [entry for one in found if (entry := _entry_of(one)) is not None]


def _entry_of(one: "os.DirEntry[str]") -> Entry | None:
    with suppress(FileNotFoundError):  # taken by somebody else between the two calls
        return _entry(one.name, one.stat(follow_symlinks=False))
    return None


def _entry(name: str, state: os.stat_result) -> Entry:
    return Entry(name, state.st_size, state.st_mtime, what_is(state.st_mode))


def _look(path: Path) -> Entry | None:
    with suppress(FileNotFoundError):
        return _entry(path.name, path.lstat())
    return None


def _require_plain(path: Path) -> None:
    with opened(path) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise UnreadableFileError("it is no regular file")
