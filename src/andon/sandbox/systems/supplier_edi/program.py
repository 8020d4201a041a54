"""What the supplier's office program reads and writes."""

__all__ = ["Acme", "Ordered", "Shipped"]

from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.connectors.edi.simulated.x12 import X12Program


class Ordered(msgspec.Struct, frozen=True):
    """An order that it has taken."""

    number: str
    items: Sequence[tuple[str, Decimal]]


class Shipped(msgspec.Struct, frozen=True):
    """What its people say is on a truck: (material, lot, quantity) of each pallet."""

    shipment: str
    order: str
    lots: Sequence[tuple[str, str, Decimal]]


class Acme(X12Program):
    """It sells housings and seals. An order that comes again is another order to it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.materials = {"HOUSING", "SEAL"}
        self.orders: deque[Ordered] = deque()
        """Taken, and nobody has begun to pack them."""
        self.taken: Counter[str] = Counter()
        """How often each order came."""
        self._now = now
        self._pallets = 0

    def answers(self, content: bytes) -> list[bytes]:
        """Acknowledged, then confirmed; what is sent is announced when it leaves."""
        came = self.read(content)
        said = self.acknowledgment(came)
        answers = [] if said is None else [said]
        for one in came:
            if one.document != "850" or one.errors:
                continue
            unknown = [item for item, _ in one.items if item not in self.materials]
            if unknown:
                answers.append(self.advice(one, f"{unknown[0]} is not sold here"))
                continue
            self.taken[one.number] += 1
            items = [(item, Decimal(quantity)) for item, quantity in one.items]
            self.orders.append(Ordered(one.number, items))
            answers.append(self.confirmation(one))
        return answers

    def despatch(self, shipped: Shipped) -> bytes:
        """An 856: a pallet with an SSCC for each lot."""
        now = self._now()
        lines = [
            f"BSN*00*{shipped.shipment}*{now:%Y%m%d}*{now:%H%M}*0001",
            "HL*1**S",
            f"TD1*PLT*{len(shipped.lots)}",
            f"DTM*011*{now:%Y%m%d}*{now:%H%M}",
            "HL*2*1*O",
            f"PRF*{shipped.order}",
        ]
        level = 2
        for material, lot, quantity in shipped.lots:
            self._pallets += 1
            lines += [
                f"HL*{level + 1}*2*P",
                f"MAN*GM*{_sscc(self._pallets)}",
                f"HL*{level + 2}*{level + 1}*I",
                f"LIN**BP*{material}*LT*{lot}",
                f"SN1**{quantity:f}*EA",
            ]
            level += 2
        return self.written("SH", [("856", [*lines, f"CTT*{level}"])])


def _sscc(number: int) -> str:
    """With the application identifier and GS1's check digit."""
    digits = f"0069651110{number:07}"
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(digits))
    return f"00{digits}{-total % 10}"
