"""A process of a running Andon: `web` or `worker`. Started by the supervisor, ends with it."""

__all__ = ["DATABASE_IS_AWAY", "SETTINGS_ARE_WRONG", "main"]

import argparse
import asyncio
import logging
import signal
import sys
from functools import partial

import asyncpg
import uvloop

from andon.core.errors import SettingsError

SETTINGS_ARE_WRONG = 78
"""Exit status (EX_CONFIG): starting again would not help."""
DATABASE_IS_AWAY = 75
"""Exit status (EX_TEMPFAIL): starting again helps as soon as the database answers."""
_AWAY = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,  # ended by its operator, or still starting
)


async def _leash() -> asyncio.StreamReader:
    """Standard input: first the database's address; it closes when the supervisor is gone."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


async def _until_let_go(leash: asyncio.StreamReader, stop: asyncio.Event) -> None:
    await leash.read()
    stop.set()


async def _run(role: str, project: str, host: str, port: int) -> None:
    from andon.app.project import load

    leash = await _leash()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loaded = load(project)
    plan, clock = loaded.plan(), loaded.clock()
    if role == "web":
        from andon.app.serve import serve

        work = partial(serve, outside=loaded.web())
    else:
        from andon.app.work import work
    dsn = (await leash.readline()).decode().strip()
    if not dsn:
        return  # the supervisor went before it had a database
    letting_go = asyncio.create_task(_until_let_go(leash, stop))
    try:
        await work(plan, dsn, clock=clock, host=host, port=port, until=stop.wait())
    finally:
        letting_go.cancel()


def main() -> None:
    """Runs one role until told to stop."""
    words = argparse.ArgumentParser()
    words.add_argument("role", choices=("web", "worker"))
    words.add_argument("project")
    words.add_argument("--host", required=True)
    words.add_argument("--port", type=int, required=True)
    said = words.parse_args()
    logging.basicConfig(
        level=logging.INFO, format=f"%(asctime)s {said.role} %(levelname)s %(name)s: %(message)s"
    )
    try:
        uvloop.run(_run(said.role, said.project, said.host, said.port))
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(SETTINGS_ARE_WRONG) from None
    except _AWAY as error:
        why = str(error) or type(error).__name__
        print(f"The {said.role} process lost the database: {why}", file=sys.stderr)
        raise SystemExit(DATABASE_IS_AWAY) from None


if __name__ == "__main__":
    main()
