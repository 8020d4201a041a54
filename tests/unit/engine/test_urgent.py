"""Urgent: what binds a held lot does not wait for what is about anything else."""

import asyncio
from typing import ClassVar

from tests.unit.engine.test_deliver import Desk, Post, Stop, until


class Bind(Post, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "unit.order.bind.v1"
    URGENT: ClassVar[bool] = True


async def test_what_is_urgent_leaves_before_all_that_waits_for_its_target() -> None:
    desk = Desk(concurrency=1)
    gate = asyncio.Event()
    desk.sink.script["a1"] = [gate]
    desk.put("a1")
    await until(lambda: desk.sink.calls == ["a1"])
    for n in range(100):
        desk.put(f"x{n}", f"X{n}")
    for order in "BC":
        desk.put(f"bind-{order}", order, shape=Bind)
    desk.put("stop", "D", shape=Stop)
    gate.set()
    await until(lambda: len(desk.delivered()) == 104)
    assert desk.delivered()[:4] == ["a1", "bind-B", "bind-C", "stop"]


async def test_what_is_urgent_keeps_its_place_behind_what_is_about_the_same() -> None:
    """Else it would pass the release of an older hold, which then frees what is held."""
    desk = Desk()
    gate = asyncio.Event()
    desk.sink.script["free"] = [gate]
    desk.put("free")
    desk.put("bind", shape=Bind)
    desk.put("b1", "B")
    await until(lambda: desk.delivered() == ["b1"])
    gate.set()
    await until(lambda: desk.delivered() == ["b1", "free", "bind"])


async def test_behind_an_outage_what_is_urgent_asks_first_and_leaves_first() -> None:
    desk = Desk(concurrency=1)
    desk.sink.refuses_first = 1
    for n in range(20):
        desk.put(f"x{n}", f"X{n}")
    desk.put("bind", "B", shape=Bind)
    await until(lambda: len(desk.delivered()) == 21)
    assert desk.sink.calls[:3] == ["bind", "bind", "x0"]
