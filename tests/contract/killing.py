"""A sender that is killed before each thing it does to its folder, once for every such step.

`python -m tests.contract.killing HOME` leaves one folder for each: `HOME/0`, `HOME/1`, and the last
of them as nobody was killed.
"""

__all__ = ["BESIDE"]

import asyncio
import itertools
import os
import sys
from pathlib import Path
from typing import Any

from andon.connectors._folders.layout import Beside
from andon.core.connector import Request
from tests.contract.folders import exchange

BESIDE = Beside(files={".sent/copy": b"A"}, notes=(".sent/awaited",), says="850")
_STEPS = {"open", "os.symlink", "os.link", "os.rename", "os.mkdir", "os.remove"}


async def _send(root: Path) -> None:
    async with exchange(root) as one:
        await one.send(Request(target="orders", body="A"), "a", BESIDE)


def _killed(root: Path, at: int) -> bool:
    """Whether it was killed before it was done."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    steps = itertools.count()

    def step(event: str, about: tuple[Any, ...]) -> None:
        places = [os.fsdecode(one) for one in about if isinstance(one, str | bytes | os.PathLike)]
        ours = event in _STEPS and any(one.startswith(str(root)) for one in places)
        if ours and next(steps) == at:
            os._exit(9)  # as a kill: nothing is tidied up

    sys.addaudithook(step)
    asyncio.run(_send(root))
    os._exit(0)


if __name__ == "__main__":
    for at in itertools.count():
        root = Path(sys.argv[1]) / f"{at}"
        root.mkdir()
        if not _killed(root, at):
            break
