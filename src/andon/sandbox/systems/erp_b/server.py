"""The database server of plant B's ERP: PostgreSQL, a process of its own at a port of its own."""

__all__ = ["Server"]

import asyncio
import os
import shutil
import subprocess
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from andon.connectors._ports import free_port
from andon.store.server.account import account_home, own_account, require_reachable
from andon.store.server.binaries import Binaries, copied_binaries, packaged_binaries
from andon.store.server.cluster import Cluster, make_folder

_OWNER = "erp"
_READY_WITHIN = 30.0
_LOOKS = 0.02
_ENDED_WITHIN = 15.0

# A few tables, two programs that use them, and little memory beside the rest of a company.
_SMALL = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "20",
    "shared_buffers": "4MB",
    "max_wal_size": "16MB",
    "min_wal_size": "4MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lock_timeout": "5s",
    # Whoever kills a process loses nothing by it, and nobody cuts the power of a sandbox.
    "fsync": "off",
}

# Its input is held open by the sandbox alone: it ends when the sandbox says a line, which stops the
# server, or dies, and then nobody needs the data any more.
_KEEPER = """
folder=$1; shift
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r _ <&3 || : > "$folder/left"; kill -QUIT $server; } &
keeper=$!
wait $server; said=$?
kill $keeper 2> /dev/null
[ ! -e "$folder/left" ] || rm -rf "$folder"
exit $said
"""


class Server:
    """Begins with an empty database. A kill of the sandbox ends it too, and takes its data."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._port = 0
        self._cluster: Cluster | None = None
        self._binaries: Binaries | None = None
        self._program: subprocess.Popen[Any] | None = None

    async def start(self) -> None:
        """Returns when it takes connections; after `stop` at the same port, with what it held."""
        if self._cluster is None or self._binaries is None:
            self._cluster, self._binaries = await asyncio.to_thread(_made, self._secret)
            weakref.finalize(self, shutil.rmtree, self._cluster.folder, True)
            self._port = free_port()
        self._program = self._launched(self._cluster, self._binaries)
        try:
            await self._ready(self._cluster, self._program)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """As a kill: it ends at once, and recovers with the next start."""
        program, self._program = self._program, None
        if program is None:
            return
        assert program.stdin is not None
        with suppress(BrokenPipeError):  # it has ended by itself
            program.stdin.write(b"\n")
        program.stdin.close()
        await asyncio.to_thread(program.wait, _ENDED_WITHIN)

    def address(self, user: str) -> str:
        """Where that user's programs find it."""
        return f"{user}@127.0.0.1:{self._port}/postgres"

    def connected(self) -> psycopg.Connection:
        """A connection of its owner's. Raises psycopg.OperationalError while it is down."""
        return psycopg.connect(
            f"postgresql://{self.address(_OWNER)}",
            password=self._secret,
            connect_timeout=5,
            autocommit=True,
        )

    def _launched(self, cluster: Cluster, binaries: Binaries) -> subprocess.Popen[Any]:
        server = [binaries.program("postgres"), "-D", str(cluster.data), "-p", str(self._port)]
        with cluster.log.open("ab") as log:
            return subprocess.Popen(
                ["sh", "-c", _KEEPER, "sh", str(cluster.folder), *server],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **cluster.identity(),
            )

    async def _ready(self, cluster: Cluster, program: subprocess.Popen[Any]) -> None:
        async with asyncio.timeout(_READY_WITHIN):
            while not await asyncio.to_thread(self._answers):
                if program.poll() is not None:
                    said = cluster.log.read_text(errors="replace")[-600:]
                    raise RuntimeError(f"The database of plant B's ERP does not start: {said}")
                await asyncio.sleep(_LOOKS)

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            self.connected().close()
            return True
        return False


def _made(secret: str) -> tuple[Cluster, Binaries]:
    """An empty database in a folder of its own, and the programs for it."""
    account, binaries = own_account(), packaged_binaries()
    folder = Path(tempfile.mkdtemp(prefix="andon-erp-b-data-"))
    cluster = Cluster(folder, account)
    if account is not None:
        home = account_home()
        make_folder(home, 0o755)
        binaries = copied_binaries(binaries, home)
        os.chown(folder, account.uid, account.gid)
        require_reachable(folder, account)
    asks = folder / "secret"
    asks.write_text(secret)
    if account is not None:
        os.chown(asks, account.uid, account.gid)
    command = [binaries.program("initdb"), "--pgdata", str(cluster.data), "--username", _OWNER]
    command += ["--pwfile", str(asks), "--auth-host=scram-sha-256", "--auth-local=reject"]
    command += ["--encoding=UTF8", "--locale=C", "--wal-segsize=1", "--no-sync"]
    for name, value in _SMALL.items():
        command += ["--set", f"{name}={value}"]
    made = subprocess.run(
        command, capture_output=True, text=True, check=False, **cluster.identity()
    )
    asks.unlink()
    if made.returncode != 0:
        raise RuntimeError(f"The database of plant B's ERP cannot be made: {made.stderr[-600:]}")
    return cluster, binaries
