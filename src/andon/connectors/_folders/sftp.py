"""A folder behind SFTP: one session, made again when it breaks."""

__all__ = ["SftpFolder"]

import asyncio
import secrets
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar, cast

import asyncssh

from andon.connectors._folders.folder import Entry, Folder, what_is
from andon.connectors._folders.login import Login, said
from andon.connectors._folders.names import path_in
from andon.connectors._folders.rows import UnreadableFileError
from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
)

T = TypeVar("T")
_CHUNK = 1 << 20
_AT_ONCE = 16
"""Requests that wait for their answers side by side."""
_ONE_READ = 1 << 15
"""Bytes that one request reads on every server."""
_GONE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)
_LOST = (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError, OSError)


class SftpFolder(Folder):
    """Calls share one session; the first one after a break makes a new one."""

    def __init__(self, name: str, login: Login, root: str, timeout: timedelta) -> None:
        super().__init__(name)
        self._name = name
        self._login = login
        self._root = root
        self._timeout = timeout.total_seconds()
        self._session: asyncssh.SSHClientConnection | None = None
        self._sftp: asyncssh.SFTPClient | None = None
        self._making = asyncio.Lock()
        self._coming: dict[str, asyncio.Task[bytes]] = {}
        """Files that are brought ahead, by path."""

    async def open(self) -> None:
        """Logs in and looks whether the folder is there."""
        if not await self._do(lambda sftp: sftp.isdir(self._at(""))):
            raise UnavailableError(
                f"{self._name}: {self._login.host} has no folder {self._root}. Nothing was done."
                " Check the path, and what the account sees as its root."
            )

    async def close(self) -> None:
        """Ends the session without waiting for the other side."""
        self.soon([])
        self.threads.close()
        await self._hang_up()

    async def _hang_up(self) -> None:
        session, self._session, self._sftp = self._session, None, None
        if session is not None:
            session.abort()
            with suppress(Exception):
                async with asyncio.timeout(0.5):
                    await session.wait_closed()

    async def list(self, path: str) -> list[Entry]:
        """Names that are no UTF-8 come with signs that no safe name has."""
        found = await self._do(lambda sftp: sftp.readdir(self._at(path)))
        return [
            _entry(_text(one.filename), one.attrs)
            for one in found
            if one.filename not in (b".", b"..", ".", "..")
        ]

    async def look(self, path: str) -> Entry | None:
        """By lstat: a link is a link."""
        with suppress(*_GONE):
            attrs = await self._do(lambda sftp: sftp.lstat(self._at(path)), passes=_GONE)
            return _entry(path.rpartition("/")[2], attrs)
        return None

    async def make(self, path: str) -> None:
        """Folder by folder."""
        await self._do(lambda sftp: sftp.makedirs(self._at(path), exist_ok=True))

    async def move(self, path: str, to: str) -> bool:
        """The rename of SFTP version 3, which never replaces a file that is there."""
        try:
            await self._do(
                lambda sftp: sftp.rename(self._at(path), self._at(to)),
                passes=(asyncssh.SFTPError,),
                effect=True,
            )
        except _GONE:
            if await self.look(path) is None:
                return False
            raise
        except asyncssh.SFTPError as error:
            code = str(error.code) if await self.look(to) is None else "name-taken"
            raise RejectedError(
                f"{self._login.host} does not rename {path} to {to}: {said(error)}", code
            ) from error
        return True

    async def remove(self, path: str) -> None:
        """Absent is fine."""
        with suppress(*_GONE):
            await self._do(lambda sftp: sftp.remove(self._at(path)), passes=_GONE)

    def soon(self, paths: Sequence[str]) -> None:
        """Reads them into memory."""
        for path in self._coming.keys() - set(paths):
            self._coming.pop(path).cancel()
        for path in paths:
            if path not in self._coming:
                self._coming[path] = asyncio.create_task(self._content(path))
                self._coming[path].add_done_callback(_heard)

    @asynccontextmanager
    async def fetched(self, path: str) -> AsyncGenerator[Path]:
        """A copy in the system's temporary folder, gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="andon-files-") as folder:
            copy = Path(folder) / "fetched"
            try:
                if not await self._brought(path, copy):
                    await self._fetch(path, copy)
            except CredentialsError as error:
                raise UnreadableFileError(f"it may not be opened: {error.__cause__}") from error
            yield copy

    async def write(self, path: str, content: bytes) -> None:
        """Flushed where the server knows how."""

        async def put(sftp: asyncssh.SFTPClient) -> None:
            async with sftp.open(self._at(path), "wb") as file:
                await file.write(content)
                with suppress(asyncssh.SFTPOpUnsupported):
                    await file.fsync()

        await self._do(put, within=max(self._timeout, len(content) / 100_000))

    async def claim(self, path: str, text: str) -> bool:
        """By a rename, which never replaces."""
        whole = f"{path}~{secrets.token_hex(4)}"
        await self.write(whole, text.encode())
        try:
            await self.move(whole, path)
        except RejectedError:
            await self.remove(whole)
            if await self.look(path) is None:
                raise
            return False
        except OutcomeUnknownError as error:
            raise UnavailableError(f"{error} Whoever asks again finds it with our text.") from error
        return True

    async def text(self, path: str) -> str | None:
        """Ours, so it is UTF-8."""

        async def get(sftp: asyncssh.SFTPClient) -> str:
            async with sftp.open(self._at(path), "rb") as file:
                content = cast(bytes, await file.read())
                return content.decode()

        with suppress(*_GONE):
            return await self._do(get, passes=_GONE)
        return None

    async def each(self, calls: Sequence[Callable[[], Awaitable[T]]]) -> Sequence[T]:
        """Some side by side: of one after the other each would wait for its answer's way."""
        given: dict[int, T] = {}
        failed: list[Exception] = []
        left = enumerate(calls)

        async def work() -> None:
            for number, call in left:
                try:
                    given[number] = await call()
                except Exception as error:
                    failed.append(error)
                if failed:
                    return

        await asyncio.gather(*(work() for _ in range(min(_AT_ONCE, len(calls)))))
        if failed:
            raise failed[0]
        return [given[number] for number in range(len(calls))]

    def _at(self, path: str) -> bytes:
        return path_in(self._root, path).encode() if path else self._root.encode()

    async def _brought(self, path: str, copy: Path) -> bool:
        """Whether it was read ahead."""
        coming = self._coming.pop(path, None)
        if coming is None:
            return False
        try:
            content = await coming
        except (UnavailableError, CredentialsError):
            return False  # whoever fetches it says it again, if it is still so
        await self.threads.do(copy.write_bytes, content)
        return True

    async def _content(self, path: str) -> bytes:
        async with aclosing(self._chunks(path, _ONE_READ)) as chunks:
            return b"".join([chunk async for chunk in chunks])

    async def _fetch(self, path: str, copy: Path) -> None:
        with copy.open("wb") as target:
            async with aclosing(self._chunks(path, _CHUNK)) as chunks:
                async for chunk in chunks:
                    await self.threads.do(target.write, chunk)

    async def _chunks(self, path: str, most: int) -> AsyncGenerator[bytes]:
        file = await self._do(lambda sftp: sftp.open(self._at(path), "rb"))
        at = 0

        async def chunk_at() -> bytes:
            return cast(bytes, await self._do(lambda _: cast(Awaitable[Any], file.read(most, at))))

        try:
            while chunk := await chunk_at():
                at += len(chunk)
                yield chunk
        finally:
            with suppress(*_LOST, asyncssh.SFTPError, TimeoutError):
                async with asyncio.timeout(0.5):
                    await file.close()

    async def _do(
        self,
        call: Callable[[asyncssh.SFTPClient], Awaitable[T]],
        *,
        passes: tuple[type[asyncssh.SFTPError], ...] = (),
        effect: bool = False,
        within: float | None = None,
    ) -> T:
        sftp = await self._connected()
        try:
            async with asyncio.timeout(within or self._timeout):
                return await call(sftp)
        except (*_LOST, TimeoutError) as error:
            await self._hang_up()
            text = f"{self._name}: {self._login.host} stopped answering ({said(error)})."
            if effect:
                raise OutcomeUnknownError(f"{text} The rename may have been done.") from error
            raise UnavailableError(f"{text} Nothing was changed; trying again.") from error
        except passes:
            raise
        except asyncssh.SFTPPermissionDenied as error:
            raise CredentialsError(
                f"{self._name}: {self._login.user} may not do this at {self._login.host}:"
                f" {said(error)}. Ask its operator for the right to list, rename and write."
            ) from error
        except asyncssh.SFTPError as error:
            raise UnavailableError(
                f"{self._name}: {self._login.host} could not do it: {said(error)}."
                " Nothing was changed; trying again.",
                reached=not isinstance(error, _GONE),
            ) from error

    async def _connected(self) -> asyncssh.SFTPClient:
        async with self._making:
            if self._sftp is None or self._session is None or self._session.is_closed():
                try:
                    async with asyncio.timeout(self._timeout):
                        self._session = await self._login.session(self._name)
                        self._sftp = await self._session.start_sftp_client()
                except (TimeoutError, asyncssh.Error, OSError) as error:
                    await self._hang_up()
                    raise UnavailableError(
                        f"{self._name}: no SFTP session with {self._login.address}: {said(error)}."
                        " Nothing was done; trying again."
                    ) from error
                except BaseException:
                    await self._hang_up()
                    raise
            return self._sftp


def _heard(task: "asyncio.Task[bytes]") -> None:
    if not task.cancelled():
        task.exception()  # nobody may ever ask for it


def _entry(name: str, attrs: asyncssh.SFTPAttrs) -> Entry:
    # A server that says no permissions says nothing about links either: such a name is no file.
    return Entry(name, attrs.size or 0, float(attrs.mtime or 0), what_is(attrs.permissions or 0))


def _text(name: bytes | str) -> str:
    return name.decode(errors="surrogateescape") if isinstance(name, bytes) else name
