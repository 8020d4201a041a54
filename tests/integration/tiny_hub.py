"""A hub just large enough to be measured, honest or not; run as a program by the tests.

``run`` serves; ``keys`` prints a key. TINY_HUB=forgetful accepts without writing down and so
loses at a kill; TINY_HUB=repeating calls WMS twice under different keys. Every run starts a
daemon of its own in the data folder, as a hub does with PostgreSQL.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

_KIND = os.environ.get("TINY_HUB", "honest")
_DATA = Path(os.environ["ANDON_DATA"])
_WRITING = threading.Lock()
_WORK: SimpleQueue[dict[str, Any]] = SimpleQueue()
_SEEN: set[str] = set()
_PARKED: list[str] = []
_STEPS = ("/qms/inspection-lots", "/erp/goods-receipts", "/wms/putaway-tasks")


def _write(name: str, line: str) -> None:
    with (_DATA / name).open("a") as file:
        file.write(line + "\n")


def _lines(name: str) -> list[str]:
    return (_DATA / name).read_text().splitlines() if (_DATA / name).exists() else []


def _accept(event: dict[str, Any]) -> None:
    with _WRITING:
        if event["event_id"] in _SEEN:
            return
        if _KIND != "forgetful":
            _write("accepted", json.dumps(event))
        _SEEN.add(event["event_id"])
        _WORK.put(event)


def _resume() -> None:
    done = set(_lines("done"))
    for event in map(json.loads, _lines("accepted")):
        _SEEN.add(event["event_id"])
        if event["event_id"] not in done:
            _WORK.put(event)


def _deliver_for_ever() -> None:
    systems = http.client.HTTPConnection(urlsplit(os.environ["ANDON_BENCH_SYSTEMS"]).netloc)
    while True:
        event = _WORK.get()
        steps = (*_STEPS, f"{_STEPS[2]}") if _KIND == "repeating" else _STEPS
        for number, step in enumerate(steps):
            if not _called(systems, event, step, number):
                _PARKED.append(event["event_id"])
                break
        _write("done", event["event_id"])


def _called(
    systems: http.client.HTTPConnection, event: dict[str, Any], step: str, number: int
) -> bool:
    body = json.dumps(
        {
            "eventId": event["event_id"],
            "orderNo": event["order"]["number"],
            "lotNo": event["lot"],
            "qty": event["quantity"]["yield"],
            "plant": event["plant"],
            "seq": event["order"]["sequence"],
        }
    )
    for _ in range(5):
        systems.request("POST", step, body, {"Idempotency-Key": f"{event['event_id']}:{number}"})
        answer = systems.getresponse()
        answer.read()
        if answer.status == 200:
            return True
    return False


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        page = {"items": _PARKED, "total": len(_PARKED)}
        self._answer(200, page if self.path.startswith("/v1/exceptions") else {"ok": True})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != "Bearer key-for-inbox:mes":
            self._answer(401, {})
            return
        _accept(json.loads(body))
        self._answer(202, {})

    def log_message(self, format: str, *args: object) -> None:
        del format, args

    def _answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _serve() -> None:
    _resume()
    subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"],
        cwd=_DATA,
        env={},
        start_new_session=True,
    )
    threading.Thread(target=_deliver_for_ever, daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["ANDON_PORT"])), _Door).serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "keys":
        print(f"key-for-{sys.argv[sys.argv.index('--scope') + 1]}")
    else:
        _serve()
