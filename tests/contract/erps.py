"""Two ERPs with one face for tests: the simulator, and a real Tryton in a process of its own."""

import asyncio
from collections import Counter
from typing import Any, Protocol

import msgspec

from andon.connectors.tryton.simulator import TrytonSimulator
from tools.counterparts import Tryton


class Booked(msgspec.Struct):
    """How an order stands there, read without the connector."""

    state: str
    consumed: dict[tuple[str, str | None], float]
    made: dict[tuple[str, str | None], float]
    cycles: dict[str, int]
    inspections: int
    lots: int
    """Lots with the number that the order's output has."""


class Erp(Protocol):
    """What a planner and quality do there, and what a test looks at."""

    @property
    def url(self) -> str: ...
    @property
    def key(self) -> str: ...
    async def release(self, product: str, quantity: float) -> str: ...
    async def cancel(self, number: str) -> None: ...
    async def resolve_alerts(self) -> None: ...
    async def booked(self, number: str) -> Booked: ...


class SimulatedErp:
    """In memory, behind HTTP all the same."""

    def __init__(self, simulator: TrytonSimulator) -> None:
        self.simulator = simulator
        self.key = simulator.key

    @property
    def url(self) -> str:
        return self.simulator.url

    async def release(self, product: str, quantity: float) -> str:
        return self.simulator.release(product, quantity)

    async def cancel(self, number: str) -> None:
        company = self.simulator.company
        company.writer = company.rows("res.user")[0]
        company.press(company.order(number), "cancel")

    async def resolve_alerts(self) -> None:
        self.simulator.resolve_alerts()

    async def booked(self, number: str) -> Booked:
        company = self.simulator.company
        order = company.order(number)
        made = _sums((m["product"]["code"], m["lot"], m["quantity"]) for m in order["outputs"])
        lots = [lot for _, lot in made]
        return Booked(
            state=order["state"],
            consumed=_sums(
                (m["product"]["code"], m["lot"], m["quantity"]) for m in order["inputs"]
            ),
            made=made,
            cycles={w["operation"]["name"]: len(w["cycles"]) for w in order["works"]},
            inspections=len(order["quality_inspections"]),
            lots=sum(1 for lot in company.rows("stock.lot") if lot["number"] in lots),
        )


class RealErp:
    """A planner's session beside Andon's, over another API of the same server."""

    def __init__(self, tryton: Tryton) -> None:
        self.tryton = tryton
        self.key = tryton.key

    @property
    def url(self) -> str:
        return self.tryton.rest_url

    async def release(self, product: str, quantity: float) -> str:
        def plan() -> str:
            return self.tryton.release(self.tryton.create_order(product, quantity))

        return await asyncio.to_thread(plan)

    async def cancel(self, number: str) -> None:
        (row,) = await self._find("production", [["number", "=", number]], ["id"])
        await asyncio.to_thread(self.tryton.planner.model, "production.cancel", [row["id"]])

    async def resolve_alerts(self) -> None:
        await asyncio.to_thread(self.tryton.planner.resolve_alerts)

    async def booked(self, number: str) -> Booked:
        (order,) = await self._find(
            "production", [["number", "=", number]], ["state", "quality_inspections"]
        )
        fields = ["product.code", "lot.number", "quantity"]
        sides = [
            await self._find("stock.move", [[side, "=", order["id"]]], fields)
            for side in ("production_input", "production_output")
        ]
        consumed, made = (
            _sums((m["product."]["code"], m.get("lot."), m["quantity"]) for m in side)
            for side in sides
        )
        works = await self._find(
            "production.work", [["production", "=", order["id"]]], ["operation.name", "cycles"]
        )
        numbers = [lot for _, lot in made if lot]
        return Booked(
            state=order["state"],
            consumed=consumed,
            made=made,
            cycles={w["operation."]["name"]: len(w["cycles"]) for w in works},
            inspections=len(order["quality_inspections"]),
            lots=len(await self._find("stock.lot", [["number", "in", numbers]], ["id"])),
        )

    async def _find(self, model: str, domain: list[Any], fields: list[str]) -> list[Any]:
        return await asyncio.to_thread(self.tryton.planner.find, model, domain, fields)


def _sums(rows: Any) -> dict[tuple[str, str | None], float]:
    sums: Counter[tuple[str, str | None]] = Counter()
    for product, lot, amount in rows:
        sums[product, lot["number"] if lot else None] += amount
    return dict(sums)
