"""factorysemantics-mes 0.4.2: a real MES with simulated machines that speak OPC UA."""

import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from andon.connectors._ports import free_port
from tools.counterparts.environments import ROOT, Progress, environment
from tools.counterparts.fsmes_operator import Operator
from tools.counterparts.fsmes_seed import environment_of, seeded
from tools.counterparts.running import Program, answers_http, answers_tcp
from tools.counterparts.sqlite_files import copy_fresh


class Fsmes:
    """One MES in `folder`: its database, settings and logs. Survives `kill` and a new `start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._opc_port = 0
        self._programs: dict[str, Program] = {}
        self._operator: Operator | None = None

    @property
    def url(self) -> str:
        """Its API and screens: `http://127.0.0.1:<port>` (screens under `/dashboard`)."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> dict[str, Any]:
        """Random secrets of this plant: admin_password, operator_password, secret_key."""
        return json.loads((self.folder / "keys.json").read_text())

    @property
    def operator(self) -> Operator:
        """SCOTT, an operator: releases, books and completes through the MES's own API."""
        if self._operator is None:
            self._operator = Operator(self.url, "SCOTT", self.keys["operator_password"])
        return self._operator

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by part: api, sync, machines, agent, floor."""
        return {name: program.pid for name, program in self._programs.items()}

    def prepare(self, progress: Progress = print) -> None:
        """Installs and seeds what is not there yet, then copies a fresh plant into `folder`."""
        cache = seeded(progress)
        self.folder.mkdir(parents=True, exist_ok=True)
        copy_fresh(cache / "mes.sqlite", self.folder / "mes.sqlite")
        shutil.copy2(cache / "keys.json", self.folder / "keys.json")

    def start(
        self,
        *,
        erp_url: str | None = None,
        speed: float | None = None,
        port: int = 0,
        poll: float = 1.0,
        progress: Progress = print,
    ) -> None:
        """The API; the exchange with an ERP at `erp_url` and machines at `speed` when given.

        A user and key in `erp_url` (`http://mes:<key>@host/...`) are sent as HTTP Basic.
        """
        if not (self.folder / "keys.json").is_file():
            self.prepare(progress)
        self.port = port or self.port or free_port()
        self._operator = None
        if speed is not None:
            self._start_machines(speed)
        self._run("api", "run-api", "--port", str(self.port))
        self._programs["api"].ready_when(lambda: answers_http(f"{self.url}/health"), within=60)
        if erp_url is not None:
            self.start_exchange(erp_url, poll=poll)
        if speed is not None:
            self._start_people()

    def start_exchange(self, erp_url: str, *, poll: float = 1.0) -> None:
        """Polls the ERP face for new orders and delivers confirmations to it."""
        settings = {"MES_ERP_MODE": "rest", "MES_ERP_BASE_URL": erp_url}
        self._run("sync", "run-erp-sync", MES_ERP_POLL_SECONDS=str(poll), **settings)

    def stop_exchange(self) -> None:
        """The line to the ERP is cut; the MES keeps its confirmations."""
        self._programs.pop("sync").stop()

    def start_plant(self, *, speed: float = 12.0) -> None:
        """Two machines, the agent that reads them, and people who release, issue and complete.

        At speed 1 a mixer needs 4 s for a piece and a packer 3 s. Machines count on until an
        order is completed, so more is made than ordered, and more so at a higher speed.
        """
        self._start_machines(speed)
        self._start_people()

    def _start_machines(self, speed: float) -> None:
        self._opc_port = free_port()
        self._run("machines", "run-opc-sim", "--speed", str(speed), **self._opc())

    def _start_people(self) -> None:
        self._programs["machines"].ready_when(lambda: answers_tcp(self._opc_port), within=60)
        faster = {"MES_OPC_PUBLISH_MS": "200", "MES_CONTROLS_OPC_ORDER_SYNC_SECONDS": "0.5"}
        self._run("agent", "run-opc-agent", **self._opc(), **faster)
        self._programs["floor"] = Program(
            [sys.executable, "-m", "tools.counterparts.fsmes_floor", self.url, self._keys_file],
            log=self.folder / "floor.log",
            env=dict(os.environ),
            cwd=ROOT,
        )

    def _opc(self) -> dict[str, str]:
        return {"MES_OPC_ENDPOINT": f"opc.tcp://127.0.0.1:{self._opc_port}/mes/plant"}

    def stop(self) -> None:
        """Ends every part, those that call others first."""
        for name in reversed(list(self._programs)):
            self._programs.pop(name).stop()

    def kill(self) -> None:
        """Ends every part as power loss would."""
        for name in reversed(list(self._programs)):
            self._programs.pop(name).kill()

    def wait_for(self, order: str, state: str, *, within: float = 60.0) -> dict[str, Any]:
        """The order once the MES calls it `state`; raises when that takes too long."""
        until = time.monotonic() + within
        row: dict[str, Any] | None = None
        while time.monotonic() < until:
            row = self.operator.order(order)
            if row is not None and row["status"] == state:
                return row
            time.sleep(0.1)
        raise RuntimeError(f"{order} is not {state} after {within:.0f} s: {row}")

    def _run(self, name: str, *words: str, **settings: str) -> None:
        home = environment("fsmes", minor=12, progress=print)
        self._programs[name] = Program(
            [str(home / "bin" / "fsmes"), *words],
            log=self.folder / f"{name}.log",
            env={**environment_of(self.folder), **settings},
            cwd=self.folder,
        )

    @property
    def _keys_file(self) -> str:
        return str((self.folder / "keys.json").resolve())
