"""The other side of an exchange: it drops files as systems do, and takes ours."""

__all__ = ["COUNTERPARTS", "Exchanged", "FolderDrop", "SftpDrop"]

from collections.abc import Sequence

from andon.connectors._folders.drops import BehindSftp, Drop, OnFolder
from andon.core.connector import Request


class Exchanged(Drop):
    """A folder with `in` and `out` that a shop floor writes confirmations to."""

    async def say(self, count: int) -> Sequence[str]:
        """Two files of one second, half of the confirmations in each."""
        orders = [f"SAID-{self._said + n:06}" for n in range(1, count + 1)]
        self._said += count
        half = (count + 1) // 2
        for part in (orders[:half], orders[half:]):
            if part:
                self._files += 1
                rows = "".join(f"{order},5\r\n" for order in part)
                self.rename_in(f"said-{self._files:06}.csv", f"order,good\r\n{rows}".encode())
        return orders

    def request(self, effect: str) -> Request:
        """One order as one file."""
        return Request(target="order", body={"effect": effect})

    async def effects(self) -> Sequence[str]:
        """What stands in the files that came, by their numbers."""
        files = [file for file in sorted((self.root / "out").glob("*.csv")) if file.is_file()]
        return [file.read_text().splitlines()[1] for file in files]


class FolderDrop(Exchanged, OnFolder):
    """On this machine."""


class SftpDrop(Exchanged, BehindSftp):
    """Behind an SFTP server."""


COUNTERPARTS = (FolderDrop, SftpDrop)
