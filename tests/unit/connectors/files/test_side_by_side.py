"""Calls behind a long line: some side by side, their answers in order, nothing left under way."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from andon.connectors._folders.login import Login
from andon.connectors._folders.sftp import SftpFolder
from andon.core.errors import UnavailableError


class Line:
    """Answers in its own time, and says how many wait."""

    def __init__(self) -> None:
        self.waiting = 0
        self.most = 0
        self.begun = 0

    async def ask(self, number: int) -> int:
        self.begun += 1
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        try:
            for _ in range(100 - number % 100):  # later ones answer earlier
                await asyncio.sleep(0)
            if number == 20:
                raise UnavailableError("gone")
            return number
        finally:
            self.waiting -= 1


def calls(line: Line, numbers: range) -> list[Callable[[], Coroutine[Any, Any, int]]]:
    return [partial(line.ask, number) for number in numbers]


def folder() -> SftpFolder:
    nowhere = Login(host="127.0.0.1", port=9, user="andon", known_hosts="")
    return SftpFolder("mail", nowhere, "/", timedelta(seconds=1))


async def test_answers_are_in_the_order_of_the_calls() -> None:
    line = Line()
    assert await folder().each(calls(line, range(21, 121))) == list(range(21, 121))
    assert 8 <= line.most <= 16
    assert await folder().each(calls(line, range(0))) == []


async def test_after_a_failure_none_is_begun_and_none_is_under_way() -> None:
    line = Line()
    with pytest.raises(UnavailableError, match="gone"):
        await folder().each(calls(line, range(1_000)))
    assert line.waiting == 0
    assert line.begun < 60
