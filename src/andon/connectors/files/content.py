"""What a fetched file holds: its digest, and itself unpacked, never more than allowed."""

__all__ = ["Content", "content_of", "digest_of", "in_steps"]

import asyncio
import gzip
import tempfile
import zipfile
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from andon.connectors.files.rows import UnreadableFileError

T = TypeVar("T")
_CHUNK = 1 << 20


class Content(msgspec.Struct, frozen=True):
    """A file ready to be read."""

    path: Path
    """Unpacked, if it came packed."""
    digest: str
    """Of the file as it came."""
    size: int
    """As it came."""


async def in_steps(work: Iterator[T], most: int) -> AsyncIterator[list[T]]:
    """An iterator that blocks, in a thread, so many at a time: nobody waits long for a cancel."""
    try:
        while batch := await asyncio.to_thread(lambda: list(islice(work, most))):
            yield batch
    finally:
        with suppress(ValueError):  # a step is under way in its thread; it ends by itself
            close = getattr(work, "close", None)
            if close is not None:
                close()


async def digest_of(path: Path) -> str:
    """Of the whole file."""
    digest = blake2b(digest_size=16)

    def steps() -> Iterator[None]:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                yield

    async for _ in in_steps(steps(), 16):
        pass
    return digest.hexdigest()


@asynccontextmanager
async def content_of(path: Path, name: str, digest: str, most: int) -> AsyncGenerator[Content]:
    """Raises UnreadableFileError when it is too large, or no file that can be unpacked."""
    size = (await asyncio.to_thread(path.stat)).st_size
    if size > most:
        raise UnreadableFileError(f"it has {size} bytes; `most_bytes` allows {most}")
    if not name.lower().endswith((".gz", ".zip")):
        yield Content(path, digest, size)
        return
    with tempfile.TemporaryDirectory(prefix="andon-files-") as folder:
        unpacked = Path(folder) / "unpacked"
        try:
            async for _ in in_steps(_unpack(path, name, unpacked, most), 16):
                pass
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
            raise UnreadableFileError(f"it cannot be unpacked: {error}") from error
        except RuntimeError as error:  # how zipfile says that it needs a password
            raise UnreadableFileError(f"it cannot be unpacked: {error}") from error
        yield Content(unpacked, digest, size)


def _unpack(path: Path, name: str, target: Path, most: int) -> Iterator[None]:
    """The size a packed file says of itself is not believed; bytes are counted."""
    with target.open("wb") as out:
        if name.lower().endswith(".gz"):
            with gzip.open(path) as file:
                yield from _copy(file, out, most)
            return
        with zipfile.ZipFile(path) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            if len(members) != 1:
                raise UnreadableFileError(f"it holds {len(members)} files, not one")
            with packed.open(members[0]) as file:
                yield from _copy(file, out, most)


def _copy(file: IO[bytes] | gzip.GzipFile, out: IO[bytes], most: int) -> Iterator[None]:
    left = most
    while chunk := file.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise UnreadableFileError(f"it unpacks to more than the {most} bytes allowed")
        out.write(chunk)
        yield
