"""A file and its notes onto a local disk, in an order that a kill and a power cut both keep."""

__all__ = ["Leave", "delivered", "moved"]

import os
import threading
from contextlib import ExitStack
from pathlib import Path

from andon.connectors._folders.flushing import flush_all, flush_folder, written
from andon.connectors._folders.folder import OutgoingFile
from andon.connectors._folders.noting import write_note
from andon.core.errors import OutcomeUnknownError, RejectedError, UnavailableError


class Leave:
    """To rename: the thread takes it, or whoever waits for it no longer. The first one has it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def taken(self) -> bool:
        """Whether it is ours from now on."""
        return self._lock.acquire(blocking=False)


def delivered(root: Path, outgoing: OutgoingFile, leave: Leave) -> bool:
    """Whether it was renamed; then all is on the disk. False when somebody took the part away.

    A note is made after the files it is about and before the rename. Its name is on the disk no
    later than the new one: the journals of ext4 and XFS keep the order in which names appear.
    """
    part, last = root / outgoing.part, root / outgoing.last
    files = {**outgoing.files, outgoing.part: outgoing.content}
    with ExitStack() as opened:
        open_files = [
            opened.enter_context(written(root / path, content)) for path, content in files.items()
        ]
        for path, text in outgoing.notes.items():
            write_note(root / path, text)
        flush_all(open_files)
    if not leave.taken():
        raise UnavailableError(f"Nobody waited for {last.name} any more. It was not sent.")
    if not moved(part, last):
        return False
    try:
        flush_folder(last.parent)
    except OSError as error:
        raise OutcomeUnknownError(
            f"{last.name} lies there, and the disk does not say that it will stay: {error}."
        ) from error
    return True


def moved(path: Path, to: Path) -> bool:
    """Whether it was renamed; False when nothing is at `path`.
    Raises RejectedError when something is at `to`."""
    if os.path.lexists(to):
        raise RejectedError(f"{to.name} is already there", "name-taken")
    if not os.path.lexists(path):
        return False
    try:
        path.rename(to)
    except FileNotFoundError:
        if os.path.lexists(path):  # then it is the target's folder that is missing
            raise
        return False
    return True
