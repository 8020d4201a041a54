"""A file and its notes onto a local disk, in an order that a kill and a power cut both keep."""

__all__ = ["Leave", "delivered", "moved"]

import os
import threading
from contextlib import ExitStack
from pathlib import Path

from andon.connectors._folders.flushing import flush_all, flush_folder, written
from andon.connectors._folders.folder import NOBODY, Outcome, OutgoingFile
from andon.connectors._folders.noted import Noted
from andon.connectors._folders.noting import claimed, text_at, write_note
from andon.core.errors import OutcomeUnknownError, RejectedError, UnavailableError


class Leave:
    """To rename: the thread takes it, or whoever waits for it no longer. The first one has it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def taken(self) -> bool:
        """Whether it is ours from now on."""
        return self._lock.acquire(blocking=False)

    def gone(self) -> bool:
        """Whether somebody has it."""
        return self._lock.locked()


def delivered(root: Path, outgoing: OutgoingFile, leave: Leave) -> Outcome:
    """All of it, if it was not noted before and its number is free.

    A note is made after the files it is about and before the rename. Its name is on the disk no
    later than the new one: the journals of ext4 and XFS keep the order in which names appear.
    """
    if not outgoing.again and (noted := text_at(root / outgoing.note)):
        return Outcome(noted=noted)
    text, like = outgoing.noted.text(), None
    if outgoing.claim:
        like = root / outgoing.claim
        if not claimed(like, text):
            owner = text_at(like) or NOBODY
            if Noted.read(owner).stamp != outgoing.noted.stamp:
                return Outcome(owner=owner)
            like = None  # an earlier try of ours, perhaps of an older release
    part, last = root / outgoing.part, root / outgoing.last
    if leave.gone():  # the next try may be at the same file already
        raise _not_sent(last)
    files = {**outgoing.files, outgoing.part: outgoing.content}
    with ExitStack() as opened:
        open_files = [
            opened.enter_context(written(root / path, content)) for path, content in files.items()
        ]
        for path in (*outgoing.beside, outgoing.note):
            write_note(root / path, text, like=like)
            like = like or root / path
        flush_all(open_files)
    if not leave.taken():
        raise _not_sent(last)
    if not moved(part, last):
        return Outcome()
    try:
        flush_folder(last.parent)
    except OSError as error:
        raise OutcomeUnknownError(
            f"{last.name} lies there, and the disk does not say that it will stay: {error}."
        ) from error
    return Outcome(renamed=True)


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


def _not_sent(last: Path) -> UnavailableError:
    return UnavailableError(f"Nobody waited for {last.name} any more. It was not sent.")
