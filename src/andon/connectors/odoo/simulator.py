"""Odoo 19 as its JSON-2 API shows it, on loopback."""

__all__ = ["COUNTERPARTS", "SimulatedOdoo"]

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from andon.connectors._ports import free_port
from andon.connectors.odoo.records import OdooError, Records
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

_KEY = "an-api-key-of-the-technical-user"
_METHODS = ("search_read", "create", "write", "button_mark_done", "action_cancel")


class SimulatedOdoo(Counterpart, Speaks, Takes):
    """Nothing in it knows a repeated call again: a lot that is made twice is refused or doubled."""

    name = "odoo"
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "must be unique"

    def __init__(self) -> None:
        self.records = Records()
        self._numbers = itertools.count(1)
        self._made: list[str] = []
        self._losing = False
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.failing: OdooError | None = None
        """Answers the next call that writes with this."""
        self.records.made("stock.lot", name="TAKEN", product_id=self.records.pump)

    async def start(self) -> None:
        """Answers at the address it had before."""
        app = web.Application()
        app.router.add_post("/json/2/{model}/{method}", self._call)
        app.router.add_get("/doc-bearer/{model}.json", self._described)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port or free_port(), reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Breaks every connection; what it holds stays."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def settings(self) -> dict[str, Any]:
        """Of the technical user."""
        return {
            "url": f"http://127.0.0.1:{self.port or 9}",
            "key": _KEY,
            "database": "plant",
            "user": "andon",
            "poll_every": "50 ms",
            "timeout": "2 s",
        }

    def wrong_access(self) -> dict[str, Any]:
        """A key it has revoked."""
        return {**self.settings(), "key": "a-key-that-was-revoked"}

    async def say(self, count: int) -> Sequence[str]:
        """Confirmed orders, two of them within one second."""
        names = [f"WH/MO/{next(self._numbers):06}" for _ in range(count)]
        for n, name in enumerate(names):
            self.records.later(seconds=n % 2)
            self.order(name)
        return names

    def order(self, name: str, **values: Any) -> int:
        """A manufacturing order for ten pumps."""
        whole: dict[str, Any] = {
            "name": name,
            "state": "confirmed",
            "product_id": self.records.pump,
            "product_qty": 10.0,
            "product_uom_id": [1, "Units"],
            "qty_producing": 0.0,
            "date_deadline": "2026-12-01 12:00:00",
            "origin": False,
        }
        return self.records.made("mrp.production", **{**whole, **values})

    def request(self, effect: str) -> Request:
        """A lot of this name."""
        body = {"values": {"name": effect}, "codes": {"product_id": "PUMP"}}
        return Request(target="stock.lot/create", body=body)

    async def effects(self) -> Sequence[str]:
        """Names of lots, as they were made."""
        return list(self._made)

    async def lose_answer(self) -> None:
        """Does what is asked next, then the line breaks."""
        self._losing = True

    def refused(self) -> Request:
        """A lot there is already."""
        return self.request("TAKEN")

    async def _call(self, request: web.Request) -> web.Response:
        if not _lets_in(request):
            return _error(OdooError(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"))
        model, method = request.match_info["model"], request.match_info["method"]
        asked: dict[str, Any] = msgspec.json.decode(await request.read() or b"{}")
        try:
            if method == "context_get" and model == "res.users":
                return web.json_response({"lang": "en_US", "tz": "UTC", "uid": 2})
            if method not in _METHODS:
                words = f"The method '{model}.{method}' does not exist"
                raise OdooError(404, "werkzeug.exceptions.NotFound", words)
            if self.failing is not None and method != "search_read":
                failing, self.failing = self.failing, None
                raise failing
            answer = getattr(self.records, method)(model, asked)
        except OdooError as error:
            return _error(error)
        if method == "create":
            self._made += [str(one.get("name", "")) for one in asked["vals_list"]]
        if self._losing and method != "search_read" and request.transport is not None:
            self._losing = False
            request.transport.abort()
        return web.json_response(answer)

    async def _described(self, request: web.Request) -> web.Response:
        """What `/doc` says of a model's methods, for clients that pass values by place."""
        if not _lets_in(request):
            return _error(OdooError(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey"))
        names = ("domain", "fields", "offset", "limit", "order")
        methods: dict[str, Any] = {
            "search_read": {"parameters": {name: {} for name in names}, "api": ["model"]},
            "create": {"parameters": {"vals_list": {}}, "api": ["model"]},
            "write": {"parameters": {"vals": {}}, "api": []},
            "button_mark_done": {"parameters": {}, "api": []},
            "action_cancel": {"parameters": {}, "api": []},
        }
        return web.json_response({"model": request.match_info["model"], "methods": methods})


def _lets_in(request: web.Request) -> bool:
    said = request.headers.get("authorization", "")
    return said.lower() == f"bearer {_KEY}" and request.headers.get("x-odoo-database") == "plant"


def _error(error: OdooError) -> web.Response:
    body: dict[str, Any] = {
        "name": error.name,
        "message": str(error),
        "arguments": [str(error)],
        "context": {},
        "debug": "Traceback (most recent call last): ...",
    }
    return web.json_response(body, status=error.status)


COUNTERPARTS = (SimulatedOdoo,)
