"""Waiting for what must come, and saying what did not."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

__all__ = ["until"]


async def until(
    true: Callable[[], bool | Awaitable[bool]], what: str, *, within: float = 60.0, every: float
) -> None:
    """Returns as soon as it holds; a TimeoutError names what did not."""
    try:
        async with asyncio.timeout(within):
            while True:
                holds = true()
                if await holds if inspect.isawaitable(holds) else holds:
                    return
                await asyncio.sleep(every)
    except TimeoutError:
        raise TimeoutError(f"not within {within:g} s: {what}") from None
