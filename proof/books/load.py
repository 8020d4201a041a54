"""The MES: posts facts, and posts again until each is accepted."""

import asyncio
import time
from types import TracebackType
from typing import Self

import aiohttp
import msgspec

__all__ = ["Load"]

_AGAIN = 0.05


class Load:
    """Posts facts at a steady pace until it is left; `accepted` has the instant of each."""

    def __init__(self, url: str, key: str, *, prefix: str, per_s: float) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._prefix = prefix
        self._pause = 1 / per_s
        self._posts: set[asyncio.Task[None]] = set()
        self.begun: dict[str, float] = {}
        self.accepted: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=5)
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=timeout)
        self._pacing = asyncio.create_task(self._pace())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pacing.cancel()
        for post in self._posts:
            post.cancel()
        await asyncio.gather(self._pacing, *self._posts, return_exceptions=True)
        await self._session.close()

    async def finish(self) -> None:
        """Begins nothing more; returns when all that was begun is accepted."""
        self._pacing.cancel()
        await asyncio.gather(*self._posts)

    async def _pace(self) -> None:
        n = 0
        while True:
            n += 1
            post = asyncio.create_task(self._post(f"{self._prefix}-{n}"))
            self._posts.add(post)
            post.add_done_callback(self._posts.discard)
            await asyncio.sleep(self._pause)

    async def _post(self, fact: str) -> None:
        self.begun[fact] = time.monotonic()
        body = msgspec.json.encode({"id": fact, "order_id": fact})
        while True:
            try:
                async with self._session.post(self._url, data=body) as answer:
                    await answer.read()
                    if answer.status == 202:
                        self.accepted[fact] = time.monotonic()
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass  # nobody accepted it, so it is still ours to post
            await asyncio.sleep(_AGAIN)
