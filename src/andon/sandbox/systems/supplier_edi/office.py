"""What the people in a supplier's office do, in whichever standard their program writes."""

__all__ = ["Advised", "Called", "GivenBack", "Office", "Ordered", "Promised", "Shipped", "sscc"]

from abc import abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from andon.connectors.edi.simulated.program import Came, Program
from andon.sandbox.world import World

_DAY = "%Y%m%d"
_NEVER = "99991231"


class Ordered(msgspec.Struct, frozen=True):
    """An order that it has taken, as far as it is delivered."""

    number: str
    items: Sequence[tuple[str, Decimal]]
    replaces: str = ""
    """The return in whose place it is sent, where it was delivered before."""


class Promised(msgspec.Struct, frozen=True):
    """What it has said of one material of an order: how much, and for which day."""

    order: str
    material: str
    quantity: Decimal
    day: str


class Shipped(msgspec.Struct, frozen=True):
    """What its people say is on a truck: (material, lot, quantity) of each pallet."""

    shipment: str
    order: str
    lots: Sequence[tuple[str, str, Decimal]]
    replaces: str = ""


class Advised(msgspec.Struct, frozen=True):
    """What it was told of a lot that it has sent."""

    shipment: str
    lot: str
    accepted: Decimal
    damaged: Decimal
    missing: Decimal


class GivenBack(msgspec.Struct, frozen=True):
    """What it was told of a lot that comes back."""

    shipment: str
    lot: str
    quantity: Decimal


class Called(msgspec.Struct, frozen=True):
    """What it was asked to send of an order, and for which day."""

    order: str
    material: str
    quantity: Decimal
    day: str
    replaces: str = ""
    """The return in whose place it is sent."""


class Office(Program):
    """It sells housings and seals. An order that comes again is another order to it, and so is what
    it is asked to send again."""

    def __init__(self, world: World, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.materials = {"HOUSING", "SEAL"}
        self.orders: deque[Ordered] = deque()
        """Taken, and nobody has begun to pack them."""
        self.taken: Counter[str] = Counter()
        """How often each order came."""
        self.promised: list[Promised] = []
        self.shipped: dict[str, Shipped] = {}
        self.advised: list[Advised] = []
        self.given_back: list[GivenBack] = []
        self.called: list[Called] = []
        """In the order in which it came."""
        self.asked_again: list[Called] = []
        """What it was asked to send in place of something that went back."""
        self._wanted: dict[str, Sequence[Called]] = {}
        """Of each order as the last schedule has it, in place of the one before."""
        self.now = now
        self._world = world
        self._pallets = 0

    @abstractmethod
    def despatch(self, shipped: Shipped) -> bytes:
        """A notice: a pallet with an SSCC for each lot."""

    @abstractmethod
    def told(self, came: Came) -> Sequence[Advised]:
        """What a receiving advice says; nothing for any other message."""

    @abstractmethod
    def comes_back(self, came: Came) -> Sequence[GivenBack]:
        """What of a shipment a receiving advice says was returned; nothing for any other."""

    @abstractmethod
    def calls(self, came: Came) -> Sequence[Called]:
        """What a schedule says; nothing for any other message."""

    def urgent(self, order: str) -> bool:
        """Whether somebody asked last to have some of it before the promised day, or what nobody
        has promised; its people pack that at once."""
        days = {(one.order, one.material): one.day for one in self.promised}
        return any(
            one.day < days.get((one.order, one.material), _NEVER)
            for one in self._wanted.get(order, ())
        )

    def answers(self, content: bytes) -> list[bytes]:
        """Receiving advices are filed; a schedule is for who packs."""
        for one in self.read(content):
            if not one.errors:
                self.advised += self.told(one)
                self.given_back += self.comes_back(one)
                calls = self.calls(one)
                self._send_again([call for call in calls if call.replaces])
                called = [call for call in calls if not call.replaces]
                self.called += called
                self._wanted |= dict.fromkeys({call.order for call in called}, called)
        return super().answers(content)

    def _send_again(self, calls: Sequence[Called]) -> None:
        self.asked_again += calls
        for one in {(call.order, call.replaces): None for call in calls}:
            items = [(c.material, c.quantity) for c in calls if (c.order, c.replaces) == one]
            self.orders.append(Ordered(one[0], items, replaces=one[1]))

    def takes(self, came: Came) -> list[bytes]:
        """Now and then it cannot deliver all of it, or not on that day; what is sent is announced
        when it leaves."""
        chance = self._world.chance(f"promise/{came.number}")
        items = [(item, Decimal(quantity)) for item, quantity in came.items]
        wanted = datetime.strptime(came.wanted, _DAY)  # noqa: DTZ007 a day has no zone
        if chance.random() < 0.12:
            wanted += timedelta(days=1)
        if chance.random() < 0.12 and items[0][1] > 1:
            items[0] = (items[0][0], items[0][1] - 1)
        self.taken[came.number] += 1
        self.orders.append(Ordered(came.number, items))
        day = f"{wanted:{_DAY}}"
        self.promised += [Promised(came.number, item, amount, day) for item, amount in items]
        amounts = [f"{amount:f}" for _, amount in items]
        said = msgspec.structs.replace(came, promised=amounts, promised_on=day)
        return [self.confirmation(said)]

    def next_pallet(self) -> str:
        """The SSCC of one more."""
        self._pallets += 1
        return sscc(self._pallets)


def sscc(number: int) -> str:
    """With GS1's check digit."""
    digits = f"0069651110{number:07}"
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
