"""The CMMS: REST that is polled. It owns maintenance orders and the asset register."""

__all__ = ["Cmms", "WorkOrder"]

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec
from aiohttp import web

from andon.sandbox.system import Belief, HttpSystem, json_answer
from andon.sandbox.systems.machines import LINES
from andon.sandbox.world import World

Status = Literal["REQUESTED", "SCHEDULED", "IN_PROGRESS", "DONE"]
BREAKDOWN = 1
"""The priority of what stands."""


class WorkOrder(msgspec.Struct, kw_only=True):
    """One order as it keeps it; it has an asset's number where others have a machine's name."""

    id: str
    asset: str
    problem: str
    priority: int
    external_ref: str
    status: Status = "REQUESTED"
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    finding: str = ""
    changed: datetime


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    asset: str
    problem: str
    priority: int = 3
    external_ref: str = ""


class Cmms(HttpSystem):
    """It keeps our reference and does not look at it: asked twice it has two orders. Unless a
    machine stands, it takes none while another one of the same asset is open."""

    name = "cmms"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.key = f"cmms-{world.chance('cmms').getrandbits(64):016x}"
        self.assets = {f"AST-{n:04}": line for n, line in enumerate(LINES, start=101)}
        self.orders: dict[str, WorkOrder] = {}

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {"COMPANY_CMMS_URL": self.address, "COMPANY_CMMS_KEY": self.key}

    def change(self, order: WorkOrder, status: Status) -> None:
        """What a mechanic types in."""
        order.status = status
        order.changed = self.now()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """`/workorders`, `/assets`."""
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"error": "unauthorized"}, status=401)
        match request.method, request.path.strip("/"):
            case "POST", "workorders":
                return self._raised(await request.read())
            case "GET", "workorders":
                return json_answer({"workorders": self._listed(request.query)})
            case "GET", "assets":
                rows = [{"id": id, "tag": tag} for id, tag in self.assets.items()]
                return json_answer({"assets": rows})
            case _:
                return web.json_response({"error": "not found"}, status=404)

    def _raised(self, body: bytes) -> web.Response:
        try:
            asked = msgspec.json.decode(body, type=_Asked)
        except msgspec.MsgspecError as error:
            return web.json_response({"error": str(error)}, status=400)
        if asked.asset not in self.assets:
            return web.json_response({"error": f"unknown asset {asked.asset}"}, status=422)
        if asked.priority > BREAKDOWN and (open_ := self._open(asked.asset)) is not None:
            text = f"{open_.id} for {asked.asset} is open: {open_.problem}"
            return web.json_response({"error": text, "code": "order-open"}, status=409)
        order = WorkOrder(
            id=f"WO-{len(self.orders) + 20001}",
            asset=asked.asset,
            problem=asked.problem,
            priority=asked.priority,
            external_ref=asked.external_ref,
            changed=self.now(),
        )
        self.orders[order.id] = order
        return json_answer(order, status=201)

    def _open(self, asset: str) -> WorkOrder | None:
        mine = (one for one in self.orders.values() if one.asset == asset)
        return next((one for one in mine if one.status != "DONE"), None)

    def _listed(self, query: Mapping[str, str]) -> list[WorkOrder]:
        found = list(self.orders.values())
        if (ref := query.get("external_ref")) is not None:
            return [order for order in found if order.external_ref == ref]
        if since := query.get("changed_since"):
            moment = datetime.fromisoformat(since)
            found = [order for order in found if order.changed >= moment]
        found.sort(key=lambda order: (order.changed, order.id))
        first = int(query.get("offset", "0"))
        return found[first : first + int(query.get("limit", "50"))]

    def believes(self) -> Iterable[Belief]:
        """How far each order is."""
        for order in self.orders.values():
            yield Belief(f"maintenance:{order.id}", "status", order.status)
