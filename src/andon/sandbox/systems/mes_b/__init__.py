"""The MES of plant B: B2MML documents in a folder, both ways. It owns execution there."""

__all__ = ["MesB"]

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, Literal

from andon.connectors._folders.names import stamp
from andon.connectors.b2mml.floor import Floor, Wanted
from andon.connectors.b2mml.simulator import PlantBFolder
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.connector import Request
from andon.sandbox.system import Belief, System
from andon.sandbox.truth import Consumed, Fact, Finished
from andon.sandbox.world import World
from andon.sandbox.zones import PLANT_B

_LOOKS = 0.2


class MesB(System):
    """It judges a document by the schema and by how its orders stand, answers it, and reports an
    order once it is done or is taken off the floor, and a lot once its line leaves it alone or
    takes it again. Its times are the wall's there, with their distance from UTC."""

    name = "mes-b"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self._folder = PlantBFolder()
        self.floor: Floor = self._folder.floor
        self.halves: Counter[Literal["due", "struck"]] = Counter()
        """Reports that are written where they are read, in two halves."""
        self._queue: deque[str] = deque()
        self._known = self._dropped = self._lots_said = 0
        self._taken: dict[str, list[Consumed]] = {}
        self.done: dict[str, Finished] = {}
        """What it has reported of each order that is made."""
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Looks into its folder from now on."""
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """What is put there stays there."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {"COMPANY_MES_B_FOLDER": str(self._folder.root)}

    async def _look(self) -> None:
        while True:
            await asyncio.to_thread(self._folder.work)
            for number in self.floor.cancelled[self._dropped :]:
                self._folder.next_in("schedule", self._taken_off(number))
                self._dropped += 1
            for lot in self.floor.aside.changed[self._lots_said :]:
                self._put("lot", self._stands(lot))
                self._lots_said += 1
            await asyncio.sleep(_LOOKS)

    def next(self) -> Wanted | None:
        """The oldest order that nobody works on; who asks works on it."""
        new = self.floor.done[self._known :]
        self._queue.extend(new)
        self._known += len(new)
        while self._queue:
            order = self.floor.begin(self._queue.popleft())
            if order is not None:  # else it was cancelled
                return order
        return None

    def refuses(self, lot: str) -> str | None:
        """What a terminal shows to who scans the lot into an order, if it may not go in."""
        return self.floor.aside.refuses(lot)

    def hear(self, fact: Fact) -> None:
        """Only of its own orders."""
        match fact:
            case Consumed(order=number) if number in self.floor.states:
                self._taken.setdefault(number, []).append(fact)
            case Finished(order=number) if number in self.floor.states:
                self.floor.end(number)
                self.done[number] = fact
                self._put("performance", self._report(fact))
            case _:
                pass

    def _put(self, name: str, report: bytes) -> None:
        if self.halves["due"] <= self.halves["struck"]:
            self._folder.next_in(name, report)
            return
        self.halves["struck"] += 1
        self._folder.write_in_halves(self._folder.next_name(name), report)

    def _report(self, done: Finished) -> bytes:
        taken = self._taken.pop(done.order, [])
        here = done.at.astimezone(PLANT_B)
        at = here.isoformat()
        moved = [
            _actual(n, "Consumed", one.material, one.lot, one.quantity)
            for n, one in enumerate(taken, start=1)
        ]
        moved.append(_actual(len(moved) + 1, "Produced", done.material, done.lot, done.good))
        if done.scrap:
            moved.append(_actual(len(moved) + 1, "Scrap", done.material, "", done.scrap))
        segment = {
            "ID": f"{done.order}-10",
            "ActualStartTime": at,
            "ActualEndTime": at,
            "SegmentRequirementID": "MAKE",
            "SegmentState": "Completed",
            "SegmentData": [
                {"ID": "OrderedQuantity", "Value": [_value(self.floor.wanted(done.order).quantity)]}
            ],
            "MaterialActual": moved,
        }
        response = {
            "ID": f"R-{done.order}",
            "StartTime": at,
            "EndTime": at,
            "OperationsRequestID": done.order,
            "ResponseState": "Completed",
            "SegmentResponse": [segment],
        }
        envelope = Envelope(bod=stamp(f"R-{done.order}"), sender="PLANT-B", created_at=here)
        body = {"ID": f"P-{done.order}", "OperationsResponse": [response]}
        request = Request(target="SyncOperationsPerformance", body={"OperationsPerformance": body})
        return document_of(request, envelope, judged=True)

    def _taken_off(self, number: str) -> bytes:
        """The order as it stands: cancelled."""
        at = self.world.now().astimezone(PLANT_B)
        bod = stamp(f"S-{number}-{self._dropped}")
        envelope = Envelope(bod=bod, sender="PLANT-B", created_at=at)
        body = {"ID": f"S-{number}", "OperationsRequest": [self.floor.orders[number]]}
        request = Request(target="SyncOperationsSchedule", body={"OperationsSchedule": body})
        return document_of(request, envelope, judged=True)

    def _stands(self, lot: Mapping[str, Any]) -> bytes:
        """A lot as it stands now."""
        at = self.world.now().astimezone(PLANT_B)
        bod = stamp(f"L-{lot['ID']}-{self._lots_said}")
        envelope = Envelope(bod=bod, sender="PLANT-B", created_at=at)
        request = Request(target="SyncMaterialLot", body={"MaterialLot": [dict(lot)]})
        return document_of(request, envelope, judged=True)

    def effects(self) -> int:
        """The orders it was given, and what it was told of lots."""
        return len(self.floor.done) + len(self.floor.aside.changed)

    def believes(self) -> Iterable[Belief]:
        """How far each order is, what came of it, and which lots its line leaves alone."""
        for lot in list(self.floor.aside.lots):
            yield Belief(f"lot:{lot}", "hold", "true")
        for number, state in self.floor.states.items():
            yield Belief(f"order:{number}", "status", _STATUS[state])
            yield Belief(f"order:{number}", "planned", f"{self.floor.wanted(number).quantity:f}")
            if number in self.done:
                good = self.done[number].good
                yield Belief(f"order:{number}", "good", f"{good.normalize():f}")


_STATUS = {"waiting": "open", "running": "open", "made": "done", "cancelled": "cancelled"}


def _value(amount: Decimal) -> dict[str, str]:
    return {"ValueString": f"{amount:f}", "DataType": "decimal", "UnitOfMeasure": "PCE"}


def _actual(n: int, use: str, material: str, lot: str, amount: Decimal) -> dict[str, Any]:
    """Scrap has no word in ISA-95, so it is said as another use."""
    other = {"MaterialUse": "Other", "MaterialUse@OtherValue": use} if use == "Scrap" else {}
    quantity = {"QuantityString": f"{amount:f}", "DataType": "decimal", "UnitOfMeasure": "PCE"}
    return {
        "ID": str(n),
        "MaterialDefinitionID": material,
        **({"MaterialLotID": lot} if lot else {}),
        **(other or {"MaterialUse": use}),
        "Quantity": [quantity],
    }
