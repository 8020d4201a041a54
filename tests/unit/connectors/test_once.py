"""Work that many wait for and that is done once."""

import asyncio

import pytest

from andon.connectors._folders.once import Once


class Work:
    """Waits until it may end, and counts its beginnings."""

    def __init__(self, *failures: Exception) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()
        self._failures = list(failures)

    async def __call__(self) -> None:
        self.begun += 1
        await self.may_end.wait()
        if self._failures:
            raise self._failures.pop(0)


async def test_all_who_come_meanwhile_wait_for_the_same_work() -> None:
    once, work = Once(), Work()
    waiting = [asyncio.create_task(once("a", work)) for _ in range(5)]
    await asyncio.sleep(0)
    work.may_end.set()
    await asyncio.gather(*waiting)
    assert work.begun == 1
    await once("a", work)
    assert work.begun == 2


async def test_it_goes_on_though_the_one_who_began_it_gives_up() -> None:
    once, work = Once(), Work()
    first = asyncio.create_task(once("a", work))
    await asyncio.sleep(0)
    second = asyncio.create_task(once("a", work))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    work.may_end.set()
    await second
    assert work.begun == 1


async def test_a_failure_is_told_to_all_and_the_next_begins_again() -> None:
    once, work = Once(), Work(OSError("away"))
    work.may_end.set()
    told = await asyncio.gather(*(once("a", work) for _ in range(3)), return_exceptions=True)
    assert [str(one) for one in told] == ["away"] * 3
    await once("a", work)
    assert work.begun == 2


async def test_what_is_under_way_ends_with_a_close() -> None:
    once, work = Once(), Work()
    waiting = asyncio.create_task(once("a", work))
    await asyncio.sleep(0)
    await once.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
