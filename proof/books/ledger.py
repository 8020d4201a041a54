"""The target systems: what they did is the truth that everything is compared with."""

import time
from collections import Counter

import msgspec
from aiohttp import web

__all__ = ["Books", "Effect"]


class Effect(msgspec.Struct, frozen=True):
    """One thing a system did."""

    system: str
    fact: str
    key: str
    at: float


class Books:
    """A ledger that dedupes by key, and books that do not and can only be asked."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []
        self._keys: dict[tuple[str, str], int] = {}
        self._runner: web.AppRunner | None = None

    def named(self, method: str, path: str, body: bytes) -> str | None:  # noqa: ARG002
        """Bookings, since nobody dedupes them."""
        return "book" if method == "POST" and path.startswith("/books") else None

    async def start(self) -> str:
        """Begins to answer; its base address."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/ledger", self._ledger),
                web.post("/books", self._book),
                web.get("/books", self._find),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Ends."""
        if self._runner:
            await self._runner.cleanup()

    def booked(self) -> list[Effect]:
        """Everything done, in order."""
        return self._effects

    def missing(self, facts: set[str]) -> set[str]:
        """Facts that stand not in both."""
        done = {(e.system, e.fact) for e in self._effects}
        return {f for f in facts if not {("ledger", f), ("books", f)} <= done}

    def doubled(self) -> list[str]:
        """Facts that stand twice in one of them."""
        counts = Counter((e.system, e.fact) for e in self._effects)
        return sorted(f"{fact} in {system}" for (system, fact), n in counts.items() if n > 1)

    async def _ledger(self, request: web.Request) -> web.Response:
        return await self._do("ledger", request, dedupes=True)

    async def _book(self, request: web.Request) -> web.Response:
        return await self._do("books", request, dedupes=False)

    async def _do(self, system: str, request: web.Request, *, dedupes: bool) -> web.Response:
        key = request.headers.get("Idempotency-Key", "")
        body = msgspec.json.decode(await request.read())
        if not (dedupes and (system, key) in self._keys):
            self._effects.append(Effect(system, body["fact"], key, time.monotonic()))
            self._keys[system, key] = len(self._effects)
        return web.json_response({"id": f"{system}-{self._keys[system, key]}"})

    async def _find(self, request: web.Request) -> web.Response:
        number = self._keys.get(("books", request.query["key"]))
        return web.json_response([] if number is None else [{"id": f"books-{number}"}])
