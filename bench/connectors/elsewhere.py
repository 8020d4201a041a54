"""A counterpart in a process of its own, so that its work is not counted as the connector's."""

__all__ = ["Elsewhere", "elsewhere"]

import asyncio
import importlib
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from bench.hub import ROOT


class Elsewhere:
    """Asks it by one JSON line, and is answered by one."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, method: str, *arguments: Any) -> Any:
        """A method of the counterpart, called there: `say`, `effects`, `settings`; or what it has,
        `most`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode([method, arguments]) + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the counterpart ended while it was asked for {method}")
        return msgspec.json.decode(line)


@asynccontextmanager
async def elsewhere(counterpart: str) -> AsyncGenerator[Elsewhere]:
    """The counterpart `module:Class`, started; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.connectors.elsewhere",
        counterpart,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        limit=64 * 1024 * 1024,
    )
    one = Elsewhere(process)
    try:
        await one.ask("start")
        yield one
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def _serve(where: str) -> None:
    module, _, name = where.partition(":")
    counterpart = getattr(importlib.import_module(module), name)()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
        method, arguments = msgspec.json.decode(line)
        asked = getattr(counterpart, method)
        said = asked(*arguments) if callable(asked) else asked
        answer = await said if asyncio.iscoroutine(said) else said
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()
    await counterpart.stop()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
