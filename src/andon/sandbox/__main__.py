"""The company as a process of its own: ``python -m andon.sandbox --environment FILE``."""

__all__ = ["main"]

import argparse
import asyncio
import json
import os
import signal
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

from andon.sandbox.company import Company
from andon.sandbox.world import BEGAN


async def _host(told: argparse.Namespace) -> None:
    company = Company(seed=told.seed, andon=told.andon, speed=told.speed, began=told.began)
    await company.start()
    _write(told.environment, company.environment())
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    company.live()
    admitting = asyncio.create_task(_admit(company))
    try:
        await stop.wait()
    finally:
        admitting.cancel()
        await company.stop()


async def _admit(company: Company) -> None:
    """One line of its input says the keys of its partners, for Andon has to run before they are
    made; without it they do nothing."""
    if not stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        return
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    if line := await reader.readline():
        company.admit(json.loads(line))


def _write(path: Path, environment: dict[str, str]) -> None:
    """For its owner alone, and whole: it holds secrets, and somebody waits for it."""
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(environment, indent=2) + "\n")
    os.replace(part, path)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} says no zone")
    return moment.astimezone(UTC)


def main() -> None:
    """Until it is told to stop."""
    words = argparse.ArgumentParser(prog="python -m andon.sandbox", description=__doc__)
    words.add_argument("--environment", type=Path, required=True, help="addresses and secrets")
    words.add_argument("--andon", default="http://127.0.0.1:8420", help="where Andon answers")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--speed", type=float, default=60.0, help="business seconds per second")
    words.add_argument(
        "--began", type=_moment, default=BEGAN, help="business time at the start, with its zone"
    )
    asyncio.run(_host(words.parse_args()))


if __name__ == "__main__":
    main()
