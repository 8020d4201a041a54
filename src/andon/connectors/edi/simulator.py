"""A trading partner on the other side of a mailbox: it orders nothing, and delivers."""

__all__ = ["COUNTERPARTS", "AcmeOnFolder", "AcmeOverSftp", "BetaOnFolder", "Trading"]

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from andon.connectors._folders.drops import BehindSftp, Drop, OnFolder
from andon.connectors.edi.simulated.edifact import EdifactProgram
from andon.connectors.edi.simulated.program import Program
from andon.connectors.edi.simulated.x12 import X12Program
from andon.core.connector import Request

_ACME = {
    "standard": "x12",
    "qualifier": "ZZ",
    "id": "ACME",
    "our_qualifier": "ZZ",
    "our_id": "ANDON",
}


_BETA = {
    "standard": "edifact",
    "qualifier": "14",
    "id": "4000001",
    "our_qualifier": "14",
    "our_id": "4000002",
}


class Trading(Drop):
    """A partner with a program of its own, and a mailbox that both can see."""

    program: Program
    ordered: str
    """The kind of order it takes."""

    def __init__(self) -> None:
        super().__init__()
        self.takes_away = False
        """Whether it moves what it has read to a folder of its own, as most partners do."""
        self._answered: set[str] = set()

    async def say(self, count: int) -> Sequence[str]:
        """Two interchanges of one second, half of the notices in each."""
        parts = self.in_two(count)
        for part in parts:
            self.drop(self.program.notice(part))
        return [shipment for part in parts for shipment in part]

    def drop(self, content: bytes) -> None:
        """Puts one interchange into the mailbox."""
        self.next_in("acme", content, "edi")

    def answer(
        self,
        put: Callable[[bytes], None] | None = None,
        *,
        says: Callable[[bytes], list[bytes]] | None = None,
    ) -> int:
        """Reads what came since the last time, and says how many interchanges that were; `put`
        lays down what is said to them, `drop` where nobody else does. `says` answers where it is
        not its program alone."""
        files = [one for one in self._sent() if one not in self._answered]
        for name in files:
            came = self._read(self.root / "out" / name)
            for content in (says or self.program.answers)(came):
                (put or self.drop)(content)
        return len(files)

    async def effects(self) -> Sequence[str]:
        """Numbers of the orders it could read, by the numbers of their files."""
        files = (self.root / "out" / name for name in self._sent())
        came = [one for file in files for one in self.program.read(file.read_bytes())]
        return [one.number for one in came if one.document == self.ordered and not one.errors]

    def _read(self, file: Path) -> bytes:
        content = file.read_bytes()
        if self.takes_away:
            read = self.root / "read"
            read.mkdir(exist_ok=True)
            file.rename(read / file.name)
        else:
            self._answered.add(file.name)
        return content

    def _sent(self) -> list[str]:
        return sorted(file.name for file in (self.root / "out").glob("*.edi") if file.is_file())


class AcmeOnFolder(Trading, OnFolder):
    """ACME speaks X12, on a folder of this machine."""

    ordered = "850"

    def __init__(self) -> None:
        super().__init__()
        self.program = X12Program()

    def request(self, effect: str) -> Request:
        """One order of five pumps."""
        return _order(effect)

    def settings(self) -> dict[str, Any]:
        """The folder, and ACME."""
        return {**super().settings(), "partners": {"acme": _ACME}}


class AcmeOverSftp(Trading, BehindSftp):
    """The same behind SFTP, where the partner named `refused` may not be written to."""

    ordered = "850"

    def __init__(self) -> None:
        super().__init__()
        self.program = X12Program()

    def request(self, effect: str) -> Request:
        """One order of five pumps."""
        return _order(effect)

    def refused(self) -> Request:
        """An order for a partner whose files the server does not take."""
        return Request(target="refused", body=_order("refused").body)

    def settings(self) -> dict[str, Any]:
        """The server, ACME, and one more."""
        return {
            **super().settings(),
            "partners": {"acme": _ACME, "refused": {**_ACME, "id": "NOBODY"}},
        }


class BetaOnFolder(Trading, OnFolder):
    """BETA speaks EDIFACT, on a folder of this machine."""

    name = "edifact"
    ordered = "ORDERS"

    def __init__(self) -> None:
        super().__init__()
        self.program = EdifactProgram()

    def request(self, effect: str) -> Request:
        """One order of five pumps."""
        segments = [
            ["BGM", "220", effect, "9"],
            ["DTM", ["137", "20251125", "102"]],
            ["LIN", "1", "", ["PUMP", "IN"]],
            ["QTY", ["21", "5", "PCE"]],
            ["UNS", "S"],
            ["CNT", ["2", "1"]],
        ]
        return Request(target="beta", body={"document": "ORDERS", "segments": segments})

    def settings(self) -> dict[str, Any]:
        """The folder, and BETA."""
        return {**super().settings(), "partners": {"beta": _BETA}}


def _order(number: str) -> Request:
    segments = [
        ["BEG", "00", "SA", number, "", "20251125"],
        ["PO1", "1", "5", "EA", "12.50", "", "BP", "PUMP"],
    ]
    return Request(target="acme", body={"document": "850", "segments": segments})


COUNTERPARTS = (AcmeOnFolder, AcmeOverSftp, BetaOnFolder)
