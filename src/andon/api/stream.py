"""The feed as server-sent events: bounded, ended on time, never kept for a page that is gone."""

__all__ = ["feed", "feed_routes"]

import asyncio
from typing import Any

from litestar import get
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.types import ASGIApp

from andon.api.callers import Asked, caller_of, still_welcome
from andon.api.feed import Feed, Listener
from andon.api.problems import ProblemError
from andon.visibility.place import read_place

BEAT = 15.0
TAKES_WITHIN = 10.0
"""A page that does not take a line for so long is dropped; it comes again by itself."""

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@get(
    "/v1/feed",
    opt={"scope": "read"},
    media_type="text/event-stream",
    responses={
        200: ResponseSpec(
            str,
            generate_examples=False,
            media_type="text/event-stream",  # type: ignore[arg-type] any text is taken
            description="Events `changed` {subjects, position}, `exceptions`, `connections`",
            examples=[
                Example(
                    value="id: 5d2c81f09a3e-7\nevent: changed\n"
                    'data: {"subjects":["production-order/erp:1"],"position":7}\n\n'
                )
            ],
        )
    },
)
async def feed(request: Asked) -> ASGIApp:
    """What changed, as it happens; Last-Event-ID resumes. `subjects: null`: look at all again.

    An id counts in one generation of the log. After a restore or a failover it is refused with
    409: read everything again and begin without it.
    """
    told: Feed = request.app.state.feed
    if told.full or told.ended:
        raise ProblemError(
            503, "No more pages can be told at the moment.", headers={"Retry-After": "5"}
        )
    return _Stream(request, told)


class _Stream:
    def __init__(self, request: Asked, told: Feed) -> None:
        self._request = request
        self._feed = told
        last = request.headers.get("last-event-id")
        self._after = read_place(last) if last else None

    async def __call__(self, _: Any, receive: Any, send: Any) -> None:
        listener = Listener(caller_of(self._request).sites)
        words = await self._feed.join(listener, self._after)
        gone = asyncio.create_task(_gone(receive, listener))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await _line(send, words or b": hello\n\n")
            await self._tell(listener, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            pass  # it did not read; leaving the response unfinished closes its connection
        finally:
            self._feed.leave(listener)
            gone.cancel()

    async def _tell(self, listener: Listener, send: Any) -> None:
        while not self._feed.ended:
            try:
                async with asyncio.timeout(BEAT):
                    words = await listener.unsent.get()
            except TimeoutError:
                words = b": beat\n\n"
                if not await still_welcome(self._request):
                    return
            if words is None:
                return
            await _line(send, words)


async def _line(send: Any, words: bytes) -> None:
    async with asyncio.timeout(TAKES_WITHIN):
        await send({"type": "http.response.body", "body": words, "more_body": True})


async def _gone(receive: Any, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


feed_routes: tuple[Any, ...] = (feed,)
