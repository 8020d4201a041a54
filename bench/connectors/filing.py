"""One file after the other by the standard library, for what connectors of files are beside."""

__all__ = ["deliver", "next_file"]

import itertools
import os
from pathlib import Path

_numbers = itertools.count(1)


def next_file(folder: Path, ending: str) -> Path:
    """A name that was not there before."""
    return folder / f"{next(_numbers)}.{ending}"


def deliver(file: Path, content: bytes) -> None:
    """Written under another name, flushed to the disk, renamed, and the new name flushed: no reader
    sees half a file, no power cut takes it back, and nobody can ask later whether it was sent."""
    part = file.with_suffix(".part")
    with part.open("wb") as open_file:
        open_file.write(content)
        open_file.flush()
        os.fsync(open_file.fileno())
    part.rename(file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(folder)
    os.close(folder)
