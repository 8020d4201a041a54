"""What the API or an outbox wrote for the worker: receipts, a person's answers, commands."""

__all__ = ["Notes"]

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import asyncpg
import msgspec

from andon.core.connector import Receipt
from andon.core.errors import CancelledRunError, DeniedError, RejectedError
from andon.core.plant import Approve
from andon.engine.answers import Answer
from andon.engine.cases import approval
from andon.engine.ends import Ends
from andon.engine.memory import Memory
from andon.engine.parcel import Delivered, Parcel
from andon.engine.steps import Steps
from andon.store.advance import Batch


class Notes:
    """Follows the records that are no events. It writes nothing but into the batch it is given."""

    def __init__(
        self,
        memory: Memory,
        steps: Steps,
        ends: Ends,
        *,
        load: Callable[[Batch, Iterable[str | None]], Awaitable[None]],
        parcels_of: Callable[[Sequence[str]], Awaitable[list[Parcel]]],
        adopt: Callable[[Parcel], None],
        unpark: Callable[[str, str], None],
        drop: Callable[[str, str], object],
        decide: Callable[[Batch, str, str], Awaitable[None]],
    ) -> None:
        self._memory = memory
        self._steps = steps
        self._ends = ends
        self._load = load
        self._parcels_of = parcels_of
        self._adopt = adopt
        self._unpark = unpark
        self._drop = drop
        self._decide = decide
        self._leaving: list[Parcel] = []

    def run_of(self, row: asyncpg.Record) -> str | None:
        """The run a record is meant for."""
        data: dict[str, Any] = msgspec.json.decode(row["data"])
        parcel = self._ends.parcels.get(str(data.get("key")))
        return data.get("run") if parcel is None else parcel.run

    async def take(self, batch: Batch, row: asyncpg.Record) -> None:
        """Takes one record into the batch."""
        data: dict[str, Any] = msgspec.json.decode(row["data"])
        match row["kind"]:
            case "receipt" | "refusal":
                await self._acknowledged(batch, row, data)
            case "command":
                for parcel in await self._parcels_of([row["id"]]):
                    # read again after a restart, it may come to its end in this very batch
                    if (
                        parcel.key not in self._ends.parcels
                        and parcel.key not in self._ends.finished
                    ):
                        self._adopt(parcel)
            case _:
                await self._decided(batch, data, int(row["position"]))

    async def _acknowledged(self, batch: Batch, row: asyncpg.Record, data: dict[str, Any]) -> None:
        parcel = self._ends.pop(data["key"])
        if parcel is None:
            return
        batch.done(parcel.key)
        await self._load(batch, {parcel.run})
        answer = (
            Answer(Receipt(reference=data.get("reference")))
            if row["kind"] == "receipt"
            else Answer(error=RejectedError(str(data.get("says"))))
        )
        self._ends.frees(batch, parcel, answer.error)
        self._ends.answer(batch, parcel, answer, int(row["position"]))

    async def _decided(self, batch: Batch, data: dict[str, Any], position: int) -> None:
        """A person answered a question or decided about a parked command."""
        answer = str(data.get("answer"))
        if data.get("key"):
            parcel = self._ends.parcels.get(str(data["key"]))
            if parcel is not None:
                await self._load(batch, {parcel.run})
                if parcel.state == "awaiting":
                    self._decide_approval(batch, parcel, answer, data)
                else:
                    self._decide_parcel(batch, parcel, answer)
        elif data.get("run") and data.get("n") is None:
            await self._decide(batch, str(data["run"]), answer)
        elif data.get("run"):
            await self._load(batch, {data["run"]})
            live = self._memory.get(data["run"])
            if live is not None:
                self._steps.answer(batch, live, int(data["n"]), Answer(answer), position)

    def _decide_approval(
        self, batch: Batch, parcel: Parcel, answer: str, data: dict[str, Any]
    ) -> None:
        if answer != "approve":
            if not parcel.wired.offers:
                self._drop(parcel.wired.name, parcel.key)
            name = type(parcel.command).__name__
            error = DeniedError(f"{name} was denied by {data.get('by', 'a person')}")
            self._ends.refused(batch, parcel, error, tell=False)
        elif then := msgspec.convert(data.get("then") or [], list[Approve]):
            batch.raise_exception(approval(parcel, str(data.get("asker")), then))
        else:
            self._let_go(batch, parcel)

    def _let_go(self, batch: Batch, parcel: Parcel) -> None:
        """It may leave once this is committed."""
        state = "offered" if parcel.wired.offers else "pending"
        batch.move(parcel.key, state, 0, None, 0, None)
        self._leaving.append(parcel)

    def forget(self) -> None:
        """The batch was not written."""
        self._leaving.clear()

    def kept(self) -> None:
        """The batch is committed: what people let go leaves."""
        leaving, self._leaving = self._leaving, []
        for parcel in leaving:
            if parcel.wired.offers:
                parcel.state = "offered"
            else:
                self._unpark(parcel.wired.name, parcel.key)

    def _decide_parcel(self, batch: Batch, parcel: Parcel, answer: str) -> None:
        if parcel.state != "parked":
            return  # the answer is read again after a restart; it was followed already
        if answer == "try again":
            self._let_go(batch, parcel)
            return
        self._drop(parcel.wired.name, parcel.key)
        if answer == "it was done":
            self._ends.delivered(batch, Delivered(parcel, Receipt(), 0.0, found=True))
        else:
            self._ends.refused(batch, parcel, CancelledRunError("a person gave it up"))
