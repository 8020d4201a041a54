"""A seller's own program: it asks Andon's API for what is ordered of it, and says what it sends."""

__all__ = ["Order", "Seller"]

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

import msgspec

from andon.sandbox.partner import Partner
from andon.sandbox.system import Belief
from andon.sandbox.systems.supplier_edi import Ordered, Promised, Shipped
from andon.sandbox.world import World

_PAGE = 50
_DONE = 201


class _Line(msgspec.Struct, frozen=True):
    number: str
    material: str
    amount: Decimal
    unit: str
    day: date


class _Value(msgspec.Struct):
    attribute: str
    value: str | int | bool | None


class Order(msgspec.Struct):
    """What it sees of one that is its own."""

    name: str
    local: str
    values: list[_Value]

    def value(self, attribute: str) -> str:
        """As text; empty where it is not said, or as nothing."""
        for one in self.values:
            if one.attribute == attribute and one.value:
                return str(one.value)
        return ""


class _Page(msgspec.Struct):
    items: list[Order]
    next_before: int | None


class Seller(Partner):
    """It promises what it finds, and announces what its people ship. It asks again, under one
    Idempotency-Key, until it is done. Without a key it waits."""

    number: ClassVar[str]
    """Which the buyer has for it."""
    scopes = ("commands:supply", "read:supply")

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.found: list[str] = []
        """The orders that it sees, in the order in which it saw them first."""
        self.orders: deque[Ordered] = deque()
        """Nobody has begun to pack them."""
        self.promised: list[Promised] = []
        self.shipped: dict[str, Shipped] = {}
        self.refused: list[str] = []
        """What Andon said to what it will not do."""
        self.twice = 0
        """So many of the next things are asked for twice at once, by somebody impatient."""
        self.doubled = 0
        self.done: Counter[str] = Counter()
        """Idempotency-Key -> how many different answers came."""
        self._asking: deque[tuple[str, str, Mapping[str, object]]] = deque()

    def ship(self, shipped: Shipped) -> None:
        """A truck leaves; its people type in what is on it."""
        self.shipped[shipped.shipment] = shipped
        packed = [
            {
                "material_id": material,
                "lot_id": lot,
                "quantity": {"amount": f"{quantity:f}", "unit": "PC"},
            }
            for material, lot, quantity in shipped.lots
        ]
        body = {
            "order_id": shipped.order,
            "shipment_id": shipped.shipment,
            "packed": packed,
            "shipped_at": self.now().isoformat(),
            "replaces": shipped.replaces,
        }
        self._asking.append(("announce-shipment", f"ship-{shipped.shipment}", body))

    def believes(self) -> Iterable[Belief]:
        """Which orders it has, and what has left."""
        for number in self.found:
            yield Belief(f"purchase-order:{number}", "taken", "1")
        for shipment in self.shipped:
            yield Belief(f"shipment:{shipment}", "status", "shipped")

    async def look(self) -> None:
        """Sees what is new and what became of what it has sent, then asks for what is to be done,
        in order."""
        await self._see()
        await self.follow()
        while self._asking:
            if not await self._ask(*self._asking[0]):
                break
            self._asking.popleft()

    def notice(self, order: Order) -> None:
        """What it reads of an order that it looks at; as often as it looks."""

    async def follow(self) -> None:
        """What it asks about what it has sent."""

    async def _see(self) -> None:
        """All pages, until one holds nothing new."""
        before: int | None = None
        fresh: list[Order] = []
        while True:
            path = f"/v1/supply/purchase-order?limit={_PAGE}"
            more = "" if before is None else f"&before={before}"
            status, said = await self.ask("GET", path + more)
            if status != 200:
                return
            page = msgspec.convert(said, _Page)
            new = [one for one in page.items if one.local not in self.found]
            for one in page.items:
                self.notice(one)
            fresh += new
            before = page.next_before
            if before is None or len(new) < len(page.items):
                break
        for one in reversed(fresh):
            self._take(one)

    def _take(self, order: Order) -> None:
        lines = [_line(text) for text in order.value("ordered").split(", ") if text]
        if not lines:
            return  # it is told later what is in it
        number = order.local
        self.found.append(number)
        chance = self.world.chance(f"promise/{number}")
        late = timedelta(days=chance.random() < 0.12)
        less = Decimal(chance.random() < 0.12 and lines[0].amount > 1)
        lines = [
            msgspec.structs.replace(
                line, amount=line.amount - (less if n == 0 else 0), day=line.day + late
            )
            for n, line in enumerate(lines)
        ]
        self.orders.append(Ordered(number, [(line.material, line.amount) for line in lines]))
        self.promised += [
            Promised(number, line.material, line.amount, f"{line.day:%Y%m%d}") for line in lines
        ]
        body = {"order_id": number, "lines": _written(lines)}
        self._asking.append(("confirm-purchase-order", f"confirm-{number}", body))

    async def _ask(self, command: str, key: str, body: Mapping[str, object]) -> bool:
        """Whether it needs not be asked for again."""
        path, times = f"/v1/supply/{command}", 1
        if self.twice:
            self.twice, self.doubled, times = self.twice - 1, self.doubled + 1, 2
        asked = (self.ask("POST", path, body, key=key) for _ in range(times))
        answers = await asyncio.gather(*asked)
        done = {
            msgspec.json.encode(said, order="sorted") for status, said in answers if status == _DONE
        }
        if done:
            self.done[key] = len(done)
            return True
        status, said = answers[0]
        if 400 <= status < 500 and status not in (401, 429):
            self.refused.append(f"{command} {status}: {said}")
            return True
        return False


def _line(text: str) -> _Line:
    """`00010 SEAL 12 PC 2026-03-04`."""
    number, material, amount, unit, day = text.split(" ")
    return _Line(number, material, Decimal(amount), unit, date.fromisoformat(day))


def _written(lines: Sequence[_Line]) -> list[dict[str, object]]:
    return [
        {
            "line": line.number,
            "material_id": line.material,
            "quantity": {"amount": f"{line.amount:f}", "unit": line.unit},
            "due_at": datetime.combine(line.day, datetime.min.time(), tzinfo=UTC).isoformat(),
        }
        for line in lines
    ]
