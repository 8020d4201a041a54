"""QMS, ERP and WMS in one small fast process: the ledger behind HTTP.

POST /qms/<what>, /erp/<what>, /wms/<what> with an Idempotency-Key.
Control: GET /_stats, /_ledger, /health; POST /_reset, and /_config with
``{"erp": {"fail": 0.1, "hang": 0.02}, "seed": 1}``.
Prints its address once it listens.
"""

import argparse
import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import httptools
import msgspec
import uvloop

from bench.ledger import Answered, Call, Ledger, Silent, System, Unavailable

__all__ = ["Stats", "listening"]

_SYSTEMS: dict[bytes, System] = {b"/qms/": "qms", b"/erp/": "erp", b"/wms/": "wms"}
_OK = b"200 OK"


class Stats(msgspec.Struct, frozen=True):
    """Cheap enough to ask ten times a second during a run."""

    completed: int
    calls: dict[System, int]
    n503: int
    nhang: int
    bad: dict[str, int]


class _Conversation(asyncio.Protocol):
    """One connection of the hub."""

    _transport: asyncio.Transport

    def __init__(self, ledger: Ledger, open_now: set[asyncio.Transport]) -> None:
        self._ledger = ledger
        self._open_now = open_now
        self._parser = httptools.HttpRequestParser(self)
        self._calls = msgspec.json.Decoder(Call)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do what asyncio.Transport promises without descending from it.
        self._transport = cast(asyncio.Transport, transport)
        self._open_now.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # a hub that dies in the middle of a call is what some scenarios want
        self._open_now.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_message_begin(self) -> None:
        """The parser calls this, and the three below, as a request comes in."""
        self._key: str | None = None
        self._parts: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        self._path = url

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == 15 and name.lower() == b"idempotency-key":
            self._key = value.decode()

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        body = b"".join(self._parts)
        system = _SYSTEMS.get(self._path[:5])
        if system is None:
            self._answer(*_control(self._ledger, self._path, body))
        else:
            self._called(system, body)

    def _called(self, system: System, body: bytes) -> None:
        try:
            call = self._calls.decode(body)
        except msgspec.DecodeError:
            self._ledger.bad["no_event"] += 1
            self._answer(b"400 Bad Request", b'{"error":"The body holds no eventId."}')
            return
        faults = self._ledger.faults[system]
        match self._ledger.judge(system, self._key, call, time.monotonic_ns()):
            case Answered(reference=reference):
                self._answer_in(faults.delay_ms, _OK, b'{"id":"%s"}' % reference.encode())
            case Unavailable():
                status = b"503 Service Unavailable"
                self._answer_in(faults.delay_ms, status, b'{"error":"unavailable"}')
            case Silent():
                loop = asyncio.get_running_loop()
                loop.call_later(faults.hang_s, self._transport.close)

    def _answer_in(self, delay_ms: float, status: bytes, body: bytes) -> None:
        if delay_ms > 0:
            loop = asyncio.get_running_loop()
            loop.call_later(delay_ms / 1000, self._answer, status, body)
        else:
            self._answer(status, body)

    def _answer(self, status: bytes, body: bytes) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(
            b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (status, len(body), body)
        )


def _control(ledger: Ledger, path: bytes, body: bytes) -> tuple[bytes, bytes]:
    match path:
        case b"/health":
            answer: object = {"ok": True}
        case b"/_stats":
            answer = Stats(
                ledger.completed, dict(ledger.calls), ledger.n503, ledger.nhang, ledger.bad
            )
        case b"/_ledger":
            answer = ledger.page()
        case b"/_reset":
            ledger.clear()
            answer = {"ok": True}
        case b"/_config":
            try:
                _configure(ledger, body)
            except msgspec.MsgspecError as error:
                return b"400 Bad Request", msgspec.json.encode({"error": str(error)})
            answer = {"ok": True, "cfg": ledger.faults}
        case _:
            return b"404 Not Found", b"{}"
    return _OK, msgspec.json.encode(answer)


def _configure(ledger: Ledger, body: bytes) -> None:
    """Change what is named and keep the rest."""
    change = msgspec.json.decode(body, type=_Change)
    ledger.seed = change.seed if change.seed is not None else ledger.seed
    for system in _SYSTEMS.values():
        named = change.named(system)
        current = msgspec.structs.asdict(ledger.faults[system])
        ledger.faults[system] = msgspec.convert({**current, **named}, type(ledger.faults[system]))


class _Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seed: int | None = None
    qms: dict[str, float] = {}
    erp: dict[str, float] = {}
    wms: dict[str, float] = {}

    def named(self, system: System) -> dict[str, float]:
        match system:
            case "qms":
                return self.qms
            case "erp":
                return self.erp
            case "wms":
                return self.wms


@asynccontextmanager
async def listening(ledger: Ledger, port: int = 0) -> AsyncGenerator[str, None]:
    """Serve the ledger on loopback and give its address; port 0 takes a free one."""
    loop = asyncio.get_running_loop()
    open_now: set[asyncio.Transport] = set()
    server = await loop.create_server(
        lambda: _Conversation(ledger, open_now), "127.0.0.1", port, backlog=4096
    )
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for transport in open_now:
            transport.close()
        await asyncio.sleep(0)  # a closed transport lets go of its socket one turn later


async def _serve(port: int, delay_ms: float) -> None:
    async with listening(Ledger(delay_ms), port) as address:
        print(address, flush=True)
        await asyncio.Event().wait()


def _main() -> None:
    reads = argparse.ArgumentParser(prog="python -m bench.stub", description=__doc__)
    reads.add_argument("--port", type=int, default=0)
    reads.add_argument("--delay-ms", type=float, default=5.0)
    arguments = reads.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(_serve(arguments.port, arguments.delay_ms))


if __name__ == "__main__":
    _main()
