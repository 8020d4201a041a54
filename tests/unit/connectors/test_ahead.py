"""One page ahead: the same pages, no more of them than one, and nothing left behind."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from andon.connectors._ahead import ahead


class Book:
    """Pages that are made when they are asked for."""

    def __init__(self, pages: int, *, then: Exception | None = None) -> None:
        self._pages = pages
        self._then = then
        self.asked = 0
        self.turned = asyncio.Event()
        self.closed = False

    async def read(self) -> AsyncGenerator[list[int]]:
        try:
            for page in range(self._pages):
                self.asked += 1
                self.turned.set()
                yield [page]
            if self._then is not None:
                raise self._then
        finally:
            self.closed = True


async def test_pages_come_in_their_order_and_an_empty_one_is_a_page() -> None:
    async def read() -> AsyncGenerator[list[int]]:
        for page in ([1], [], [2]):
            yield page

    assert [page async for page in ahead(read())] == [[1], [], [2]]


async def test_one_page_is_asked_for_while_another_is_taken_and_no_more() -> None:
    book = Book(10)
    pages = ahead(book.read())
    assert await anext(pages) == [0]
    for _ in range(100):
        await asyncio.sleep(0)
    assert book.asked == 2
    await pages.aclose()
    assert (book.asked, book.closed) == (2, True)


async def test_what_breaks_the_next_page_is_said_after_this_one() -> None:
    book = Book(2, then=OSError("gone"))
    pages = ahead(book.read())
    assert [await anext(pages), await anext(pages)] == [[0], [1]]
    with pytest.raises(OSError, match="gone"):
        await anext(pages)
    assert book.closed


async def test_who_stops_does_not_hear_what_would_have_broken() -> None:
    book = Book(1, then=OSError("gone"))
    pages = ahead(book.read())
    assert await anext(pages) == [0]
    await asyncio.sleep(0)
    await pages.aclose()
    assert book.closed


@pytest.mark.parametrize("taken", [0, 1])
async def test_a_page_that_never_comes_is_given_up_at_once(taken: int) -> None:
    ended = asyncio.Event()

    async def read() -> AsyncGenerator[int]:
        try:
            for page in range(taken):
                yield page
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def follow() -> None:
        async for _ in ahead(read()):
            pass

    following = asyncio.ensure_future(follow())
    for _ in range(10):
        await asyncio.sleep(0)
    following.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await following
    assert ended.is_set()
