"""What the API asks of a running Andon:
record events, pass commands through the gate, answer questions."""

__all__ = ["EngineHub"]

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from andon.core.errors import DeniedError
from andon.core.message import Command
from andon.core.plant import Partnership
from andon.core.record import Actor
from andon.engine.clock import Clock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan
from andon.engine.read import Reading, draft_of
from andon.engine.submission import Submission, Submitted
from andon.governance.contracts import Contracts
from andon.store.sql import query


class EngineHub:
    """The engine's face towards the API; holds no state of its own."""

    def __init__(
        self,
        plan: Plan,
        pool: "asyncpg.Pool[asyncpg.Record]",
        ingest: Ingest,
        clock: Clock,
        in_door: Callable[[Any, Any, Any], Awaitable[None]],
    ) -> None:
        self._plan = plan
        self._submission = Submission(plan, pool, clock)
        self._pool = pool
        self._ingest = ingest
        self._clock = clock
        self._in_door = in_door

    @property
    def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        """Connections to the database."""
        return self._pool

    @property
    def contracts(self) -> Contracts:
        """The words that may be said here."""
        return self._plan.contracts

    @property
    def commands(self) -> Sequence[type[Command]]:
        """What this plant has a route for."""
        return tuple(dict.fromkeys(command for command, _ in self._plan.routes))

    @property
    def partnerships(self) -> Sequence[Partnership]:
        """What partners may see and ask."""
        return self._plan.partnerships

    @property
    def in_door(self) -> Callable[[Any, Any, Any], Awaitable[None]]:
        """Answers everything under `/in/`."""
        return self._in_door

    def now(self) -> datetime:
        """Business time."""
        return self._clock.now()

    async def accept(
        self,
        events: Sequence[Any],
        actor: Actor,  # noqa: ARG002 what the API gives
    ) -> Sequence[int]:
        """Records all or none; the position of each, the old one for a repetition."""
        now = self._clock.now()
        drafts = [
            draft_of(e.event, e.source, e.id, self._plan, e.occurred_at or now) for e in events
        ]
        for draft, event in zip(drafts, events, strict=True):
            if event.correlation:
                draft.correlation = event.correlation
        await self._ingest.record(Reading(drafts, []))
        rows = await self._pool.fetch(
            "select source, id, position from seen"
            " join unnest($1::text[], $2::text[]) as t(source, id)"
            " using (source, id)",
            [draft.source for draft in drafts],
            [draft.id for draft in drafts],
        )
        positions = {(row["source"], row["id"]): int(row["position"]) for row in rows}
        return [positions[draft.source, draft.id] for draft in drafts]

    def hurry(self) -> None:
        """Ends every wait for an outcome, and lets nobody begin one: this process is to end."""
        self._submission.hurry()

    async def submit(
        self, command: Command, actor: Actor, *, key: str, wait: timedelta
    ) -> Submitted:
        """Passes the gate, records, waits for the outcome. The same key gives the same answer."""
        return await self._submission.submit(command, actor, key=key, wait=wait)

    async def answer(self, exception: int, choice: str, actor: Actor) -> None:
        """Records a person's choice; the run or the command that waits for it goes on."""
        row = await self._pool.fetchrow(
            "select cause, run, n, subject, choices, answer, detail from exception where id = $1",
            exception,
        )
        if row is None or choice not in row["choices"]:
            raise DeniedError(f"{choice!r} is not one of the answers.")
        if row["answer"] is not None:
            raise DeniedError("It was already answered.")
        detail: dict[str, Any] = msgspec.json.decode(row["detail"])
        data = {"answer": choice, "run": row["run"], "n": row["n"], "exception": exception}
        data["by"] = actor.name
        if row["cause"].startswith(("parked:", "approve:")):
            data |= detail
        recorded = await self._pool.fetch(
            query("answer"),
            exception,
            choice,
            actor.name,
            self._clock.now(),
            row["run"],
            data.get("key"),
            row["subject"] or f"exception/andon:{exception}",
            self._plan.site,
            msgspec.json.encode(data).decode(),
        )
        if not recorded:
            raise DeniedError("It was already answered.")

    async def wake(self) -> None:
        """Something was changed in the tables by the API: look now."""
        await self._pool.execute(
            "select pg_notify('andon_connections', ''), pg_notify('andon_log', ''),"
            " pg_notify('andon_changed', '')"
        )
