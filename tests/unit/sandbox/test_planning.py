"""Planning: what is changed is made longer or shorter in its place, what is closed has none, and
each order that it moves for another is said with the reason."""

import hashlib
import hmac
import time
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import aiohttp
import msgspec

from andon.sandbox.lab import compare, maintenance
from andon.sandbox.systems.planning import Planning
from andon.sandbox.world import World

IDS = count(1)


async def told(planning: Planning, type: str, **data: Any) -> int:
    """As Andon posts it."""
    body, at = msgspec.json.encode({"type": type, "data": data}), str(int(time.time()))
    made = hmac.new(planning.secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    headers = {
        "X-Timestamp": at, "X-Signature-256": made.hexdigest(), "webhook-id": str(next(IDS)),
    }  # fmt: skip
    url = planning.environment()["COMPANY_PLANNING_URL"]
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as said:
        return said.status


async def order(planning: Planning, name: str, amount: int, due: datetime | None = None) -> None:
    data = {"order": name, "item": "VALVE", "quantity": str(amount), "due": due}
    assert await told(planning, "order", **data) == 200


def said(planning: Planning) -> list[tuple[str, str | None]]:
    """What it has said since it was looked at last: order and reason, counted without a gap."""
    words = [msgspec.json.decode(body) for _, body in planning.outbox.waiting]
    planning.outbox.waiting.clear()
    numbers = [word["sequence"] for word in words]
    assert numbers == list(range(numbers[0], numbers[0] + len(words)))
    return [(word["order"], word["reason"]) for word in words]


async def test_a_changed_order_keeps_its_place_and_those_behind_make_room() -> None:
    planning = Planning(World(1), "http://127.0.0.1:9")
    await planning.start()
    try:
        for name in ("a", "b", "c"):
            await order(planning, name, 10)
        a, b, c = (planning.jobs[name] for name in ("a", "b", "c"))
        began = a.starts
        await order(planning, "a", 20)
        assert a.starts == began
        assert b.starts == a.ends
        assert c.starts == b.ends
        await order(planning, "a", 5)
        assert a.ends < b.starts, "what is behind stays where it is"
        assert await told(planning, "order.closed", order="b", why="done") == 200
        assert await told(planning, "order.closed", order="unknown", why="done") == 200
        open = {"a": Decimal(5), "c": Decimal(10)}
        assert compare(open.items(), maintenance.scheduled(planning)).well
    finally:
        await planning.stop()


async def test_an_order_that_is_due_sooner_or_cancelled_moves_those_behind_it() -> None:
    planning = Planning(World(1), "http://127.0.0.1:9")
    await planning.start()
    try:
        week = planning.world.now() + timedelta(days=7)
        for name in ("a", "b", "c"):
            await order(planning, name, 10, week)
        assert said(planning) == [("a", None), ("b", None), ("c", None)]
        a, b, c = (planning.jobs[name] for name in ("a", "b", "c"))

        await order(planning, "urgent", 10, week - timedelta(days=1))
        urgent = planning.jobs["urgent"]
        assert (urgent.starts, a.starts, b.starts) == (planning.world.now(), urgent.ends, a.ends)
        why = "urgent is due sooner"
        assert said(planning) == [("urgent", None), ("a", why), ("b", why), ("c", why)]

        await order(planning, "a", 12, week)
        why = "a was changed"
        assert said(planning) == [("a", None), ("b", why), ("c", why)]

        assert await told(planning, "order.closed", order="b", why="cancelled") == 200
        assert c.starts == a.ends
        assert said(planning) == [("c", "b is cancelled")]
    finally:
        await planning.stop()
