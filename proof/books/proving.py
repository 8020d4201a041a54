"""All rounds on one database, against books in this process."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from andon.connectors._ports import free_port
from bench.hub import HubCommand
from proof.books.ledger import Books
from proof.books.rounds import Round, inbox_key, play
from proof.killing import Kill, KilledHub
from proof.proxy import Proxy

__all__ = ["PROJECT", "faults", "prove"]

PROJECT = "proof.books.project:andon"


async def prove(
    kills: Sequence[Kill], *, folder: Path, told: Callable[[str], None] = print
) -> list[Round]:
    """Plays the rounds one after the other."""
    books = Books()
    played: list[Round] = []
    async with AsyncExitStack() as ending:
        address = await books.start()
        ending.push_async_callback(books.stop)
        proxy = await ending.enter_async_context(
            Proxy(address, folder / "proxy.log", named=books.named)
        )
        hub = KilledHub(
            HubCommand(run=f"andon run {PROJECT}", url=f"http://127.0.0.1:{free_port()}"),
            data=folder / "data",
            log=folder / "hub.log",
            environment={
                "ANDON_HOME": str(folder / "home"),
                "ANDON_BENCH_SYSTEMS": proxy.url,
            },
        )
        ending.push_async_callback(asyncio.to_thread, hub.stop)
        hub.start()
        await asyncio.to_thread(hub.wait_until_ready)
        key = await asyncio.to_thread(inbox_key, hub)
        for number, kill in enumerate(kills, 1):
            one = await play(number, kill, hub=hub, key=key, proxy=proxy, target=books)
            played.append(one)
            told(
                f"round {number}: {kill}, {one.held} held, lost {len(one.lost)},"
                f" doubled {len(one.doubled)}, back in {one.recovery_s} s"
            )
    return played


def faults(played: Sequence[Round]) -> list[str]:
    """What the proof does not show."""
    return [
        *(f"round {one.number} lost {one.lost}" for one in played if one.lost),
        *(f"round {one.number} doubled {one.doubled}" for one in played if one.doubled),
        *(f"round {one.number} held no answer" for one in played if not one.held),
    ]
