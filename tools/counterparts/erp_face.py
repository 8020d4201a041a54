"""An ERP face that accepts whatever the MES does and keeps it: for recording and for tests."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ErpFace:
    """Orders on offer, what was acknowledged, what was posted. `answers` overrides a status."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.acknowledged: list[str] = []
        self.posted: list[bytes] = []
        self.authorization: set[str | None] = set()
        self.answers: dict[str, int] = {}
        """By the last part of the path, `confirmations` or `ack`: the status to answer with."""

    def confirmations(self, order: str) -> list[dict[str, Any]]:
        """What was posted about one order, in the order in which it came."""
        said = [json.loads(body) for body in self.posted]
        return [one for one in said if one["order"] == order]


@contextmanager
def erp_face() -> Iterator[tuple[ErpFace, str]]:
    """A running face and its address."""
    face = ErpFace()

    class Answer(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Says nothing."""

        def do_GET(self) -> None:
            self._reply(200, list(face.orders.values()))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            *_, code, last = self.path.split("/")
            status = face.answers.get(last, 201)
            if status < 300 and last == "ack":
                face.acknowledged.append(code)
                face.orders.pop(code, None)
            elif status < 300:
                face.posted.append(body)
            self._reply(status, {"status": status})

        def _reply(self, status: int, body: Any) -> None:
            face.authorization.add(self.headers.get("authorization"))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield face, f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
