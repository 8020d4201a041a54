"""What a trading partner's program does, in whichever standard."""

__all__ = ["Came", "Program"]

from abc import ABC, abstractmethod
from collections.abc import Sequence

import msgspec


class Came(msgspec.Struct):
    """One message that the partner was sent, as its own program reads it."""

    document: str
    interchange: str
    group: str = ""
    code: str = ""
    control: str = ""
    version: str = ""
    number: str = ""
    """Of the order, or whatever else it names itself by."""
    items: list[tuple[str, str]] = []
    """Material and quantity of each line."""
    wanted: str = ""
    """The day by which an order is wanted, `20251212`, where it says one."""
    promised: list[str] | None = None
    """The quantity of each line that is delivered, where it is not what was ordered."""
    promised_on: str = ""
    """The day on which it comes, where it is not when it is wanted."""
    segments: list[Sequence[str | list[str]]] = []
    """All of it, for who looks further."""
    errors: list[str] = []
    """What its program refuses, each by a code of its standard."""


class Program(ABC):
    """Counts its own interchanges; what it reads it never trusts."""

    def __init__(self) -> None:
        self.control = 0
        """Its last control number."""
        self.materials = {"PUMP", "SEAL"}
        """What it sells. An order for something else is refused by its application."""
        self.sent: list[bytes] = []

    @abstractmethod
    def read(self, content: bytes) -> Sequence[Came]:
        """All messages of one interchange."""

    @abstractmethod
    def acknowledgment(self, came: Sequence[Came]) -> bytes | None:
        """997 or CONTRL for one interchange; nothing for one that holds nothing else."""

    @abstractmethod
    def advice(self, came: Came, says: str) -> bytes:
        """824 or APERAK: what its application does not take."""

    @abstractmethod
    def confirmation(self, came: Came) -> bytes:
        """855 or ORDRSP."""

    @abstractmethod
    def notice(self, shipments: Sequence[str], order: str = "4711") -> bytes:
        """One interchange of 856 or DESADV, one message for each shipment."""

    def answers(self, content: bytes) -> list[bytes]:
        """All that it says to one interchange: acknowledged, then refused or confirmed."""
        came = self.read(content)
        said = self.acknowledgment(came)
        answers = [] if said is None else [said]
        for one in came:
            if one.document not in ("850", "ORDERS") or one.errors:
                continue
            unknown = [item for item, _ in one.items if item not in self.materials]
            if unknown:
                answers.append(self.advice(one, f"{unknown[0]} is not sold here"))
            else:
                answers += self.takes(one)
        return answers

    def takes(self, came: Came) -> list[bytes]:
        """What it says to an order that it delivers: it promises all of it, and sends it."""
        return [self.confirmation(came), self.notice([f"S-{came.number}"], came.number)]

    def next_control(self) -> int:
        """Its numbers have no gaps either."""
        self.control += 1
        return self.control
