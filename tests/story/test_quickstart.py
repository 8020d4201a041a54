"""The README, typed: a new plant takes an order while its MES is away, and delivers it once."""

import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from andon.connectors._ports import free_port

ORDER = b'{"order":"1001","item":"PUMP","qty":"5"}'


class Floor:
    """An MES on a port that can be dead for a while."""

    def __init__(self) -> None:
        self.port = free_port()
        self.orders: list[tuple[str, dict[str, Any]]] = []
        self._server: http.server.ThreadingHTTPServer | None = None

    def opens(self) -> None:
        """Answers from now on."""
        orders = self.orders

        class Answers(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                orders.append((self.headers["Idempotency-Key"], body))
                answer = b'{"id": "W-1"}'
                self.send_response(201)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None: ...

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Answers)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def closes(self) -> None:
        """Gives the port back."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()


class Typing:
    """A terminal in the plant's folder."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._environment = {
            **os.environ,
            "ANDON_PORT": str(self.port),
            "ANDON_HOME": str(home),
            "COLUMNS": "160",
        }

    def andon(self, *words: str) -> str:
        """What a command prints; its failure is the test's."""
        done = subprocess.run(
            [sys.executable, "-m", "andon.cli", *words],
            cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def runs(self) -> subprocess.Popen[bytes]:
        """`andon run` in a second terminal, once it answers."""
        with (self.folder / "run.log").open("ab") as log:
            running = subprocess.Popen(
                [sys.executable, "-m", "andon.cli", "run", "plant:andon"],
                cwd=self.folder, env=self._environment, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            until(lambda: self.answers() or _ended(running, self.folder / "run.log"))
        except BaseException:
            running.kill()
            raise
        return running

    def answers(self) -> bool:
        """Whether the web process is there."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except OSError:
            return False

    def post(self, body: bytes, key: str) -> int:
        """The ERP's post; the status it got, 0 for none. An outbox repeats it until 202."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/in/erp/orders",
            data=body,
            headers={"Authorization": f"Bearer {key}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return 0


def _ended(running: subprocess.Popen[bytes], log: Path) -> bool:
    assert running.poll() is None, log.read_text()
    return False


def until(true: Callable[[], object], within: float = 60) -> None:
    """Returns as soon as it holds."""
    deadline = time.monotonic() + within
    while not true():
        assert time.monotonic() < deadline, f"not so within {within} s"
        time.sleep(0.1)


@pytest.fixture
def floor() -> Iterator[Floor]:
    mes = Floor()
    yield mes
    mes.closes()


@pytest.mark.story
@pytest.mark.timeout(240)
def test_an_order_posted_while_the_mes_is_away_is_delivered_once_it_is_back(
    short_folder: Path, tmp_path: Path, floor: Floor
) -> None:
    Typing(tmp_path, short_folder).andon("init", "plant")
    terminal = Typing(tmp_path / "plant", short_folder / "quickstart")
    settings = terminal.folder / "plant.toml"
    settings.write_text(settings.read_text().replace(":9000", f":{floor.port}"))
    running = terminal.runs()
    try:
        key = terminal.andon("keys", "create", "--name", "erp", "--scope", "inbox:erp").strip()
        assert terminal.post(ORDER, "andon_nobody") == 401
        until(lambda: terminal.post(ORDER, key) == 202, within=5)
        until(lambda: "waits" in terminal.andon("trace", "1001"))

        running.kill()
        running.wait()
        running = terminal.runs()
        floor.opens()
        until(lambda: terminal.post(ORDER, key) == 202)
        until(lambda: "receipt W-1" in terminal.andon("trace", "1001"))

        ((_, order),) = floor.orders
        assert order == {"order": "1001", "item": "PUMP", "qty": "5"}
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
    finally:
        running.kill()
        running.wait()
