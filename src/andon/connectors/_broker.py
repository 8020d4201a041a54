"""A small MQTT 3.1.1 broker, for simulators: QoS 0 and 1, sessions that outlive connections."""

__all__ = ["Broker"]

import asyncio
import itertools
import struct
from collections import deque
from collections.abc import Callable

from andon.connectors._ports import free_port
from andon.connectors._topics import matches

_CONNECT, _CONNACK, _PUBLISH, _PUBACK = 1, 2, 3, 4
_SUBSCRIBE, _SUBACK, _PINGREQ, _PINGRESP, _DISCONNECT = 8, 9, 12, 13, 14
_WINDOW = 100


class _Session:
    """What the broker remembers of one client."""

    def __init__(self) -> None:
        self.filters: dict[str, int] = {}
        self.waiting: deque[tuple[str, bytes]] = deque()
        self.sent: dict[int, tuple[str, bytes]] = {}
        self.writer: asyncio.StreamWriter | None = None
        self.numbers = itertools.cycle(range(1, 65536))
        self.will: tuple[str, bytes, bool] | None = None


class Broker:
    """One listener on loopback, for everybody if there is no username. `took` is called with every
    publication of a client."""

    def __init__(self, *, username: str, password: str) -> None:
        self._login = (username, password) if username else ()
        self._sessions: dict[str, _Session] = {}
        self._retained: dict[str, bytes] = {}
        self._server: asyncio.Server | None = None
        self.port = 0
        self.took: Callable[[str, bytes], None] = lambda _topic, _payload: None
        self.losing = False
        """The next publication is taken, and its sender never hears of it."""
        self.forbidden = "forbidden/#"
        """Topics nobody may subscribe to."""

    async def start(self) -> None:
        """Listens, at the port it had before."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port or free_port()
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Breaks all connections; sessions and retained messages stay, as on a broker's disk."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for session in self._sessions.values():
            if session.writer is not None:
                session.writer.transport.abort()
                session.writer = None

    def throw_out(self) -> None:
        """Breaks all connections and goes on listening; last wills are published."""
        for session in self._sessions.values():
            if session.writer is not None:
                session.writer.transport.abort()

    def retained(self, topic: str) -> bytes | None:
        """The last publication kept for a topic."""
        return self._retained.get(topic)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, most: int = 1) -> None:
        """To every session that asked for it, with QoS 0 if `most` is 0; with 1 a session that is
        away gets it later."""
        if retain:
            self._retained[topic] = payload
        for session in self._sessions.values():
            qos = [q for wanted, q in session.filters.items() if matches(wanted, topic)]
            if not qos:
                continue
            if min(max(qos), most):
                session.waiting.append((topic, payload))
                self._send_on(session)
            elif session.writer is not None:
                session.writer.write(_publication(topic, payload))

    def _send_on(self, session: _Session) -> None:
        while session.writer and session.waiting and len(session.sent) < _WINDOW:
            number = next(n for n in session.numbers if n not in session.sent)
            session.sent[number] = session.waiting.popleft()
            session.writer.write(_publication(*session.sent[number], number=number))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session: _Session | None = None
        try:
            while True:
                head, body = await _packet(reader)
                if head >> 4 == _CONNECT:
                    session = self._connected(body, writer)
                    if session is None:
                        return
                elif session is None or not self._done(session, head, body, writer):
                    return
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            if session is not None and session.writer is writer:
                session.writer = None
                self._last_will(session)
            writer.close()

    def _last_will(self, session: _Session) -> None:
        if session.will is not None:
            topic, payload, retain = session.will
            session.will = None
            self.took(topic, payload)
            self.publish(topic, payload, retain=retain)

    def _connected(self, body: bytes, writer: asyncio.StreamWriter) -> _Session | None:
        flags = body[7]
        words = list(_fields(body[10:]))
        identity = words.pop(0).decode("utf-8", "replace")
        will: tuple[str, bytes, bool] | None = None
        if flags & 0x04:
            will = (words[0].decode("utf-8", "replace"), words[1], bool(flags & 0x20))
            del words[:2]
        if tuple(word.decode("utf-8", "replace") for word in words) != self._login:
            writer.write(bytes([_CONNACK << 4, 2, 0, 5]))
            return None
        clean = bool(flags & 0x02)
        known = identity in self._sessions and not clean
        session = self._sessions[identity] if known else _Session()
        self._sessions[identity] = session
        if session.writer is not None:
            session.writer.transport.abort()
        session.writer = writer
        session.will = will
        writer.write(bytes([_CONNACK << 4, 2, int(known), 0]))
        for number, (topic, payload) in session.sent.items():
            writer.write(_publication(topic, payload, number=number, again=True))
        self._send_on(session)
        return session

    def _done(
        self, session: _Session, head: int, body: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        """Acts on one packet; False ends the connection."""
        match head >> 4:
            case 3:
                return self._taken(head, body, writer)
            case 4:
                session.sent.pop(struct.unpack("!H", body[:2])[0], None)
                self._send_on(session)
            case 8:
                self._subscribed(session, body, writer)
            case 12:
                writer.write(bytes([_PINGRESP << 4, 0]))
            case 14:
                session.will = None
                return False
            case _:
                return False
        return True

    def _taken(self, head: int, body: bytes, writer: asyncio.StreamWriter) -> bool:
        size = struct.unpack("!H", body[:2])[0]
        topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
        qos = (head >> 1) & 3
        payload = rest[2:] if qos else rest
        self.took(topic, payload)
        self.publish(topic, payload, retain=bool(head & 1), most=qos)
        if self.losing:
            self.losing = False
            writer.transport.abort()
            return False
        if qos:
            writer.write(bytes([_PUBACK << 4, 2]) + rest[:2])
        return True

    def _subscribed(self, session: _Session, body: bytes, writer: asyncio.StreamWriter) -> None:
        at, codes = 2, b""
        while at < len(body):
            size = struct.unpack("!H", body[at : at + 2])[0]
            wanted, qos = body[at + 2 : at + 2 + size].decode(), body[at + 2 + size]
            at += size + 3
            if wanted == self.forbidden:
                codes += b"\x80"
                continue
            session.filters[wanted] = min(qos, 1)
            codes += bytes([min(qos, 1)])
        writer.write(bytes([_SUBACK << 4, 2 + len(codes)]) + body[:2] + codes)
        for topic, payload in self._retained.items():
            if any(matches(wanted, topic) for wanted in session.filters):
                writer.write(_publication(topic, payload, retained=True))


async def _packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readexactly(1))[0]
    size, shift = 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        size |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    return head, await reader.readexactly(size)


def _publication(
    topic: str, payload: bytes, *, number: int = 0, again: bool = False, retained: bool = False
) -> bytes:
    name = topic.encode()
    body = struct.pack("!H", len(name)) + name
    if number:
        body += struct.pack("!H", number)
    body += payload
    flags = (8 if again else 0) | (2 if number else 0) | (1 if retained else 0)
    size, length = len(body), b""
    while True:
        size, low = divmod(size, 128)
        length += bytes([low | (0x80 if size else 0)])
        if not size:
            break
    return bytes([_PUBLISH << 4 | flags]) + length + body


def _fields(data: bytes):
    at = 0
    while at < len(data):
        size = struct.unpack("!H", data[at : at + 2])[0]
        yield data[at + 2 : at + 2 + size]
        at += 2 + size
