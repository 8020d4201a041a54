"""The central WMS: REST, and a change feed that is read by sequence. It owns bins and tasks."""

__all__ = ["BINS", "DOCK", "PRODUCTION", "SHELVES", "Lock", "Task", "Version", "Wms"]

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from aiohttp import web

from andon.sandbox.system import Belief, HttpSystem, feed_page, json_answer
from andon.sandbox.systems.wms.items import Items, Version
from andon.sandbox.systems.wms.levels import Levels
from andon.sandbox.systems.wms.locks import Category, Lock, Locks
from andon.sandbox.systems.wms.outbound import Outbound
from andon.sandbox.systems.wms.supply import Supply
from andon.sandbox.truth import Arrived, Counted, Fact, Left, Moved, Scrapped
from andon.sandbox.world import World

PRODUCTION, DOCK = "A.STORE", "W.DOCK"
SHELVES = tuple(f"W.{n:02}" for n in range(1, 25))
BINS = (*SHELVES, DOCK)
_OURS = "W."

Kind = Literal["put-away", "pick"]
State = Literal["open", "stopped", "done"]


class Task(msgspec.Struct, kw_only=True):
    """Something to carry; `reference` is the host's word, kept and not looked at."""

    id: str
    kind: Kind
    lot: str
    item: str
    quantity: Decimal
    delivery: str
    order: str = ""
    """The sales order for which the delivery goes."""
    reference: str
    state: State = "open"
    taken_at: datetime
    """When it was given."""
    done_at: datetime | None = None


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    kind: Kind
    lot: str
    item: str
    quantity: Decimal
    delivery: str = ""
    order: str = ""
    reference: str = ""


class _Wished(msgspec.Struct, forbid_unknown_fields=True):
    state: Literal["open", "stopped"]


