"""A small MES: fetches, acknowledges, makes and confirms, with the real one's oddities."""

__all__ = ["COUNTERPARTS", "FsmesFloor", "FsmesSimulator", "Made"]

import asyncio
import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec

from andon.core.connector import Arrival, Request
from andon.core.counterpart import Counterpart, Fetches, Pushes


class Made(msgspec.Struct, frozen=True):
    """How an order turns out."""

    good: float
    scrap: float = 0.0
    lots: dict[str, str] = {}
    """Lot by material, for what goes in."""


class FsmesSimulator:
    """Talks to an ERP face at `erp_url`. Confirmations that do not get through are kept."""

    def __init__(self, erp_url: str, *, key: str = "", pace: timedelta = timedelta()) -> None:
        self._url = erp_url.rstrip("/")
        self._headers = {"authorization": aiohttp.encode_basic_auth("mes", key)} if key else {}
        self._pace = pace.total_seconds()
        self.orders: dict[str, dict[str, Any]] = {}
        self.outbox: list[dict[str, Any]] = []
        self.parts: dict[str, dict[str, float]] = {
            "FG-COLA": {"RAW-FLAVOR": 0.1, "RAW-SUGAR": 0.5},
            "FG-WATER": {"RAW-FLAVOR": 0.01},
        }

    async def run(self, *, every: timedelta = timedelta(seconds=1)) -> None:
        """Fetches, makes what it knows with one piece over, delivers; until cancelled."""
        async with self.session() as http:
            while True:
                try:
                    for code in await self.fetch(http):
                        await asyncio.sleep(self._pace)
                        self.make(code, Made(good=float(self.orders[code]["quantity"]) + 1))
                    await self.deliver(http)
                except (aiohttp.ClientError, TimeoutError):
                    pass  # the ERP face is away; what is in the outbox waits
                await asyncio.sleep(every.total_seconds())

    def session(self) -> aiohttp.ClientSession:
        """A session that carries the key, as the MES sends it: HTTP Basic."""
        return aiohttp.ClientSession(headers=self._headers)

    async def fetch(self, http: aiohttp.ClientSession) -> list[str]:
        """Takes what is on offer. It acknowledges also what it then cannot make."""
        async with http.get(f"{self._url}/orders", params={"status": "new"}) as answer:
            answer.raise_for_status()
            rows: list[dict[str, Any]] = await answer.json()
        taken: list[str] = []
        for row in rows:
            code: str = row["code"]
            if code not in self.orders and row["material"] in self.parts:
                self.orders[code] = row
                taken.append(code)
            async with http.post(f"{self._url}/orders/{code}/ack") as answer:
                answer.raise_for_status()
        return taken

    def make(self, code: str, made: Made) -> None:
        """Runs the order and puts two operation confirmations and a completion into the outbox."""
        order = self.orders[code]
        began = datetime.now(UTC).replace(tzinfo=None)
        head = {
            "order": code,
            "erp_reference": order["erp_reference"],
            "material": order["material"],
        }
        came_in = float(order["quantity"])
        for seq, name, machine in ((10, "Mix", "MIX01"), (20, "Pack", "PACK01")):
            self.outbox.append(
                {
                    "kind": "operation_confirmation",
                    "message_key": f"{code}:op{seq}",
                    **head,
                    "seq": seq,
                    "operation": name,
                    "equipment": machine,
                    "work_center": "LINE1",
                    "cost_center": None,
                    "input_qty": came_in,
                    "good_qty": made.good,
                    "scrap_qty": made.scrap,
                    "wip_qty": came_in - made.good - made.scrap,
                    "setup_seconds": None,
                    "machine_seconds": 1.5,
                    "labour_seconds": None,
                    "started_at": began.isoformat(),
                    "completed_at": (began + timedelta(seconds=1.5)).isoformat(),
                    "components": self._consumed(order, made, machine) if seq == 10 else [],
                }
            )
            came_in = made.good
        ordered = float(order["quantity"])
        self.outbox.append(
            {
                "kind": "order_completion",
                "message_key": f"{code}:completion",
                **head,
                "ordered_qty": ordered,
                "good_qty": made.good,
                "scrap_qty": made.scrap * 2,
                "over_qty": max(0.0, made.good - ordered),
                "lot": f"{code}-FG" if made.good > 0 else None,
                "started_at": began.isoformat(),
                "completed_at": (began + timedelta(seconds=3)).isoformat(),
            }
        )

    async def deliver(self, http: aiohttp.ClientSession) -> int:
        """Offers each message once; what is not answered with 2xx stays. Returns how many went."""
        left: list[dict[str, Any]] = []
        for message in self.outbox:
            try:
                async with http.post(f"{self._url}/confirmations", json=message) as answer:
                    if answer.status >= 300:
                        left.append(message)
            except (aiohttp.ClientError, TimeoutError):
                left.append(message)
        went = len(self.outbox) - len(left)
        self.outbox = left
        return went

    def _consumed(self, order: dict[str, Any], made: Made, machine: str) -> list[dict[str, Any]]:
        return [
            {
                "lot": made.lots.get(part, f"LOT-{part.removeprefix('RAW-')}-001"),
                "material": part,
                "quantity": share * float(order["quantity"]),
                "equipment": machine,
            }
            for part, share in self.parts[order["material"]].items()
        ]


class FsmesFloor(Counterpart, Pushes, Fetches):
    """The other side of the doors: what the MES would post and ask, without a network."""

    name = "simulator"

    def __init__(self) -> None:
        self._mes = FsmesSimulator("http://127.0.0.1")
        self._numbers = itertools.count(1001)

    async def start(self) -> None:
        """It is always there: it calls, nobody calls it."""

    async def stop(self) -> None:
        """Nothing is open."""

    def settings(self) -> dict[str, Any]:
        """What it counts sugar and flavor in."""
        return {"units": {"RAW-SUGAR": "kg", "RAW-FLAVOR": "l"}}

    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        """Confirmations of as many orders as it takes."""
        posts: list[tuple[Arrival, str]] = []
        while len(posts) < count:
            code = f"MO{next(self._numbers)}"
            self._mes.orders[code] = {**self._row(code), "quantity": 10}
            self._mes.make(code, Made(good=11, scrap=1))
            posts += [
                (Arrival({}, {}, {}, msgspec.json.encode(said)), said["message_key"])
                for said in self._mes.outbox
            ]
            self._mes.outbox.clear()
        return posts[:count]

    def bad_arrival(self) -> Arrival:
        """A confirmation nobody can tell from another: it has no key."""
        return Arrival({}, {}, {}, b'{"kind": "order_completion", "order": "MO1"}')

    def ask(self) -> Arrival:
        """Its look for new orders."""
        return Arrival({}, {"status": "new"}, {}, b"")

    def wanted(self, names: str) -> Request:
        """An order of this number."""
        return Request(target="order", body=self._row(names), names=names)

    def acknowledge(self, names: str) -> Arrival:
        """It puts the number into the address."""
        return Arrival({"code": names}, {}, {}, b"")

    def _row(self, code: str) -> dict[str, Any]:
        return {
            "code": code,
            "material": "FG-COLA",
            "quantity": 10.0,
            "unit": "u",
            "erp_reference": code,
        }


COUNTERPARTS = (FsmesFloor,)
