"""The lab's people: what they cannot see is not nothing."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from andon.app.lab.people import People


class Cases:
    """Shows cases, and takes what is said of them."""

    def __init__(self, *cases: dict[str, Any], status: int = 200) -> None:
        self.cases = cases
        self.status = status
        self.said: list[tuple[str, Any]] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One call."""
        if request.method == "POST":
            self.said.append((request.path, await request.json()))
            return web.json_response({})
        body = {"items": self.cases} if self.status == 200 else {"title": "not now"}
        return web.json_response(body, status=self.status)


@asynccontextmanager
async def _people(cases: Cases, *wrong: str) -> AsyncGenerator[People]:
    """`wrong` are the subjects of which something is to be taken back."""
    left = list(wrong)

    def takes_back(subject: str) -> bool:
        return subject in left and not left.remove(subject)

    runner = web.ServerRunner(web.Server(cases.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as http:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield People(http, url, takes_back=takes_back)
    finally:
        await runner.cleanup()


def _case(id: int, code: str, *choices: str, text: str = "") -> dict[str, Any]:
    return {
        "id": id, "code": code, "choices": list(choices), "answer": None, "subject": f"order/{id}",
        "text": text,
    }  # fmt: skip


async def test_they_answer_what_is_asked_and_leave_open_what_they_do_not_know() -> None:
    odd = _case(3, "mapping-defect")
    cases = Cases(
        _case(1, "question", "it is posted", "post again"), _case(2, "repeated-interchange"), odd
    )
    async with _people(cases) as people:
        assert await people.look() == [odd]
        assert people.answered == {"question: post again": 1, "repeated-interchange: seen": 1}
        assert people.about == {"order": 2}
    assert cases.said == [
        ("/v1/exceptions/1/answer", {"answer": "post again"}),
        ("/v1/exceptions/2/resolve", {"note": "seen"}),
    ]


async def test_what_a_floor_refuses_is_taken_back_and_answered_where_it_is_too_late() -> None:
    both = [_case(n, "question", "ask the floor again", "leave the floor as it is") for n in (1, 2)]
    cases = Cases(*both)
    async with _people(cases, "order/1") as people:
        assert await people.look() == [both[0]]
        assert await people.look() == []
    leaves = {"answer": "leave the floor as it is"}
    assert cases.said == [(f"/v1/exceptions/{n}/answer", leaves) for n in (2, 1, 2)]
    assert people.answered["question: taken back"] == 1


async def test_purchasing_decides_now_this_now_that_and_the_same_of_the_same() -> None:
    back = ("send it back for replacement", "send it back for credit")
    texts = [f"on S1{n:05}" for n in range(30)]

    async def said() -> list[str]:
        cases = Cases(
            *(_case(n, "question", "it is claimed", *back, text=t) for n, t in enumerate(texts))
        )
        async with _people(cases) as people:
            assert await people.look() == []
        return [body["answer"] for _, body in cases.said]

    first = await said()
    assert set(first) == {"it is claimed", *back}
    assert await said() == first
    only = Cases(*(_case(n, "question", "it is claimed", text=t) for n, t in enumerate(texts)))
    async with _people(only) as people:
        await people.look()
    assert {body["answer"] for _, body in only.said} == {"it is claimed"}


async def test_an_andon_that_does_not_show_its_cases_has_not_none() -> None:
    for status in (401, 503):
        async with _people(Cases(status=status)) as people:
            assert await people.look() is None
    async with aiohttp.ClientSession() as http:
        assert await People(http, "http://127.0.0.1:9", takes_back=bool).look() is None
    async with _people(Cases()) as people:
        assert await people.look() == []
