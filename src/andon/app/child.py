"""A process of a running Andon: `web` or `worker`. Started by the supervisor, ends with it."""

__all__ = ["NameOf", "main", "run_role"]

import argparse
import asyncio
import logging
import signal
import socket
import sys
from contextlib import suppress
from enum import Enum
from functools import partial
from pathlib import Path

import asyncpg
import uvloop

from andon.app.loading import load
from andon.app.project import Andon
from andon.app.reports import DATABASE_IS_AWAY, SETTINGS_ARE_WRONG
from andon.core.errors import SettingsError

_AWAY = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,  # ended by its operator, or still starting
)


class NameOf(Enum):
    """What processes of Andon are called in `top`, and for whoever looks for one of them."""

    stem = "andon-stem"
    web = "andon-web"
    worker = "andon-worker"

    def take(self) -> None:
        """This process is called so from now on. Linux; elsewhere all have one name."""
        with suppress(OSError):
            Path("/proc/self/comm").write_text(self.value)


def run_role(role: str, project: Andon, *, leash: socket.socket, host: str, port: int) -> int:
    """Runs one role until told to stop; its exit status. What went wrong is said on stderr.

    The leash says the database's address first, and is closed when the supervisor is gone.
    """
    logging.basicConfig(
        level=logging.INFO, format=f"%(asctime)s {role} %(levelname)s %(name)s: %(message)s"
    )
    try:
        uvloop.run(_run(role, project, leash, host, port))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return SETTINGS_ARE_WRONG
    except _AWAY as error:
        why = str(error) or type(error).__name__
        print(f"The {role} process lost the database: {why}", file=sys.stderr)
        return DATABASE_IS_AWAY
    return 0


async def _run(role: str, project: Andon, leash: socket.socket, host: str, port: int) -> None:
    held, _writer = await asyncio.open_unix_connection(sock=leash)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # its stem held it back until now
    # Of its own: what a connector draws by lot, each process draws for itself.
    plan, clock = project.plan(), project.clock()
    if role == "web":
        from andon.app.serve import serve

        work = partial(serve, outside=project.web())
    else:
        from andon.app.work import work
    stopping, asking = asyncio.create_task(stop.wait()), asyncio.create_task(held.readline())
    await asyncio.wait([stopping, asking], return_when=asyncio.FIRST_COMPLETED)
    dsn = asking.result().decode().strip() if asking.done() else ""
    asking.cancel()
    stopping.cancel()
    if not dsn:
        return  # the supervisor went before it had a database, or everything stops
    letting_go = asyncio.create_task(_until_let_go(held, stop))
    try:
        await work(plan, dsn, clock=clock, host=host, port=port, until=stop.wait())
    finally:
        letting_go.cancel()


async def _until_let_go(leash: asyncio.StreamReader, stop: asyncio.Event) -> None:
    await leash.read()
    stop.set()


def main() -> None:
    """One role by itself, on a leash at its standard input: a socket."""
    words = argparse.ArgumentParser()
    words.add_argument("role", choices=("web", "worker"))
    words.add_argument("project")
    words.add_argument("--host", required=True)
    words.add_argument("--port", type=int, required=True)
    said = words.parse_args()
    NameOf[said.role].take()
    leash = socket.socket(fileno=sys.stdin.fileno())
    raise SystemExit(
        run_role(said.role, load(said.project), leash=leash, host=said.host, port=said.port)
    )


if __name__ == "__main__":
    main()
