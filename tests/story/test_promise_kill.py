"""Promises 1 to 5 on whole processes: killed, stopped and joined in the middle of load."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from andon.connectors._ports import free_port
from bench.hub import INBOX_SCOPE, HubCommand
from proof.books.ledger import Books
from proof.books.load import Load
from proof.books.proving import PROJECT
from proof.books.proving import faults as faults_of_books
from proof.books.proving import prove as prove_on_books
from proof.killing import KILLS, KilledHub, role_of
from proof.proxy import Proxy
from proof.real.proving import prove
from proof.real.report import faults, rows
from proof.real.rounds import shots
from tests.integration.plant import rows_of, until

pytestmark = [pytest.mark.proof, pytest.mark.story]
ROUNDS = 50 if os.environ.get("ANDON_PROOF") else 5


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="kill-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.real
@pytest.mark.timeout(400 if ROUNDS == 5 else 2400)
async def test_kill_while_a_real_mes_confirms_loses_nothing_and_books_nothing_twice(
    folder: Path,
) -> None:
    """Tryton's moves and the MES's outbox, compared with the log order by order."""
    proven = await prove(shots(ROUNDS), folder=folder)
    assert faults(proven) == []
    assert len(rows(proven)) == ROUNDS
    assert sum(len(row.orders) for row in rows(proven)) >= 3 * ROUNDS
    assert min(proven.line) > 0, "the MES had nothing to say twice"


@pytest.mark.timeout(120 if ROUNDS == 5 else 1500)
async def test_kill_at_a_higher_rate_loses_nothing_and_doubles_nothing(folder: Path) -> None:
    """Against books in this process, sixty facts a second."""
    kills = [KILLS[n % len(KILLS)] for n in range(ROUNDS)]
    played = await prove_on_books(kills, folder=folder)
    assert faults_of_books(played) == []
    assert all(one.held >= 3 for one in played), "no answer was held at a kill: it proves nothing"


async def test_a_stopped_worker_is_taken_over_and_does_nothing_when_it_wakes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGSTOP with committed answers on their way, past the lease;
    a second worker; then SIGCONT."""
    monkeypatch.setenv("ANDON_LEASE_S", "2")
    async with running(folder) as (hub, proxy, books):
        async with hub.load("S", per_s=60) as load:
            await until(lambda: len(books.booked()) >= 20)
            proxy.hold()
            await until(lambda: proxy.held >= 8)
            (stopped,) = hub.workers()
            os.kill(stopped, signal.SIGSTOP)
            try:
                before = set(load.begun)
                second = hub.start_worker()

                def it_took_over() -> bool:
                    done = [e.fact for e in books.booked() if e.system == "books"]
                    return len(set(done) - before) >= 5

                await until(it_took_over, within=20)
                await load.finish()
                facts = set(load.accepted)
                await until(lambda: not books.missing(facts), within=30)
                proxy.release()  # the answers reach a worker that has nothing to say any more
            finally:
                os.kill(stopped, signal.SIGCONT)
        # It finds its session ended, leaves, and the supervisor starts another in its place.
        await until(lambda: stopped not in hub.workers(), within=20)
        assert books.doubled() == []
        end(second)


async def test_a_request_delayed_past_its_time_out_has_one_effect(folder: Path) -> None:
    """Looked for, not there; then it arrives; the second look finds it."""
    async with running(folder) as (hub, proxy, books):
        late = asyncio.Event()
        proxy.delays["POST /books", '"fact":"D-1"'] = late
        async with hub.load("D", per_s=50) as load:
            await until(lambda: any("D-1:" in look for look in proxy.looks), within=20)
            assert "D-1" in books.missing({"D-1"})
            late.set()
            await load.finish()
            facts = set(load.accepted)
            await until(lambda: not books.missing(facts), within=20)
        assert books.doubled() == []


async def test_a_worker_that_joins_gets_its_share_under_load(folder: Path) -> None:
    async with running(folder) as (hub, _, books):
        async with hub.load("J", per_s=80) as load:
            await until(lambda: len(books.booked()) >= 20)
            second = hub.start_worker()

            async def fairly() -> bool:
                return await hub.shares() == [32, 32]

            await until(fairly, within=20)
            before = len(books.booked())
            await until(lambda: len(books.booked()) > before + 40)
            end(second)

            async def alone() -> bool:
                return await hub.shares() == [64]

            await until(alone, within=20)
            await load.finish()
            facts = set(load.accepted)
            await until(lambda: not books.missing(facts), within=20)
        assert books.doubled() == []


def end(worker: "subprocess.Popen[bytes]") -> None:
    """kill -9, and nothing left open."""
    worker.kill()
    worker.communicate()


class Running(KilledHub):
    """A hub whose workers can be seen, and joined by another."""

    def __init__(self, folder: Path, systems: str, port: int) -> None:
        self._port = port
        self._systems = systems
        super().__init__(
            HubCommand(run=f"andon run {PROJECT}", url=f"http://127.0.0.1:{port}"),
            data=folder / "data",
            log=folder / "hub.log",
            environment={"ANDON_BENCH_SYSTEMS": systems, "ANDON_HOME": str(folder / "home")},
        )
        self._place = folder / "data"
        self._inbox_key = ""
        self._leashes: list[socket.socket] = []

    def load(self, prefix: str, *, per_s: float) -> Load:
        """The MES begins to post."""
        self._inbox_key = self._inbox_key or self.key(INBOX_SCOPE)
        return Load(self.inbox, self._inbox_key, prefix=prefix, per_s=per_s)

    @property
    def dsn(self) -> str:
        return (self._place / "dsn").read_text().strip()

    def workers(self) -> list[int]:
        """Process ids, the supervisor's own workers only."""
        return [p.pid for p in self.members() if role_of(p.pid) == "worker"]

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """Another worker, as another machine would start one."""
        leash, held = socket.socketpair()
        with held:
            child = subprocess.Popen(
                [
                    *(sys.executable, "-m", "andon.app.child", "worker", PROJECT),
                    *("--host", "127.0.0.1", "--port", str(self._port)),
                ],
                stdin=held,
                env={**os.environ, "ANDON_BENCH_SYSTEMS": self._systems},
            )
        leash.sendall(self.dsn.encode() + b"\n")
        self._leashes.append(leash)
        return child

    def let_go(self) -> None:
        """Of the workers that it started as another machine would."""
        for leash in self._leashes:
            leash.close()

    async def shares(self) -> list[int]:
        """How many lanes each worker holds."""
        async with rows_of(self.dsn) as db:
            rows = await db.fetch(
                "select count(*) as n from pg_locks where locktype = 'advisory'"
                " and classid = 40210 and granted group by pid order by 1"
            )
        return [row["n"] for row in rows]


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Running, Proxy, Books]]:
    """The whole project, killed at the end."""
    books = Books()
    address = await books.start()
    async with Proxy(address, folder / "proxy.log", named=books.named) as proxy:
        port = free_port()
        hub = Running(folder, proxy.url, port)
        try:
            hub.start()
            await asyncio.to_thread(hub.wait_until_ready)
            yield hub, proxy, books
        finally:
            await asyncio.to_thread(hub.kill)
            hub.let_go()
            await books.stop()
