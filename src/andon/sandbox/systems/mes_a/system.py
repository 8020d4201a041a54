"""Its API and its webhooks."""

__all__ = ["MesA"]

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from aiohttp import web

from andon.sandbox.outbox import Outbox
from andon.sandbox.system import Belief, PostingSystem, json_answer
from andon.sandbox.systems.mes_a.floor import Floor, Order, Taken
from andon.sandbox.systems.mes_a.items import Items, Revision
from andon.sandbox.truth import Consumed, Fact, Finished, Made, Scrapped, Started
from andon.sandbox.world import World

_STORE = "A.STORE"


class _Change(msgspec.Struct, forbid_unknown_fields=True):
    quantity: Decimal
    due: datetime | None = None


class _Release(msgspec.Struct, forbid_unknown_fields=True):
    open_orders: Literal["refuse", "finish"] = "refuse"


class _Hold(msgspec.Struct, forbid_unknown_fields=True):
    lot: str
    reason: str
    usage: Literal["", "rework", "scrap"] = ""


class MesA(PostingSystem):
    """What happens on its lines and in their store it sees at once: operators scan, machines
    count."""

    name = "mes-a"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.floor = Floor()
        self.items = Items()
        self.held: dict[str, str] = {}
        """Lot -> why no line may consume it."""
        self.usages: dict[str, str] = {}
        """Held lot -> what becomes of it, once somebody has said so."""
        self._held_said = self._scrapped = 0
        self._changes: set[str] = set()
        """Keys of the changes of orders that were made."""
        self.key = f"mes-a-key-{world.chance('mes-a').getrandbits(64):016x}"
        self.outbox = Outbox(f"{andon}/in/mes-a/events", world.chance("mes-a/secret"))

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_MES_A_URL": self.address,
            "COMPANY_MES_A_KEY": self.key,
            "COMPANY_MES_A_SECRET": self.outbox.secret,
        }

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`POST /orders`, `GET /orders`, `GET /orders/NUMBER`, `PUT ...`, `DELETE ...`,
        `PUT /items/ITEM/revisions/REVISION`, `POST .../release`, `GET /items/ITEM`,
        `POST /holds`, `DELETE /holds/LOT`, `GET /holds`."""
        if request.headers.get("X-Api-Key") != self.key:
            return web.json_response({"message": "who are you?"}, status=401)
        match request.method, request.path.strip("/").split("/"):
            case "POST", ["orders"]:
                return self._queued(await request.read())
            case "GET", ["orders", number] if number in self.floor.orders:
                return json_answer(self.floor.orders[number])
            case "PUT", ["orders", number]:
                return self._changed(number, request.headers, await request.read())
            case "DELETE", ["orders", number]:
                return self._cancelled(number)
            case "GET", ["orders"]:
                return json_answer(list(self.floor.orders.values()))
            case "PUT", ["items", item, "revisions", revision]:
                return self._revised(item, revision, await request.read())
            case "POST", ["items", item, "revisions", revision, "release"]:
                return self._released(item, revision, await request.read())
            case "POST", ["holds"]:
                return self._hold(await request.read())
            case "DELETE", ["holds", lot]:
                self.free(lot)
                return web.json_response({"lot": lot, "held": False})
            case "GET", ["holds"]:
                return web.json_response(self.held)
            case "GET", ["items", item] if item in self.items.revisions:
                return json_answer(self.items.revisions[item])
            case _:
                return web.json_response({"message": f"no {request.path} here"}, status=404)

    def refuses(self, lot: str) -> str | None:
        """What a terminal shows to who scans the lot into an order, if it may not go in."""
        if lot not in self.held:
            return None
        return f"Lot {lot} is on hold ({self.held[lot]}). Take another one."

    def hold(self, lot: str, reason: str, usage: Literal["", "rework", "scrap"] = "") -> bool:
        """No line may consume it; whether that is new. A supervisor can do it at a terminal, too.
        Raises ValueError where something shall become of a lot that is not on hold."""
        new = lot not in self.held
        if usage:
            if new:
                raise ValueError(f"lot {lot} is not on hold")
            self.usages[lot] = usage
        self.held[lot] = reason
        if new:
            self._say_held(lot, held=True)
        return new

    def free(self, lot: str) -> None:
        """Lines may consume it again; a supervisor can do that at a terminal, too."""
        self.usages.pop(lot, None)
        if self.held.pop(lot, None) is not None:
            self._say_held(lot, held=False)

    def _hold(self, body: bytes) -> web.Response:
        try:
            asked = msgspec.json.decode(body, type=_Hold)
        except msgspec.MsgspecError as error:
            return web.json_response({"message": str(error)}, status=422)
        try:
            new = self.hold(asked.lot, asked.reason, asked.usage)
        except ValueError as error:
            return web.json_response({"message": str(error)}, status=409)
        return web.json_response({"lot": asked.lot, "held": True}, status=201 if new else 200)

    def _say_held(self, lot: str, *, held: bool) -> None:
        self._held_said += 1
        self.outbox.say("lot.hold", {"id": f"lot.hold/{self._held_said}", "lot": lot, "held": held})

    def _queued(self, body: bytes) -> web.Response:
        try:
            order = msgspec.json.decode(body, type=Order, strict=False)
            order.revision = self.items.effective(order.item, self.now())
            new = self.floor.queue(order)
        except msgspec.MsgspecError as error:
            return web.json_response({"message": str(error)}, status=422)
        except ValueError as error:
            return web.json_response({"message": str(error)}, status=409)
        return json_answer(self.floor.orders[order.number], status=201 if new else 200)

    def _changed(self, number: str, headers: Mapping[str, str], body: bytes) -> web.Response:
        """A change that comes again under its key, behind a younger one, changes nothing back."""
        key = headers.get("Idempotency-Key", "")
        try:
            asked = msgspec.json.decode(body, type=_Change, strict=False)
        except msgspec.MsgspecError as error:
            return web.json_response({"message": str(error)}, status=422)
        try:
            if key in self._changes:
                return json_answer(self.floor.orders[number])
            order = self.floor.change(number, asked.quantity, asked.due)
            if key:
                self._changes.add(key)
            return json_answer(order)
        except KeyError:
            return web.json_response({"message": f"no order {number}"}, status=404)
        except ValueError as error:
            if asked.quantity != self.floor.orders[number].quantity:
                self.floor.refused.add(number)
            return web.json_response({"message": str(error)}, status=409)

    def _cancelled(self, number: str) -> web.Response:
        try:
            queued = self.floor.orders[number].status == "queued"
            order = self.floor.cancel(number)
        except KeyError:
            return web.json_response({"message": f"no order {number}"}, status=404)
        except ValueError as error:
            self.floor.refused.add(number)
            return web.json_response({"message": str(error)}, status=409)
        if queued:
            self._says("order.cancelled", number, at=self.now())
        return json_answer(order)

    def reopen(self, number: str) -> None:
        """A supervisor at a terminal. Raises what the floor raises."""
        self.floor.reopen(number)
        self._says("order.reopened", number, at=self.now(), reason="pieces are missing")

    def _revised(self, item: str, name: str, body: bytes) -> web.Response:
        try:
            revision = msgspec.json.decode(body, type=Revision, strict=False)
            new = self.items.put(item, name, revision)
        except msgspec.MsgspecError as error:
            return web.json_response({"message": str(error)}, status=422)
        except KeyError as error:
            return web.json_response({"message": f"no item {error}"}, status=422)
        except ValueError as error:
            return web.json_response({"message": str(error)}, status=409)
        return json_answer(revision, status=201 if new else 200)

    def _released(self, item: str, name: str, body: bytes) -> web.Response:
        """A revision that lines shall go over to, unless they have orders of an older one."""
        try:
            asked = msgspec.json.decode(body, type=_Release)
            hindering = self.floor.open_by_another(item, name)
            if hindering and asked.open_orders == "refuse" and not self.items.released(item, name):
                some = ", ".join(hindering[:5]) + (" and more" if len(hindering) > 5 else "")
                text = f"{len(hindering)} open orders of {item} have another revision: {some}"
                return web.json_response({"message": text}, status=409)
            self.items.release(item, name)
        except msgspec.MsgspecError as error:
            return web.json_response({"message": str(error)}, status=422)
        except KeyError as error:
            return web.json_response({"message": f"no revision {error}"}, status=404)
        return web.json_response({"item": item, "revision": name})

    def hear(self, fact: Fact) -> None:
        """Only of its own lines, and only what an order of its own is about."""
        match fact:
            case Started(order=number) if number in self.floor.orders:
                self._says("order.started", fact.order, machine=fact.machine, at=fact.at)
            case Consumed(order=number) if number in self.floor.orders:
                taken = Taken(fact.material, fact.lot, fact.quantity)
                self.floor.take(fact.order, fact.operation, taken)
            case Made(order=number) if number in self.floor.orders:
                self.floor.orders[number].assembled = True
                self._says(
                    "operation.completed",
                    f"{fact.order}-{fact.operation}",
                    order=fact.order,
                    operation=fact.operation,
                    machine=fact.machine,
                    began=fact.began,
                    at=fact.at,
                    good=fact.good,
                    scrap=fact.scrap,
                    took=self.floor.taken(fact.order, fact.operation),
                )
            case Scrapped(place=place) if place == _STORE:
                self._scrapped += 1
                self.outbox.say(
                    "lot.scrapped",
                    {
                        "id": f"lot.scrapped/{self._scrapped}",
                        "lot": fact.lot,
                        "item": fact.material,
                        "quantity": fact.quantity,
                        "reason": fact.because,
                        "at": fact.at,
                    },
                )
            case Finished(order=number) if number in self.floor.orders:
                order = self.floor.orders[fact.order]
                stopped = order.status == "stopping"
                order.status, order.lot = "cancelled" if stopped else "done", fact.lot
                order.good += fact.good
                order.scrap += fact.scrap
                self._says(
                    "order.stopped" if stopped else "order.completed",
                    fact.order,
                    item=order.item,
                    ordered=order.quantity,
                    good=fact.good,
                    scrap=fact.scrap,
                    lot=fact.lot,
                    at=fact.at,
                )
            case _:
                pass

    def _says(self, kind: str, about: str, **more: object) -> None:
        body = {"order": about, **more}
        body["again"] = again = self.floor.orders[str(body["order"])].again
        self.outbox.say(kind, {"id": f"{kind}/{about}" + (f"/{again}" if again else ""), **body})

    def believes(self) -> Iterable[Belief]:
        """How far each order is, what came of it, and by which revision it makes items now."""
        for lot in self.held:
            yield Belief(f"lot:{lot}", "hold", "true")
        for item in self.items.revisions:
            counts = self.items.effective(item, self.now())
            yield Belief(f"item:{item}", "effective", counts)
        for order in self.floor.orders.values():
            yield Belief(f"order:{order.number}", "status", order.status)
            yield Belief(f"order:{order.number}", "good", f"{order.good.normalize():f}")
