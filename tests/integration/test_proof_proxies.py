"""Between the systems under proof: an answer is held after its commit, a line breaks off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from proof.proxy import Proxy, held_at_kill
from proof.real.line import Line, fate
from proof.waiting import until


class System:
    """Commits whatever is posted to it, and refuses what is called `no`."""

    def __init__(self) -> None:
        self.committed: list[str] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        said = await request.text()
        if said == "no":
            return web.Response(status=400)
        self.committed.append(said)
        return web.Response(text=f"did {said}")


@pytest.fixture
async def system() -> AsyncIterator[System]:
    running = System()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", running.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    running.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield running
    await runner.cleanup()


async def post(url: str, said: str) -> str:
    """What came back."""
    async with aiohttp.ClientSession() as session, session.post(url, data=said) as answer:
        return await answer.text()


def by_path(method: str, path: str, body: bytes) -> str | None:
    return path.strip("/") or None


async def test_an_answer_is_held_after_its_commit_and_the_others_from_then_on(
    system: System, tmp_path: Path
) -> None:
    async with Proxy(system.url, tmp_path / "log", named=by_path) as proxy:
        proxy.hold("lot")
        assert await post(f"{proxy.url}/order", "1") == "did 1"
        held = [asyncio.create_task(post(f"{proxy.url}/lot", "2"))]
        await until(lambda: proxy.held == 1, "the lot's answer held", every=0.01)
        held.append(asyncio.create_task(post(f"{proxy.url}/order", "3")))
        await until(lambda: proxy.held == 2, "the next one's too", every=0.01)
        assert system.committed == ["1", "2", "3"]
        assert not any(task.done() for task in held)

        proxy.note("kill", "round 1")
        proxy.release()
        assert await asyncio.gather(*held) == ["did 2", "did 3"]
        proxy.note("kill", "round 2")
    assert [call.name for call in held_at_kill(tmp_path / "log", 1)] == ["lot", "order"]
    assert held_at_kill(tmp_path / "log", 2) == []


async def test_a_refusal_is_no_commit_and_is_not_held(system: System, tmp_path: Path) -> None:
    async with Proxy(system.url, tmp_path / "log", named=by_path) as proxy:
        proxy.hold()
        assert await post(f"{proxy.url}/lot", "no") == ""
        assert proxy.committed == []


def message(wanted: str) -> str:
    """A confirmation with this fate."""
    key = next(f"MO{n}:op10" for n in range(1000) if fate(f"MO{n}:op10") == wanted)
    return f'{{"message_key":"{key}"}}'


@pytest.mark.parametrize(("wanted", "reached"), [("cut", 0), ("unanswered", 1)])
async def test_the_line_breaks_at_the_first_delivery_only(
    system: System, wanted: str, reached: int
) -> None:
    said = message(wanted)
    async with Line(system.url) as line:
        address = f"http://127.0.0.1:{line.port}/in/mes/confirmations"
        with pytest.raises(aiohttp.ClientError):
            await post(address, said)
        assert len(system.committed) == reached
        assert await post(address, said) == f"did {said}"
        assert len(line.cut) + len(line.unanswered) == 1


async def test_the_line_passes_what_it_does_not_break(system: System) -> None:
    said = message("passes")
    async with Line(system.url) as line:
        at = f"http://127.0.0.1:{line.port}/in/mes"
        assert await post(f"{at}/confirmations", said) == f"did {said}"
        assert await post(f"{at}/orders/MO1/ack", "") == "did "


async def test_a_line_to_nobody_breaks(system: System) -> None:
    async with Line("http://127.0.0.1:9") as line:
        with pytest.raises(aiohttp.ClientError):
            await post(f"http://127.0.0.1:{line.port}/in/mes/confirmations", message("passes"))
        assert line.unanswered == set()
