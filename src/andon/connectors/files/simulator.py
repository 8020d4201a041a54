"""The other side of an exchange: it drops files as systems do, and takes ours."""

__all__ = ["COUNTERPARTS", "Exchanged", "FolderDrop", "SftpDrop"]

from collections.abc import Sequence

from andon.connectors._folders.drops import BehindSftp, Drop, OnFolder
from andon.core.connector import Request


class Exchanged(Drop):
    """A folder with `in` and `out` that a shop floor writes confirmations to."""

    async def say(self, count: int) -> Sequence[str]:
        """Two files of one second, half of the confirmations in each."""
        parts = self.in_two(count)
        for part in parts:
            rows = "".join(f"{order},5\r\n" for order in part)
            self.next_in("said", f"order,good\r\n{rows}".encode(), "csv")
        return [order for part in parts for order in part]

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
