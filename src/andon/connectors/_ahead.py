"""The next page is asked for while this one is taken: their time and ours run side by side."""

__all__ = ["ahead"]

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

T = TypeVar("T")


async def ahead(pages: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """The same pages; one of them waits, no more. Who ends early ends what was asked for, too."""
    coming = asyncio.ensure_future(_next(pages))
    try:
        while (page := await coming) is not None:
            coming = asyncio.ensure_future(_next(pages))
            await asyncio.sleep(0)  # it is asked for before anybody works on this one
            yield page
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await pages.aclose()


async def _next(pages: AsyncGenerator[T]) -> T | None:
    return await anext(pages, None)
