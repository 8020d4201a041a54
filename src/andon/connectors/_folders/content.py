"""What a fetched file holds: its digest, and itself unpacked, never more than allowed."""

__all__ = ["Content", "content_of", "digest_of", "opened"]

import errno
import gzip
import os
import tempfile
import zipfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from andon.connectors._folders.rows import UnreadableFileError
from andon.connectors._folders.threads import Threads

_CHUNK = 1 << 20
_OF_THE_FILE = (None, errno.EINVAL)
"""What gzip says has no number; an offset before the beginning of the file has this one."""


class Content(msgspec.Struct, frozen=True):
    """A file ready to be read."""

    path: Path
    """Unpacked, if it came packed."""
    digest: str
    """Of the file as it came."""
    size: int
    """As it came."""


def opened(path: Path) -> BinaryIO:
    """A file to read, never what a link points to."""
    # Without O_NONBLOCK a pipe that took the file's place would hang us.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    return open(path, "rb", opener=lambda name, _: os.open(name, flags))


async def digest_of(path: Path, threads: Threads) -> str:
    """Of the whole file."""
    digest = blake2b(digest_size=16)

    def steps() -> Iterator[None]:
        with opened(path) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                yield

    async for _ in threads.steps(steps(), 16):
        pass
    return digest.hexdigest()


@asynccontextmanager
async def content_of(
    path: Path, name: str, digest: str, *, most: int, threads: Threads
) -> AsyncGenerator[Content]:
    """Raises UnreadableFileError when it is too large, or no file that can be unpacked."""
    size = (await threads.do(path.stat)).st_size
    if size > most:
        raise UnreadableFileError(f"it has {size} bytes; `most_bytes` allows {most}")
    if not name.lower().endswith((".gz", ".zip")):
        yield Content(path, digest, size)
        return
    with tempfile.TemporaryDirectory(prefix="andon-files-") as folder:
        unpacked = Path(folder) / "unpacked"
        try:
            async for _ in threads.steps(_unpack(path, name, unpacked, most), 16):
                pass
        except UnreadableFileError:
            raise
        except OSError as error:
            if error.errno not in _OF_THE_FILE:
                raise  # the disk says so, not what lies on it
            raise UnreadableFileError(f"it cannot be unpacked: {error}") from error
        except Exception as error:  # the libraries raise almost anything on a damaged archive
            raise UnreadableFileError(f"it cannot be unpacked: {error}") from error
        yield Content(unpacked, digest, size)


def _unpack(path: Path, name: str, target: Path, most: int) -> Iterator[None]:
    """The size a packed file says of itself is not believed; bytes are counted."""
    with target.open("wb") as out:
        if name.lower().endswith(".gz"):
            with opened(path) as packed, gzip.open(packed) as file:
                yield from _copy(file, out, most)
            return
        with opened(path) as raw, zipfile.ZipFile(raw) as packed:
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
