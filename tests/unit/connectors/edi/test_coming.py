"""Items read ahead: all of them in their order, no more than fit, and nothing left open."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from andon.connectors.edi.coming import Coming
from andon.core.connector import Item

LONG = 10.0
"""Seconds; no test waits for them."""


class Pages:
    """Gives items as fast as they are taken, and says how many were and whether it was closed."""

    def __init__(self, count: int, size: int = 1, then: Exception | None = None) -> None:
        self._count = count
        self._size = size
        self._then = then
        self.given = 0
        self.closed = False

    async def read(self) -> AsyncGenerator[Item]:
        try:
            for number in range(self._count):
                self.given += 1
                yield Item(kind="one", key=str(number), raw=b"x" * self._size)
            if self._then is not None:
                raise self._then
            await asyncio.Event().wait()
        finally:
            self.closed = True


async def _read_ahead() -> None:
    for _ in range(2_000):
        await asyncio.sleep(0)


async def test_what_came_meanwhile_comes_together_and_in_order() -> None:
    coming = Coming(Pages(500).read())
    keys: list[str] = []
    sizes: list[int] = []
    while len(keys) < 500:
        came = await coming.within(LONG)
        keys += [item.key for item in came]
        sizes.append(len(came))
        await _read_ahead()
    assert keys == [str(number) for number in range(500)]
    assert max(sizes) == 200
    await coming.aclose()


@pytest.mark.parametrize(("size", "most"), [(1, 200), (300_000, 4)])
async def test_no_more_is_read_ahead_than_fits(size: int, most: int) -> None:
    pages = Pages(500, size)
    coming = Coming(pages.read())
    await coming.within(LONG)
    taken = pages.given
    await _read_ahead()
    assert pages.given - taken <= most
    await coming.aclose()
    assert pages.closed


async def test_what_fails_is_raised_behind_what_came_before() -> None:
    coming = Coming(Pages(3, then=ValueError("broken")).read())
    came = list(await coming.within(LONG))
    while len(came) < 3:
        came += await coming.within(LONG)
    with pytest.raises(ValueError, match="broken"):
        await coming.within(LONG)
    await coming.aclose()


async def test_where_nothing_comes_the_wait_ends_and_nothing_is_left_waiting() -> None:
    coming = Coming(Pages(0).read())
    before = len(asyncio.all_tasks())
    for _ in range(50):
        assert list(await coming.within(0.001)) == []
    assert len(asyncio.all_tasks()) <= before + 1
    await coming.aclose()
