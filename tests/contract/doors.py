"""A connector's doors behind a real HTTP server, with as much of a hub as a test needs."""

import base64
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from andon.core.connector import Acknowledge, Arrival, Connector, Door, Item, Offer, Offered, Push
from andon.core.errors import MappingError


class Hub:
    """Pending commands, what was acknowledged, and every item that came in."""

    def __init__(self, connector: Connector[Any]) -> None:
        self.connector = connector
        self.pending: list[Offered] = []
        self.offers: list[str] = []
        """Every name in every answer, in order: an order on offer twice stands here twice."""
        self.withheld: dict[str, str] = {}
        self.acknowledged: list[str] = []
        self.items: list[Item] = []
        self.arrivals: list[Arrival] = []
        """Every request that found a door, as it came."""
        self.passwords: set[str] = set()
        self.busy = 0
        """So many confirmations are turned away with 503 before one is taken."""
        self.lock = threading.Lock()

    def offer(self, one: Offered) -> None:
        """One more command to fetch."""
        with self.lock:
            self.pending.append(one)

    def came(self, key: str) -> list[Item]:
        """Items by key."""
        return [item for item in self.items if item.key == key]

    def open(self, door: Door, arrival: Arrival) -> tuple[int, bytes]:
        """What a hub answers."""
        self.arrivals.append(arrival)
        match door:
            case Offer():
                self.withheld = {
                    str(one.request.names): doubt
                    for one in self.pending
                    if (doubt := door.withholds(one)) is not None
                }
                given = [one for one in self.pending if one.request.names not in self.withheld]
                self.offers += [str(one.request.names) for one in given]
                return 200, door.render(arrival, given)
            case Acknowledge():
                said = door.read(arrival)
                self.acknowledged.append(said.names)
                self.pending = [one for one in self.pending if one.request.names != said.names]
                return 200, door.answer
            case Push():
                items = door.items(arrival)
                if self.busy > 0:
                    self.busy -= 1
                    return 503, b"{}"
                self.items += items
                return door.status, door.answer


@contextmanager
def listening(hub: Hub) -> Iterator[str]:
    """The hub at an address `127.0.0.1:port`."""

    class Answer(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            basic = self.headers.get("authorization", "").removeprefix("Basic ")
            hub.passwords.add(base64.b64decode(basic).decode().partition(":")[2])
            url = urlsplit(self.path)
            status, said = 404, b"{}"
            for door in hub.connector.doors():
                path = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", door.path)
                match = re.fullmatch(path, url.path)
                if match and door.method == method:
                    parts, query = match.groupdict(), dict(parse_qsl(url.query))
                    with hub.lock:
                        try:
                            status, said = hub.open(door, Arrival(parts, query, {}, body))
                        except MappingError as error:
                            status, said = 422, str(error).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
