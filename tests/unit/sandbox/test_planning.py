"""Planning: what is changed is made longer or shorter in its place, what is closed has none."""

import hashlib
import hmac
import time
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


async def order(planning: Planning, name: str, amount: int) -> None:
    assert await told(planning, "order", order=name, item="VALVE", quantity=str(amount)) == 200


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
