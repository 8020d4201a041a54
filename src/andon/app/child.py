"""A process of a running Andon: `web` or `worker`. Started by the supervisor, ends with it."""

__all__ = ["main"]

import argparse
import asyncio
import logging
import os
import signal
import sys

import uvloop

from andon.core.errors import SettingsError

SETTINGS_ARE_WRONG = 78
"""Exit status (EX_CONFIG): starting again would not help."""


async def _leash(stop: asyncio.Event) -> None:
    """Ends when standard input closes, which is when the supervisor is gone, however it went."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    stop.set()


async def _run(role: str, project: str, host: str, port: int) -> None:
    from andon.app.project import load

    plan = load(project).plan()
    dsn = os.environ["ANDON_DSN"]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    leash = asyncio.create_task(_leash(stop))
    try:
        if role == "web":
            from andon.app.serve import serve

            await serve(plan, dsn, host=host, port=port, until=stop.wait())
        else:
            from andon.engine.clock import SystemClock
            from andon.engine.worker import Worker

            worker = Worker(plan, dsn, SystemClock())
            stopping = asyncio.create_task(stop.wait())
            stopping.add_done_callback(lambda _: worker.stop())
            await worker.run()
    finally:
        leash.cancel()


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


if __name__ == "__main__":
    main()