class Wms(HttpSystem):
    """It knows tasks and bins, and of quality the category of stock: a pick of a lot that is locked
    waits. Asked twice under one reference it has two tasks."""

    name = "wms"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.key = f"wms-{world.chance('wms').getrandbits(64):016x}"
        self.tasks: dict[str, Task] = {}
        self.bins: dict[tuple[str, str], Decimal] = {}
        """(lot, bin) -> how much lies there, as scanners say."""
        self.in_hand: set[str] = set()
        """Tasks that somebody is about to do."""
        self.pallets: dict[str, str] = {}
        """Delivery -> SSCC of the pallet on which it stands at the dock, or has left."""
        self.changes: list[Mapping[str, object]] = []
        self._locks = Locks()
        self.locks: Mapping[str, Lock] = self._locks.all
        self.levels = Levels(self.locks, self.now)
        self.supply = Supply(PRODUCTION, self.locks, self.now, self.levels)
        """Components, and the orders they are promised to."""
        self.items = Items(self.now)
        """How items are stored."""
        self.outbound = Outbound(self.locks, self.now)
        """Goods, and the sales orders they are promised to."""

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {"COMPANY_WMS_URL": self.address, "COMPANY_WMS_KEY": self.key}

    def picked(self, delivery: str) -> bool:
        """Whether it stands at the dock."""
        return delivery in self.pallets

    def picks(self) -> Iterable[Task]:
        """All tasks that take something off the shelf."""
        return (task for task in self.tasks.values() if task.kind == "pick")

    def refuses(self, task: Task) -> str | None:
        """What a terminal shows to who would do the task, if its lot may not be taken."""
        lock = self.locks.get(task.lot)
        if lock is None or task.kind == "put-away":
            return None
        return f"Lot {lock.lot} has category {lock.category} ({lock.reason}). Leave it there."

    def lock(self, lot: str, body: bytes) -> web.Response:
        """`PUT /locks/LOT`; a lot that was free until now is news."""
        answer, new = self._locks.put(lot, body)
        if new:
            self._locked(lot)
        return answer

    def bind(self, lot: str, category: Category, reason: str) -> None:
        """A shift lead does the same at a terminal. Raises ValueError as the terminal refuses."""
        if self._locks.set(lot, category, reason):
            self._locked(lot)

    def _locked(self, lot: str) -> None:
        self._look(lot)
        self._say("locked", lot, "", Decimal(0), "")

    def free(self, lot: str) -> None:
        """It may be taken again; a shift lead can do that at a terminal, too."""
        if self._locks.all.pop(lot, None) is not None:
            self._look(lot)
            self._say("unlocked", lot, "", Decimal(0), "")

    def give(
        self,
        kind: Kind,
        lot: str,
        item: str,
        quantity: Decimal,
        delivery: str = "",
        order: str = "",
        reference: str = "",
    ) -> Task:
        """One more task, asked for by a program or typed by a clerk."""
        task = Task(
            id=f"T{len(self.tasks) + 700001}",
            kind=kind,
            lot=lot,
            item=item,
            quantity=quantity,
            delivery=delivery,
            order=order,
            reference=reference,
            taken_at=self.now(),
        )
        self.tasks[task.id] = task
        if kind == "pick":
            self.outbound.pick(delivery, order, lot, item, quantity)
        return task

    def _look(self, lot: str) -> None:
        """It is locked now, or free."""
        self.supply.look()
        self.outbound.look()
        self.levels.look(lot)

    def done(self, task: Task, place: str) -> None:
        """Somebody scans it as carried to the bin."""
        task.state, task.done_at = "done", self.now()
        if task.kind == "pick":
            self.pallets[task.delivery] = pallet = _sscc(len(self.pallets) + 1)
            more = {"delivery": task.delivery, "pallet": pallet}
            self._say("picked", task.lot, task.item, task.quantity, place, **more)
        else:
            self._say("put-away", task.lot, task.item, task.quantity, place)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`/tasks`, `/picks/DELIVERY`, `/changes`, `/stock`, `/outbound`, `/locks/LOT`, `/items`,
        `/bins`."""
        if request.headers.get("X-Api-Key") != self.key:
            return json_answer({"error": "unknown key"}, status=401)
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["tasks"]:
                return self._given(await request.read())
            case "GET", ["tasks"]:
                wanted = request.query.get("reference")
                found = [task for task in self.tasks.values() if task.reference == wanted]
                return json_answer({"tasks": found})
            case "PUT", ["picks", delivery]:
                return self._wished(delivery, await request.read())
            case "GET", ["changes"]:
                return self._since(request.query.get("after", "0"))
            case "GET", ["stock"]:
                rows = [
                    {"lot": lot, "bin": place, "quantity": amount}
                    for (lot, place), amount in self.bins.items()
                ]
                return json_answer({"stock": rows})
            case "GET", ["supply"]:
                return self.supply.since(request.query.get("after", "0"))
            case "GET", ["levels"]:
                return self.levels.since(request.query.get("after", "0"))
            case "GET", ["shortages"]:
                return self.supply.short_since(request.query.get("after", "0"))
            case "GET", ["outbound"]:
                return self.outbound.since(request.query.get("after", "0"))
            case "PUT", ["outbound", order]:
                return self.outbound.put(order, await request.read())
            case "PUT", ["reservations", order]:
                return self.supply.put(order, await request.read())
            case "DELETE", ["reservations", order]:
                return self.supply.free(order)
            case "POST", ["item-versions"]:
                return self.items.add(await request.read())
            case "GET", ["item-versions"]:
                return self.items.found(request.query.get("reference"))
            case "GET", ["bins"]:
                return json_answer({"bins": [{"bin": one, "hall": "warehouse"} for one in BINS]})
            case "GET", ["items"]:
                return self.items.listed()
            case "PUT", ["locks", lot]:
                return self.lock(lot, await request.read())
            case "GET", ["locks", lot]:
                return self._locks.found(lot, request.query.get("category"))
            case "DELETE", ["locks", lot]:
                self.free(lot)
                return json_answer({"lot": lot})
            case _:
                return json_answer({"error": "not found"}, status=404)

    def _given(self, body: bytes) -> web.Response:
        try:
            asked = msgspec.json.decode(body, type=_Asked, strict=False)
        except msgspec.MsgspecError as error:
            return json_answer({"error": str(error)}, status=400)
        if asked.quantity <= 0:
            return json_answer({"error": f"{asked.quantity} is no quantity"}, status=422)
        if asked.kind == "pick" and not asked.delivery:
            return json_answer({"error": "a pick is for a delivery"}, status=422)
        return json_answer(self.give(**msgspec.structs.asdict(asked)), status=201)

    def _wished(self, delivery: str, body: bytes) -> web.Response:
        try:
            wished = msgspec.json.decode(body, type=_Wished)
        except msgspec.MsgspecError as error:
            return json_answer({"error": str(error)}, status=400)
        found = [task for task in self.picks() if task.delivery == delivery]
        if not found:
            return json_answer({"error": f"no task for delivery {delivery}"}, status=404)
        if all(task.state == "done" for task in found):
            return json_answer({"error": f"delivery {delivery} is picked already"}, status=409)
        for task in found:
            if task.state != "done":
                task.state = wished.state
        return json_answer({"delivery": delivery, "state": wished.state})

    def _since(self, after: str) -> web.Response:
        return feed_page("changes", self.changes, after)

    def hear(self, fact: Fact) -> None:
        """Whatever comes, is carried, counted or thrown away in its halls is scanned."""
        self.supply.hear(fact)
        match fact:
            case Arrived() if fact.place.startswith(_OURS):
                self._change(fact, fact.place, fact.quantity)
            case Moved():
                self._change(fact, fact.origin, -fact.quantity)
                self._change(fact, fact.place, fact.quantity)
            case Left():
                self.outbound.leave(fact.because)
                self._change(fact, fact.place, -fact.quantity)
                if (pallet := self.pallets.get(fact.because)) is not None:
                    self._say(
                        "shipped", fact.lot, fact.material, fact.quantity, fact.place,
                        delivery=fact.because, pallet=pallet,
                    )  # fmt: skip
            case Scrapped() if fact.place.startswith(_OURS):
                self._change(fact, fact.place, -fact.quantity)
                self._say(
                    "scrapped", fact.lot, fact.material, fact.quantity, fact.place,
                    reason=fact.because,
                )  # fmt: skip
            case Counted() if fact.place.startswith(_OURS):
                before = self.bins.get((fact.lot, fact.place), Decimal(0))
                self._change(fact, fact.place, fact.quantity - before)
                self._say(
                    "counted", fact.lot, fact.material, fact.quantity, fact.place, expected=before
                )
            case _:
                return
        self.outbound.look()

    def _say(
        self, kind: str, lot: str, item: str, quantity: Decimal, place: str, **more: object
    ) -> None:
        """One more line of the feed."""
        row = {"lot": lot, "item": item, "quantity": quantity, "bin": place, "at": self.now()}
        self.changes.append({"seq": len(self.changes) + 1, "type": kind, **row, **more})

    def _change(
        self, fact: Arrived | Moved | Left | Scrapped | Counted, place: str, amount: Decimal
    ) -> None:
        if not place.startswith(_OURS):
            return
        lot = fact.lot
        self.levels.add(lot, fact.material, "warehouse", amount)
        self.outbound.add(lot, fact.material, amount)
        there = self.bins.get((lot, place), Decimal(0)) + amount
        if there:
            self.bins[lot, place] = there
        else:
            self.bins.pop((lot, place), None)

    def believes(self) -> Iterable[Belief]:
        """What lies in each bin, what nobody may take, and by which revision items are stored."""
        for item in self.items.cases:
            yield Belief(f"item:{item}", "effective", self.items.effective(item).revision)
        for lot in self.locks:
            yield Belief(f"lot:{lot}", "hold", "true")
        for (lot, place), amount in self.bins.items():
            yield Belief(f"lot:{lot}@{place}", "quantity", f"{amount.normalize():f}")


def _sscc(number: int) -> str:
    """One more unit of the warehouse, with GS1's check digit."""
    digits = f"1095040000{number:07}"
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
