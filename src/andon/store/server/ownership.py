"""One owner per embedded server, held by a lock that dies with its holder."""

__all__ = ["Ownership"]

import fcntl
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from andon.core.errors import SettingsError


class Ownership:
    """The right to start and stop one server. Ends with `release` or with the process."""

    def __init__(self, file: Path, descriptor: int) -> None:
        self._file = file
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, file: Path) -> "Ownership":
        """Become the owner, or say who is. The file stays: removing it would make two locks."""
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 2000, 0).decode(errors="replace").strip()
            os.close(descriptor)
            raise SettingsError(
                f"The PostgreSQL in {file.parent} cannot be started: another Andon owns it "
                f"({holder or 'it has not said its name yet'}). Stop that one first. To run "
                "several workers on one database, set database.url to a server of your own."
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, _who().encode(), 0)
        return cls(file, descriptor)

    def release(self) -> None:
        """Let another process own the server. A second call does nothing."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def _who() -> str:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:3]])[:200]
    # The lock is read by people and by no clock of ours.
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return f"process {os.getpid()} since {since}: {command}\n"
