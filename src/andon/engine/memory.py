"""Runs that are in memory, and how the others come back over their journals."""

__all__ = ["Memory", "parcel_of", "run_id"]

from collections import OrderedDict
from collections.abc import Sequence

import asyncpg

from andon.core.errors import ReplayError
from andon.core.message import Command, Event
from andon.engine.answers import Replay
from andon.engine.live import Live
from andon.engine.parcel import Parcel
from andon.engine.plan import Plan
from andon.store.sql import query

_MOST = 8_000


class Memory:
    """A bounded cache: a run that leaves it is detached, so its `finally` records nothing."""

    def __init__(self, plan: Plan, db: asyncpg.Connection) -> None:
        self._plan = plan
        self._db = db
        self._live: OrderedDict[str, Live] = OrderedDict()

    def get(self, id: str) -> Live | None:
        """The run if it is in memory."""
        return self._live.get(id)

    def begin(self, row: asyncpg.Record, id: str, workflow: str) -> Live:
        """A new run of a trigger record."""
        live = self._live[id] = self._made(row, id, workflow)
        return live

    async def load(self, runs: set[str], *, parked: bool = False) -> dict[str, Exception]:
        """Brings runs back over their journals; those that do not replay come with the error.
        Parked ones are left, unless it is they who are asked for."""
        missing = [run for run in runs if run not in self._live]
        if not missing:
            return {}
        state = "parked" if parked else "running"
        rows = await self._db.fetch(query("load_runs"), missing, state)
        lines = await self._db.fetch(
            "select run, n, position, answered_at, data from journal where run = any($1::text[])"
            " order by run, at",
            missing,
        )
        journals: dict[str, list[asyncpg.Record]] = {}
        for line in lines:
            journals.setdefault(line["run"], []).append(line)
        failed: dict[str, Exception] = {}
        for row in rows:
            try:
                live = self._made(row, row["run"], row["workflow"])
                self._replay(live, row, journals.get(row["run"], []))
            except Exception as error:
                failed[row["run"]] = error
            else:
                self._live[live.id] = live
        return failed

    def drop(self, lanes: set[int]) -> None:
        """Detaches the runs of lanes that another worker owns from now on."""
        for id in [id for id, live in self._live.items() if live.lane in lanes]:
            self._live.pop(id).close()

    def remove(self, id: str) -> None:
        """Detaches one run."""
        if (live := self._live.pop(id, None)) is not None:
            live.close()

    def clear(self) -> None:
        """Detaches all runs: what they have in memory is not written."""
        for id in list(self._live):
            self.remove(id)

    def forget(self) -> None:
        """Ended runs leave at once, the longest known when there are too many."""
        for id in [id for id, live in self._live.items() if live.ended]:
            del self._live[id]
        while len(self._live) > _MOST:
            _, live = self._live.popitem(last=False)
            live.close()

    def _replay(self, live: Live, row: asyncpg.Record, journal: Sequence[asyncpg.Record]) -> None:
        event = self._plan.contracts.decode(row["type"], row["data"].encode())
        assert isinstance(event, Event)
        lines = [
            Replay(line["n"], line["answered_at"], line["data"], line["position"])
            for line in journal
        ]
        live.replay(event, lines, self._plan.contracts)

    def _made(self, row: asyncpg.Record, id: str, workflow: str) -> Live:
        if workflow not in self._plan.workflows:
            raise ReplayError(
                f"{id} is still open, and the project has no workflow {workflow!r} any more. Put it"
                " back until its last run has ended."
            )
        return Live(
            self._plan.workflows[workflow],
            id=id,
            subject=row["subject"],
            lane=row["lane"],
            correlation=row["correlation"],
            site=row["site"],
            trigger=int(row["position"]),
            started_at=row["recorded_at"],
        )


def run_id(row: asyncpg.Record, workflow: str) -> str:
    """A run is keyed by its workflow and the record that triggered it."""
    return f"{workflow}@{row['source']}/{row['id']}"


def parcel_of(row: asyncpg.Record, plan: Plan) -> Parcel | None:
    """A kept delivery as a parcel;
    None when the project no longer has its connection or mapping."""
    command = plan.contracts.decode(row["type"], row["data"].encode())
    wired = plan.connections.get(row["connection"])
    outbound = wired.outbound.get(type(command)) if wired and isinstance(command, Command) else None
    if wired is None or outbound is None or not isinstance(command, Command):
        return None
    state = row["state"]
    return Parcel(
        key=row["key"],
        position=row["position"],
        run=row["run"],
        n=row["n"],
        lane=row["lane"],
        subject=row["subject"],
        order_key=row["order_key"],
        correlation=row["correlation"],
        site=row["site"],
        command=command,
        wired=wired,
        outbound=outbound,
        # a worker that died while sending left an open question, not a failure
        state="unknown" if state == "sending" else state,
        attempts=row["attempts"],
        looks=row["looks"],
        due_at=row["due_at"],
    )
