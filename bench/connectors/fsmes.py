"""fsmes: confirmations pushed, orders fetched; beside msgspec alone.

An order is fetched when it was offered and acknowledged. Bare decodes and encodes the same, and
makes sure that the MES will read an order it is offered.
"""

__all__ = ["measure"]

from typing import Any
from urllib.parse import unquote

import msgspec

from andon.connectors.fsmes import Fsmes
from andon.connectors.fsmes.confirmations import Envelope
from andon.connectors.fsmes.simulator import FsmesFloor
from andon.core.connector import Acknowledge, Arrival, Offer, Offered, Push
from andon.testing.conformance.trial import settings_of
from bench.connectors import Figure, measured

_POSTS = 30_000
_ORDERS = 200
"""On offer at once."""
_LOOKS = 200


async def measure() -> list[Figure]:
    """What the MES asks is in memory: what the doors themselves cost."""
    floor = FsmesFloor()
    fsmes = Fsmes("mes", settings_of(Fsmes, floor.settings()))
    offer, acknowledge, push = fsmes.doors()
    assert isinstance(offer, Offer)
    assert isinstance(acknowledge, Acknowledge)
    assert isinstance(push, Push)
    return [
        await _pushed(push, [arrival for arrival, _ in floor.arrivals(_POSTS)]),
        await _fetched(offer, acknowledge, floor),
    ]


async def _pushed(door: Push, posts: list[Arrival]) -> Figure:
    async def work() -> int:
        return sum(len(door.items(post)) for post in posts)

    async def bare() -> int:
        decode = msgspec.json.Decoder(Envelope).decode
        said = (decode(post.body) for post in posts)
        return sum(1 for one in said if one.kind and one.message_key)

    return await measured("fsmes", "push", work=work, bare=bare)


async def _fetched(offer: Offer, acknowledge: Acknowledge, floor: FsmesFloor) -> Figure:
    waiting = [Offered(f"K{n}", floor.wanted(f"MO{n}")) for n in range(_ORDERS)]
    have = [floor.acknowledge(f"MO{n}") for n in range(_ORDERS)]
    asks = floor.ask()

    async def work() -> int:
        count = 0
        for _ in range(_LOOKS):
            fit = [one for one in waiting if offer.withholds(one) is None]
            assert offer.render(asks, fit)
            count += len([acknowledge.read(one).names for one in have])
        return count

    units: dict[str, str] = floor.settings()["units"]

    def fits(row: dict[str, Any]) -> bool:
        unit = units.get(row["material"], "u")
        return row["unit"] == unit and not any(sign in row["code"] for sign in "/?#% ")

    async def bare() -> int:
        count = 0
        for _ in range(_LOOKS):
            rows: list[dict[str, Any]] = [one.request.body for one in waiting]
            fit = [row for row in rows if fits(row)]
            assert msgspec.json.encode(fit)
            count += len([unquote(one.path["code"]) for one in have])
        return count

    return await measured("fsmes", "fetch", work=work, bare=bare)
