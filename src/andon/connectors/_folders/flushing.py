"""What is on a local disk when a call returns, whatever happens to the machine."""

__all__ = ["flush_all", "flush_folder", "write_whole", "written"]

import errno
import os
import sys
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

_UNFLUSHED = (errno.EACCES, errno.EINVAL, errno.EBADF, errno.ENOTSUP)
"""What is said of a folder that may not be listed, or by a share that flushes no folders: it does
so in its own time."""


def write_whole(path: Path, content: bytes) -> None:
    """A file and its content."""
    with written(path, content) as file:
        os.fsync(file.fileno())


def written(path: Path, content: bytes) -> FileIO:
    """A file with its content, not flushed yet. It never writes through a link."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    file = FileIO(os.open(path, flags, 0o666), "w")
    try:
        left = memoryview(content)
        while left:
            left = left[file.write(left) :]
    except BaseException:
        file.close()
        raise
    return file


def flush_all(files: Sequence[FileIO]) -> None:
    """Of several, the disk begins with all before the first is waited for."""
    if sys.platform == "linux" and len(files) > 1:
        for file in files:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    for file in files:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Its names: what was made, renamed or removed in it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno not in _UNFLUSHED:
            raise
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNFLUSHED:
            raise
    finally:
        os.close(descriptor)
