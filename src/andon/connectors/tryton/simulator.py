"""A small Tryton over HTTP: passes the same contract suite as the real one, and gives a demo."""

__all__ = ["COUNTERPARTS", "TrytonSimulator"]

from collections.abc import Sequence
from itertools import islice
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from andon.connectors._ports import free_port
from andon.connectors.tryton.answering import begun, in_order, matches, shown, unpacked
from andon.connectors.tryton.asked import Ask, AskLot
from andon.connectors.tryton.simulated import Company, Record, RefusedCallError
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes


class TrytonSimulator(Counterpart, Speaks, Takes):
    """One database at `url`. Everything is in memory; a new one begins empty."""

    name = "simulator"
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "You can not call"

    def __init__(self, *, key: str = "simulated") -> None:
        self.key = key
        self.company = Company()
        self.calls: list[str] = []
        """Every call that asked for an effect, `POST production/1/run`."""
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._losing = False

    @property
    def url(self) -> str:
        """The REST root."""
        return f"http://127.0.0.1:{self._port}/erp/rest"

    def release(self, product: str, quantity: float) -> str:
        """A planner releases an order; returns its number."""
        self.company.writer = self.company.rows("res.user")[0]
        return self.company.release(product, quantity)

    def resolve_alerts(self) -> None:
        """Quality deals with every open alert, so that the order can be done."""
        self.company.writer = self.company.rows("res.user")[0]
        for alert in self.company.rows("quality.alert"):
            if alert["state"] == "open":
                self.company.press(alert, "defer")

    async def start(self, port: int = 0) -> None:
        """Listens on loopback."""
        app = web.Application()
        app.router.add_get("/erp/rest/model/{model}", self._search)
        app.router.add_post("/erp/rest/model/{model}", self._create)
        app.router.add_put("/erp/rest/model/{model}/{id}", self._write)
        app.router.add_post("/erp/rest/model/{model}/{id}/{button}", self._press)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port or self._port or free_port())
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Lets go of the port; a new start has the same one and the same records."""
        if self._runner is not None:
            await self._runner.cleanup()

    def settings(self) -> dict[str, Any]:
        """Looks often, so that tests are quick."""
        return {"url": self.url, "key": self.key, "poll_every": "50 ms"}

    def wrong_access(self) -> dict[str, Any]:
        """Another key."""
        return {**self.settings(), "key": "not-the-key"}

    async def say(self, count: int) -> Sequence[str]:
        """Released orders; the first two changed in one instant."""
        numbers = [self.release("FG-WATER", 1) for _ in range(count)]
        if count > 1:
            first, second = (self.company.order(number) for number in numbers[:2])
            second["last_modified_at"] = first["last_modified_at"]
        return [f'"{number}"' for number in numbers]

    def request(self, effect: str) -> Request:
        """A new lot of this number."""
        return Request(target="stock.lot", body=AskLot(lot=effect, product="FG-WATER"))

    async def effects(self) -> Sequence[str]:
        """Numbers of lots."""
        return [lot["number"] for lot in self.company.rows("stock.lot")]

    async def lose_answer(self) -> None:
        """The next call that changes something is done, then the line breaks."""
        self._losing = True

    def refused(self) -> Request:
        """A start of an order that waits for its components."""
        return Request(target="production.run", body=Ask(number=self.release("FG-WATER", 1)))

    async def _search(self, request: web.Request) -> web.Response:
        if (refused := self._unknown_key(request)) is not None:
            return refused
        query = request.query
        domain = unpacked(query.get("d"))
        model = request.match_info["model"]
        order, most = unpacked(query.get("o")), query.get("s")
        since = begun(domain, order)
        rows = self.company.rows(model) if since is None else self.company.changed(model, since)
        found = (row for row in rows if matches(row, domain))
        if since is None:
            found = iter(in_order(found, order))
        fields = query.getall("f", ["id"])
        return _json([shown(row, fields) for row in islice(found, int(most) if most else None)])

    async def _create(self, request: web.Request) -> web.Response:
        return await self._effect(request, self._made)

    async def _write(self, request: web.Request) -> web.Response:
        return await self._effect(request, self._written)

    async def _press(self, request: web.Request) -> web.Response:
        return await self._effect(request, self._pressed)

    async def _effect(self, request: web.Request, change: Any) -> web.Response:
        if (refused := self._unknown_key(request)) is not None:
            return refused
        self.calls.append(f"{request.method} {request.path.partition('/model/')[2]}")
        self.company.writer = self.company.andon
        values: dict[str, Any] = msgspec.json.decode(await request.read() or b"{}")
        try:
            record = change(request.match_info, values)
        except RefusedCallError as error:
            if not str(error):
                return web.Response(text="<h1>Bad Request</h1>", status=error.status)
            said = {"status": error.status, "message": str(error), "description": ""}
            return _json(said, status=error.status)
        if self._losing and request.transport is not None:
            self._losing = False
            request.transport.abort()
        return _json({"id": record["id"], "__name__": record["__name__"]})

    def _pressed(self, path: Any, _: dict[str, Any]) -> Record:
        record = self._record(path)
        self.company.press(record, path["button"])
        return record

    def _made(self, path: Any, values: dict[str, Any]) -> Record:
        table = self.company.tables
        match path["model"]:
            case "stock.lot":
                product = table["product.product"][values["product"]]
                return self.company.add("stock.lot", number=values["number"], product=product)
            case "quality.inspection":
                number = str(len(self.company.rows("quality.inspection")) + 1)
                control = table["quality.control"][values["control"]]
                more: dict[str, Any] = {
                    "number": number,
                    "state": "pending",
                    "points": None,
                    "alerts": [],
                }
                inspection = self.company.add(
                    "quality.inspection",
                    **{**values, **more, "control": control, "processed_at": None},
                )
                order = int(values["origin"].partition(",")[2])
                table["production"][order]["quality_inspections"].append(inspection)
                return inspection
            case model:
                raise RefusedCallError(f'You are not allowed to access "{model}".')

    def _written(self, path: Any, values: dict[str, Any]) -> Record:
        record = self._record(path)
        for name, value in values.items():
            match name:
                case "inputs" | "outputs":
                    self._changed(record, name, value)
                case "duration":
                    record[name] = {"__class__": "timedelta", "seconds": value["seconds"]}
                case _:
                    record[name] = value
        self.company.touch(record)
        return record

    def _changed(self, order: Record, side: str, changes: Sequence[Any]) -> None:
        """Deletes, creates and writes of movements, all or nothing."""
        table = self.company.tables
        for verb, given, *values in changes:
            moves: dict[int, Record] = {move["id"]: move for move in order[side]}
            if verb != "create" and (gone := [id for id in given if id not in moves]):
                raise RefusedCallError(
                    f'You are trying to read records "{gone[0]}" of "Stock Move" that don\'t exist.'
                )
            match verb:
                case "delete":
                    order[side] = [move for id, move in moves.items() if id not in given]
                case "create":
                    for new in given:
                        product = table["product.product"][new["product"]]
                        ends = (new["from_location"], new["to_location"])
                        move = self.company.move(product, new["quantity"], *ends)
                        move["lot"] = table["stock.lot"][new["lot"]]
                        order[side].append(move)
                case _:
                    for id in given:
                        moves[id] |= values[0]
                        if "lot" in values[0]:
                            moves[id]["lot"] = table["stock.lot"][values[0]["lot"]]

    def _record(self, path: Any) -> Record:
        record = self.company.tables.get(path["model"], {}).get(int(path["id"]))
        if record is None:
            raise RefusedCallError("", 404)
        return record

    def _unknown_key(self, request: web.Request) -> web.Response | None:
        if request.headers.get("authorization") == f"Bearer {self.key}":
            return None
        return web.Response(text="<h1>Unauthorized</h1>", status=401)


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json"
    )


COUNTERPARTS = (TrytonSimulator,)
