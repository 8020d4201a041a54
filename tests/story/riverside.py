"""Riverside as its people run it: a real Tryton, a real MES, and Andon between them."""

__all__ = ["Riverside", "riverside", "until"]

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from andon.connectors._ports import free_port
from tools.counterparts import Fsmes, Tryton
from tools.counterparts.environments import ROOT
from tools.counterparts.running import Program, answers_http

Found = TypeVar("Found")


class Riverside:
    """Three running systems, and what a planner, an operator and Andon's user do and see."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.erp, self.mes = Tryton(folder / "erp"), Fsmes(folder / "mes")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._data = folder / "andon"
        self._env = {
            **os.environ,
            "ANDON_DATA": str(self._data),
            "ANDON_PORT": str(self.port),
            "ANDON_HOME": str(home),
            "COLUMNS": "200",
        }
        self._key = ""

    def start(self, ending: ExitStack) -> None:
        """Each is ended by `ending`, those that call others first."""
        ending.callback(self.erp.stop)
        self.erp.start()
        self._env |= {"RIVERSIDE_ERP_URL": self.erp.rest_url, "RIVERSIDE_ERP_KEY": self.erp.key}
        self._data.mkdir()
        andon = Program(
            [sys.executable, "-m", "andon.cli", "run", "riverside.app:andon"],
            log=self._data / "andon.log",
            env=self._env,
            cwd=ROOT / "examples",
        )
        ending.callback(andon.stop, within=15)
        andon.ready_when(lambda: answers_http(f"{self.url}/healthz"), within=60)
        self._key = self._new_key("admin")
        address = f"http://mes:{self._new_key('inbox:mes')}@127.0.0.1:{self.port}/in/mes"
        ending.callback(self.mes.stop)
        self.mes.start(erp_url=address, poll=0.5)

    def release(self, product: str, quantity: float) -> str:
        """A planner plans and releases an order; its number."""
        return self.erp.release(self.erp.create_order(product, quantity))

    def at_the_erp(self, order: str) -> dict[str, Any]:
        """How a planner finds the order in Tryton, with the lots and quantities of its output."""
        find = self.erp.planner.find
        (row,) = find("production", [["number", "=", order]], ["state"])
        moves = find(
            "stock.move",
            [["production_output.number", "=", order]],
            ["quantity", "state", "lot.number"],
        )
        made = [(m["lot."]["number"] if m.get("lot.") else None, m["quantity"]) for m in moves]
        return {"state": row["state"], "made": made, "moved": {m["state"] for m in moves}}

    def page(self, name: str) -> dict[str, Any] | None:
        """Andon's page of a subject, None while nobody has named it."""
        try:
            return self.ask("GET", f"/v1/subjects/{quote(name, safe='/:')}")
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Andon's answer to its administrator."""
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    def andon(self, *words: str) -> str:
        """What the command prints; its failure is the test's."""
        done = subprocess.run(
            [sys.executable, "-m", "andon.cli", *words],
            cwd=ROOT / "examples", env=self._env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _new_key(self, scope: str) -> str:
        return self.andon(
            "keys", "create", "--name", scope.replace(":", "-"), "--scope", scope
        ).strip()


@contextmanager
def riverside(home: Path) -> Iterator[Riverside]:
    """All three, ended whatever happens."""
    # Short, because PostgreSQL's socket lives below it; its own account passes through.
    folder = Path(tempfile.mkdtemp(prefix="main-", dir="/tmp"))
    folder.chmod(0o711)
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        plant = Riverside(folder, home)
        plant.start(ending)
        yield plant


def until(
    look: Callable[[], Found | None], within: float, otherwise: Callable[[], object]
) -> Found:
    """The first thing worth having; after the deadline, what `otherwise` shows is the failure."""
    deadline = time.monotonic() + within
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {within} s: {otherwise()}")
        time.sleep(0.1)
    return found
