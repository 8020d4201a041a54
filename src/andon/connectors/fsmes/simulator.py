"""A small MES: fetches, acknowledges, makes and confirms, with the real one's oddities."""

__all__ = ["COUNTERPARTS", "FsmesFloor", "FsmesSimulator"]

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from andon.connectors.fsmes.simulated import PARTS, STEPS, Made, completion, confirmation
from andon.core.connector import Arrival, Request
from andon.core.counterpart import Counterpart, Fetches, Pushes


class _Book(msgspec.Struct):
    """What must outlive a kill."""

    orders: dict[str, dict[str, Any]] = {}
    outbox: list[dict[str, Any]] = []
    steps: dict[str, dict[int, Made]] = {}


class FsmesSimulator:
    """Talks to an ERP face at `erp_url`. Confirmations that do not get through are kept.

    With a `file` the order book and what is not delivered yet survive a kill, as in a database.
    """

    def __init__(self, erp_url: str, *, key: str = "", file: Path | None = None) -> None:
        self._url = erp_url.rstrip("/")
        self._headers = {"authorization": aiohttp.encode_basic_auth("mes", key)} if key else {}
        self._file = file
        self._book = _Book()
        if file is not None and file.is_file():
            self._book = msgspec.json.decode(file.read_bytes(), type=_Book)

    @property
    def orders(self) -> dict[str, dict[str, Any]]:
        """The order book by code: what it has fetched and knows how to make."""
        return self._book.orders

    @property
    def outbox(self) -> list[dict[str, Any]]:
        """Messages that nobody has answered with 2xx yet."""
        return self._book.outbox

    @property
    def steps(self) -> dict[str, dict[int, Made]]:
        """What each step of an open order has made so far."""
        return self._book.steps

    def session(self) -> aiohttp.ClientSession:
        """A session that carries the key, as the MES sends it: HTTP Basic."""
        return aiohttp.ClientSession(headers=self._headers, timeout=aiohttp.ClientTimeout(total=10))

    def save(self) -> None:
        """Writes the book down whole; half a file is never left."""
        if self._file is not None:
            part = self._file.with_suffix(".part")
            part.write_bytes(msgspec.json.encode(self._book))
            part.replace(self._file)

    async def fetch(self, http: aiohttp.ClientSession) -> list[str]:
        """Takes what is on offer. It acknowledges also what it then cannot make."""
        async with http.get(f"{self._url}/orders", params={"status": "new"}) as answer:
            answer.raise_for_status()
            rows: list[dict[str, Any]] = await answer.json()
        taken: list[str] = []
        for row in rows:
            code: str = row["code"]
            if code not in self.orders and row["material"] in PARTS:
                self.orders[code] = row
                self.steps[code] = {step.seq: Made() for step in STEPS}
                taken.append(code)
                self.save()  # before the acknowledgment: nobody will offer it again
            async with http.post(f"{self._url}/orders/{code}/ack") as answer:
                answer.raise_for_status()
        return taken

    def make(
        self, code: str, *, good: float, scrap: float = 0.0, lots: dict[str, str] | None = None
    ) -> None:
        """Runs the whole order at once, every step with these figures."""
        now = datetime.now(UTC)
        took = timedelta(seconds=1.5)
        self.steps[code] = {
            step.seq: Made(good, scrap, lots or {}, now + n * took, now + (n + 1) * took)
            for n, step in enumerate(STEPS)
        }
        for step in STEPS:
            self.confirm(code, step.seq)
        self.complete(code)

    def confirm(self, code: str, seq: int) -> None:
        """Says what one step made. Said a second time it is a correction, under the same key."""
        order, steps = self.orders[code], self.steps[code]
        came_in = float(order["quantity"])
        for step in STEPS:
            made = steps.get(step.seq, Made())
            if step.seq == seq:
                self.outbox.append(confirmation(order, step, made, came_in))
                return
            came_in = made.good if made.completed_at else 0.0

    def complete(self, code: str) -> None:
        """Says that the order is done."""
        steps = self.steps.pop(code)
        last = steps[STEPS[-1].seq]
        total = Made(
            good=last.good,
            scrap=sum(made.scrap for made in steps.values()),
            started_at=min(filter(None, (made.started_at for made in steps.values()))),
            completed_at=max(filter(None, (made.completed_at for made in steps.values()))),
        )
        self.outbox.append(completion(self.orders[code], total))

    async def deliver(self, http: aiohttp.ClientSession) -> int:
        """Offers each message once; what is not answered with 2xx stays. Returns how many went."""
        went = 0
        for message in list(self.outbox):
            try:
                async with http.post(f"{self._url}/confirmations", json=message) as answer:
                    if answer.status < 300:
                        self.outbox.remove(message)
                        went += 1
            except (aiohttp.ClientError, TimeoutError):
                pass  # it stays
        return went


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
            self._mes.make(code, good=11, scrap=1)
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
