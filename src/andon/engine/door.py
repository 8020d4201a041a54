"""The doors under `/in/<connection>`:
bare ASGI, because everything a plant says comes through here."""

__all__ = ["Doors"]

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

import asyncpg
import msgspec

from andon.core.connector import Acknowledge, Arrival, Door, Offer, Push
from andon.core.errors import AndonError, CredentialsError, MappingError, TransientError
from andon.core.record import Actor
from andon.engine.clock import Clock
from andon.engine.heard import Heard
from andon.engine.ingest import Ingest
from andon.engine.offering import Offering
from andon.engine.plan import Plan, Wired
from andon.engine.read import claims_text
from andon.store.connect import DATABASE_AWAY
from andon.store.sql import query

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
SendOut = Callable[[Mapping[str, Any]], Awaitable[None]]
Check = Callable[[Iterable[tuple[bytes, bytes]], str], Actor | None]

_PROBLEM = (b"content-type", b"application/problem+json")


class _Mounted(msgspec.Struct, frozen=True):
    wired: Wired
    door: Door
    pattern: re.Pattern[str]
    scope: str


class Doors:
    """Inboxes answer only after the items are committed; outboxes serve pending commands."""

    def __init__(
        self,
        plan: Plan,
        ingest: Ingest,
        pool: "asyncpg.Pool[asyncpg.Record]",
        clock: Clock,
        *,
        check: Check,
        look_again: Callable[[], Awaitable[None]] | None = None,
        body_limit: int = 8 * 1024 * 1024,
    ) -> None:
        self._plan = plan
        self._ingest = ingest
        self._pool = pool
        self._clock = clock
        self._check = check
        self._look_again = look_again
        self._limit = body_limit
        self._offering = Offering(plan, pool, clock)
        self._heard = Heard(pool, clock)
        self._mounted: dict[str, list[_Mounted]] = {
            name: [
                _Mounted(wired, door, _pattern(door.path), f"inbox:{name}")
                for door in wired.connector.doors()
            ]
            for name, wired in plan.connections.items()
        }

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: SendOut) -> None:
        """One request below `/in/`; the path may still carry that prefix."""
        path: str = scope["path"]
        name, _, rest = path.removeprefix("/in/").strip("/").partition("/")
        found = self._find(name, scope["method"], f"/{rest}")
        signed = _is_signed(found)
        if not signed and not await self._lets_in(scope["headers"], f"inbox:{name}"):
            await _answer(
                send,
                401,
                _problem(401, "This inbox needs a key", "Send it as bearer or as Basic password."),
                (b"www-authenticate", b'Basic realm="andon"'),
            )
            return
        if not signed:
            self._heard.from_(name)
        if found is None:
            await _answer(
                send,
                404,
                _problem(404, "No such door", f"{name} has no {scope['method']} /{rest}."),
            )
            return
        mounted, parts = found
        body = await self._body(receive)
        if body is None:
            await _answer(send, 413, _problem(413, "Too large", f"At most {self._limit} bytes."))
            return
        arrival = Arrival(
            path=parts,
            query=dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"))),
            headers={k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]},
            body=body,
            method=scope["method"],
            target=_target(scope) if signed else "",
        )
        try:
            status, answer = await self._open(mounted, arrival)
        except MappingError as error:
            places = [{"at": fault.at, "says": fault.says} for fault in error.faults]
            await _answer(send, 422, _problem(422, "Cannot be read", str(error), places))
        except TransientError as error:
            await _answer(send, 503, _problem(503, "Not now", str(error)), (b"retry-after", b"1"))
        except DATABASE_AWAY:
            text = "The database does not answer. Send it again under the same id."
            await _answer(send, 503, _problem(503, "Not now", text), (b"retry-after", b"1"))
        except CredentialsError as error:
            await _answer(send, 401, _problem(401, "Not proven who posts", str(error)))
        except AndonError as error:
            await _answer(send, 409, _problem(409, "Refused", str(error)))
        else:
            if signed:
                self._heard.from_(name)
            await _answer(send, status, answer, media=mounted.door.media)

    async def _lets_in(self, headers: Sequence[tuple[bytes, bytes]], scope: str) -> bool:
        """Whether a key is good here; one nobody knows may be younger than what we know."""
        if self._check(headers, scope) is not None:
            return True
        if self._look_again is None or not any(n == b"authorization" for n, _ in headers):
            return False
        await self._look_again()
        return self._check(headers, scope) is not None

    def _find(self, name: str, method: str, path: str) -> tuple[_Mounted, dict[str, str]] | None:
        for mounted in self._mounted.get(name, ()):
            match = mounted.pattern.fullmatch(path)
            if match and mounted.door.method == method:
                return mounted, match.groupdict()
        return None

    async def _body(self, receive: Receive) -> bytes | None:
        chunks: list[bytes] = []
        size = 0
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                return None  # half a body says nothing, and nobody waits for an answer
            chunk: bytes = event.get("body", b"")
            size += len(chunk)
            if size > self._limit:
                return None
            chunks.append(chunk)
            if not event.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def _open(self, mounted: _Mounted, arrival: Arrival) -> tuple[int, bytes]:
        match mounted.door:
            case Push() as push:
                await self._ingest.accept(mounted.wired, push.items(arrival))
                answer = push.answer if push.answers is None else push.answers(arrival)
                return push.status, answer
            case Offer() as offer:
                return 200, offer.render(
                    arrival, await self._offering.pending(mounted.wired, offer)
                )
            case Acknowledge() as acknowledge:
                await self._acknowledged(mounted.wired, acknowledge, arrival)
                return 200, acknowledge.answer

    async def _acknowledged(self, wired: Wired, door: Acknowledge, arrival: Arrival) -> None:
        """An acknowledgment that comes twice changes nothing the second time."""
        said = door.read(arrival)
        rows = await self._pool.fetch(query("offered"), wired.name, said.names)
        for row in rows:
            command = self._plan.contracts.decode(row["type"], row["data"].encode())
            data = {"key": row["key"], "command": command.TYPE}
            data |= (
                {"says": said.refused}
                if said.refused
                else {"reference": said.reference or said.names}
            )
            await self._pool.execute(
                query("acknowledge"),
                row["key"],
                "refusal" if said.refused else "receipt",
                "andon.delivery.command.refused.v1"
                if said.refused
                else "andon.delivery.command.delivered.v1",
                wired.name,
                self._clock.now(),
                None if said.refused else claims_text(command.claims()),
                msgspec.json.encode(data).decode(),
            )


def _is_signed(found: tuple[_Mounted, dict[str, str]] | None) -> bool:
    """Whether the door itself proves who posts."""
    return found is not None and isinstance(found[0].door, Push) and found[0].door.signed


def _target(scope: Mapping[str, Any]) -> str:
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    query: bytes = scope.get("query_string", b"")
    return (path + b"?" + query if query else path).decode("latin-1")


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    text = "".join(
        re.escape(part) if i % 2 == 0 else f"(?P<{part}>[^/]+)" for i, part in enumerate(parts)
    )
    return re.compile(text)


def _problem(status: int, title: str, detail: str, errors: Sequence[Any] = ()) -> bytes:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return msgspec.json.encode(body)


async def _answer(
    send: SendOut,
    status: int,
    body: bytes,
    *headers: tuple[bytes, bytes],
    media: str = "application/json",
) -> None:
    kind = (b"content-type", media.encode()) if status < 400 else _PROBLEM
    length = (b"content-length", str(len(body)).encode())
    await send(
        {"type": "http.response.start", "status": status, "headers": [kind, length, *headers]}
    )
    await send({"type": "http.response.body", "body": body})
