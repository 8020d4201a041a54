"""A supplier without EDI: its own small program asks Andon's API, with a key that opens its own."""

__all__ = ["SupplierPortal"]

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import msgspec

from andon.sandbox.partner import Partner
from andon.sandbox.system import Belief
from andon.sandbox.systems.supplier_edi import Advised, Ordered, Promised, Shipped
from andon.sandbox.world import World

_PAGE = 50
_DONE = 201
_FOLLOWS = 10
"""So many of the orders of which something is on its way it asks about at one look."""


class _Line(msgspec.Struct, frozen=True):
    number: str
    material: str
    amount: Decimal
    unit: str
    day: date


class _Value(msgspec.Struct):
    attribute: str
    value: str | int | bool | None


class _Order(msgspec.Struct):
    name: str
    local: str
    values: list[_Value]


class _Page(msgspec.Struct):
    items: list[_Order]
    next_before: int | None


class SupplierPortal(Partner):
    """It promises what it finds, and announces what its people ship; what is wanted
    sooner they pack at once. It asks again, under one
    Idempotency-Key, until it is done. Without a key it waits."""

    name = "supplier-portal"
    number = "17300002"
    """Which the buyer has for it."""
    party = f"party/company:{number}"
    scopes = ("commands:supply", "read:supply")

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.found: list[str] = []
        """The orders that it sees, in the order in which it saw them first."""
        self.orders: deque[Ordered] = deque()
        """Nobody has begun to pack them."""
        self.promised: list[Promised] = []
        self.shipped: dict[str, Shipped] = {}
        self.called: dict[str, str] = {}
        """Order -> what of it somebody wants sooner, of the youngest that it sees."""
        self.advised: dict[str, Sequence[Advised]] = {}
        """Order -> what it reads of what became of its shipments."""
        self.coming_back: dict[str, str] = {}
        """Order -> what of it went back last, of those that it sees."""
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
        for number in self._on_their_way()[:_FOLLOWS]:
            await self._follow(number)
        while self._asking:
            if not await self._ask(*self._asking[0]):
                break
            self._asking.popleft()

    async def _see(self) -> None:
        """All pages, until one holds nothing new."""
        before: int | None = None
        fresh: list[_Order] = []
        while True:
            path = f"/v1/supply/purchase-order?limit={_PAGE}"
            more = "" if before is None else f"&before={before}"
            status, said = await self.ask("GET", path + more)
            if status != 200:
                return
            page = msgspec.convert(said, _Page)
            new = [one for one in page.items if one.local not in self.found]
            for one in page.items:
                self._hurry(one)
                self._expect(one)
            fresh += new
            before = page.next_before
            if before is None or len(new) < len(page.items):
                break
        for one in reversed(fresh):
            self._take(one)

    def _on_their_way(self) -> list[str]:
        """The orders of shipments of which it does not know what became, the oldest first."""
        known = {one.shipment for lots in self.advised.values() for one in lots}
        shipped = self.shipped.items()
        return list(dict.fromkeys(one.order for n, one in shipped if n not in known))

    async def _follow(self, number: str) -> None:
        status, said = await self.ask("GET", f"/v1/supply/purchase-order/{quote(number)}")
        if status != 200:
            return
        order = msgspec.convert(said, _Order)
        judged = next((one.value for one in order.values if one.attribute == "judged"), None)
        if judged:
            self.advised[number] = [_advised(text) for text in str(judged).split("; ")]

    def urgent(self, order: str) -> bool:
        """Whether somebody asks to have it sooner."""
        return order in self.called

    def _hurry(self, order: _Order) -> None:
        wanted = next((one.value for one in order.values if one.attribute == "expedite"), None)
        if wanted:
            self.called[order.local] = str(wanted)
        else:
            self.called.pop(order.local, None)

    def _expect(self, order: _Order) -> None:
        """What comes back, and whether it owes it again."""
        values = {one.attribute: one.value for one in order.values}
        if back := values.get("returned"):
            owed = "owed again" if values.get("owed-again") else "to be credited"
            self.coming_back[order.local] = f"{back}, {owed}"

    def _take(self, order: _Order) -> None:
        values = {value.attribute: value.value for value in order.values}
        lines = [_line(text) for text in str(values.get("ordered") or "").split(", ") if text]
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


def _advised(text: str) -> Advised:
    """`S2 SEAL S2-0: 10 PC accepted, 1 PC damaged, 1 PC missing`."""
    lot, _, amounts = text.partition(": ")
    shipment, _, number = lot.split(" ")
    accepted, damaged, missing = (Decimal(one.split(" ")[0]) for one in amounts.split(", "))
    return Advised(shipment, number, accepted, damaged, missing)


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
