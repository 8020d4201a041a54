"""Many askers, one look; no failure is kept."""

import asyncio

import pytest

from andon.api.recent import Recent


async def test_askers_at_the_same_time_share_one_look() -> None:
    asked: list[int] = []
    recent: Recent[int] = Recent(within=60)

    async def ask() -> int:
        asked.append(1)
        await asyncio.sleep(0)
        return len(asked)

    assert await asyncio.gather(*(recent.get("a", ask) for _ in range(5))) == [1] * 5
    assert await recent.get("b", ask) == 2


async def test_an_old_answer_is_asked_again() -> None:
    recent: Recent[int] = Recent(within=-1)
    answers = iter([1, 2])

    async def ask() -> int:
        return next(answers)

    assert [await recent.get("a", ask), await recent.get("a", ask)] == [1, 2]


async def test_a_failure_is_not_kept() -> None:
    recent: Recent[int] = Recent(within=60)

    async def fail() -> int:
        raise OSError("gone")

    async def ask() -> int:
        return 1

    with pytest.raises(OSError, match="gone"):
        await recent.get("a", fail)
    assert await recent.get("a", ask) == 1
