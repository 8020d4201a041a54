"""The worker process."""

__all__ = ["work"]

import asyncio
from collections.abc import Awaitable

from andon.engine.clock import SYSTEM_CLOCK, Clock
from andon.engine.plan import Plan
from andon.engine.worker import Worker


async def work(
    plan: Plan,
    dsn: str,
    *,
    clock: Clock = SYSTEM_CLOCK,
    host: str,
    port: int,
    until: Awaitable[object],
) -> None:
    """Works until `until` is done; raises when its database session is lost."""
    del host, port
    worker = Worker(plan, dsn, clock)
    stopping = asyncio.ensure_future(until)
    stopping.add_done_callback(lambda _: worker.stop())
    try:
        await worker.run()
    finally:
        stopping.cancel()
