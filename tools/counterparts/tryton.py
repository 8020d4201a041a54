"""Tryton 8.2: a real ERP on a SQLite file, seeded once and copied for each use."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from andon.connectors._ports import free_port
from tools.counterparts.environments import Progress, environment
from tools.counterparts.running import Program, answers_http
from tools.counterparts.sqlite_files import copy_fresh
from tools.counterparts.tryton_database import DATABASE, seeded, write_settings
from tools.counterparts.tryton_planner import Planner


class Tryton:
    """One ERP in `folder`: its database, settings and log. Survives `kill` and a new `start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = DATABASE
        self.port = 0
        self._program: Program | None = None
        self._planner: Planner | None = None

    @property
    def url(self) -> str:
        """Where it listens: `http://127.0.0.1:<port>`; the database's name is the next segment."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def rest_url(self) -> str:
        """Root of the REST API, to be used with `key`."""
        return f"{self.url}/{DATABASE}/rest"

    @property
    def keys(self) -> dict[str, Any]:
        """Random secrets of this seed: andon_key, andon_user, planner_password, admin_password."""
        return json.loads((self.folder / "keys.json").read_text())

    @property
    def key(self) -> str:
        """The REST key of the technical user `andon`."""
        return self.keys["andon_key"]

    @property
    def planner(self) -> Planner:
        """A person at the ERP: creates and releases orders, looks at stock. Not Andon's user."""
        if self._planner is None:
            self._planner = Planner(self.url, DATABASE, "planner", self.keys["planner_password"])
        return self._planner

    @property
    def pid(self) -> int:
        """The server's process id while it runs."""
        assert self._program is not None, "start() first"
        return self._program.pid

    def prepare(self, progress: Progress = print) -> None:
        """Installs and seeds what is not there yet, then copies a fresh database into `folder`."""
        cache = seeded(progress)
        self.folder.mkdir(parents=True, exist_ok=True)
        copy_fresh(cache / "erp.sqlite", self.folder / "erp.sqlite")
        shutil.copy2(cache / "keys.json", self.folder / "keys.json")

    def start(self, port: int = 0, progress: Progress = print) -> None:
        """Serves `folder`'s database, prepared if there is none; the same port after a kill."""
        if not (self.folder / "keys.json").is_file():
            self.prepare(progress)
        self.port = port or self.port or free_port()
        self._planner = None
        settings = write_settings(self.folder, self.port)
        home = environment("tryton", minor=11, progress=progress)
        self._program = Program(
            [str(home / "bin" / "trytond"), "-c", str(settings), "-d", DATABASE],
            log=self.folder / "tryton.log",
            env=dict(os.environ),
            cwd=self.folder,
        )
        # The first answer waits until the server has loaded every module of the database.
        self._program.ready_when(lambda: answers_http(f"{self.rest_url}/model/x"), within=60)

    def stop(self) -> None:
        """Ends the server."""
        if self._program is not None:
            self._program.stop()
            self._program = None

    def kill(self) -> None:
        """Ends the server as power loss would."""
        if self._program is not None:
            self._program.kill()
            self._program = None

    def create_order(self, product: str, quantity: float, days: int = 7) -> int:
        """A planner's draft order for a product code; returns Tryton's record id."""
        return self.planner.create_order(product, quantity, days)

    def release(self, order: int) -> str:
        """A planner releases it (state `waiting`); returns the number it gets now."""
        return self.planner.release(order)
