"""A small Kafka broker: two partitions, a password, idempotent producers, a log that is kept."""

__all__ = ["Broker"]

import asyncio
import ssl
import struct
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from andon.connectors._ports import free_port
from andon.connectors.kafka.simulated_log import Kept, Partition
from andon.connectors.kafka.simulated_wire import SPOKEN, asked, frame

_OUT_OF_RANGE, _UNKNOWN_TOPIC, _NOT_ALLOWED, _WRONG_LOGIN = 1, 3, 29, 58
_PRODUCE = 0


class Broker:
    """One listener on loopback, which leads everything."""

    def __init__(
        self,
        topics: Sequence[str],
        *,
        username: str,
        password: str,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """With a clock, records get the time of their arrival instead of their producer's."""
        self._tls = tls
        self.clock = clock
        self.fetched = 0
        """Requests for records that were answered with some."""
        self._login = [username.encode(), password.encode()]
        self.topics: dict[str, list[Partition]] = {
            topic: [Partition(), Partition()] for topic in topics
        }
        self.forbidden = "forbidden"
        """A topic nobody may write to."""
        self.committed: dict[tuple[str, str, int], int] = {}
        self.losing = False
        """The next records are taken, and their producer never gets an answer."""
        self._lost: set[tuple[int, int, int]] = set()
        self._producers = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def start(self) -> None:
        """Listens, at the port it had before."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port or free_port(), ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Breaks all connections; the records stay, as on a broker's disk."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        let_in = False
        try:
            while True:
                request, number = asked(await frame(reader))
                if not let_in and request.API_KEY not in (17, 18, 36):
                    return
                answer = await self._answer(request)
                let_in = let_in or (request.API_KEY == 36 and answer.error_code == 0)
                if request.API_KEY == _PRODUCE and self._loses(request):
                    continue
                body = struct.pack("!i", number) + answer.encode()
                writer.write(struct.pack("!i", len(body)) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, KeyError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, request: Any) -> Any:
        answers: dict[int, Callable[[Any], Any]] = {
            0: self._produced, 2: self._offsets, 3: self._described, 8: self._kept,
            10: lambda _: (0, 1, "127.0.0.1", self.port), 17: lambda _: (0, ["PLAIN"]),
            18: lambda _: (0, [(n, k.API_VERSION, k.API_VERSION) for n, k in SPOKEN.items()]),
            22: self._numbered, 36: self._known,
        }  # fmt: skip
        told = (
            await self._fetched(request)
            if request.API_KEY == 1
            else answers[request.API_KEY](request)
        )
        return request.RESPONSE_TYPE(*told)

    def _known(self, request: Any) -> Any:
        if request.sasl_auth_bytes.split(b"\0")[1:] == self._login:
            return 0, None, b""
        return _WRONG_LOGIN, "Authentication failed: Invalid username or password", b""

    def _numbered(self, _: Any) -> Any:
        self._producers += 1
        return 0, 0, self._producers, 0

    def _described(self, request: Any) -> Any:
        asked = request.topics if request.topics is not None else list(self.topics)
        told: list[Any] = [
            (0, topic, False, [(0, n, 1, [1], [1]) for n in range(len(self.topics[topic]))])
            if topic in self.topics
            else (_UNKNOWN_TOPIC, topic, False, [])
            for topic in asked
        ]
        return 0, [(1, "127.0.0.1", self.port, None)], "small", 1, told

    def _produced(self, request: Any) -> Any:
        told: list[Any] = []
        for topic, parts in request.topics:
            answers: list[Any] = []
            for n, raw in parts:
                if topic == self.forbidden:
                    answers.append((n, _NOT_ALLOWED, -1, -1))
                else:
                    kept = self._log(topic, n).append(raw, self._now())
                    answers.append((n, 0, kept.first, -1))
            told.append((topic, answers))
        return told, 0

    def _now(self) -> int | None:
        return None if self.clock is None else round(self.clock().timestamp() * 1000)

    def _loses(self, request: Any) -> bool:
        """Also every repetition of what was lost."""
        senders: set[tuple[int, int, int]] = {
            Kept(0, raw).sender for _, parts in request.topics for _, raw in parts
        }
        if self.losing:
            self.losing = False
            self._lost |= senders
        return bool(senders & self._lost)

    async def _fetched(self, request: Any) -> Any:
        wanted: list[tuple[str, int, int, int]] = [
            (topic, *part) for topic, parts in request.topics for part in parts
        ]
        logs = [self.topics[topic][n] for topic, n, *_ in wanted]
        if all(log.begin <= at == log.end for log, (*_, at, _) in zip(logs, wanted, strict=True)):
            waits = [asyncio.ensure_future(log.arrived.wait()) for log in logs]
            await asyncio.wait(
                waits, timeout=request.max_wait_time / 1000, return_when=asyncio.FIRST_COMPLETED
            )
            for wait in waits:
                wait.cancel()
        told: dict[str, list[Any]] = {}
        for topic, n, at, most in wanted:
            log = self._log(topic, n)
            fault = 0 if log.begin <= at <= log.end else _OUT_OF_RANGE
            raw = b"" if fault else log.read(at, most)
            self.fetched += bool(raw)
            told.setdefault(topic, []).append((n, fault, log.end, log.end, None, raw))
        return 0, list(told.items())

    def _offsets(self, request: Any) -> Any:
        told: list[Any] = []
        for topic, parts in request.topics:
            answers: list[Any] = []
            for n, moment in parts:
                log = self._log(topic, n)
                match moment:
                    case -2:
                        at = log.begin
                    case -1:
                        at = log.end
                    case _:
                        at = next((b.first for b in log.batches if b.newest >= moment), -1)
                answers.append((n, 0, moment if at >= 0 else -1, at))
            told.append((topic, answers))
        return 0, told

    def _log(self, topic: str, partition: int) -> Partition:
        return self.topics[topic][partition]

    def _kept(self, request: Any) -> Any:
        told: list[Any] = []
        for topic, parts in request.topics:
            for n, at, _ in parts:
                self.committed[request.consumer_group, topic, n] = at
            told.append((topic, [(n, 0) for n, *_ in parts]))
        return (told,)
