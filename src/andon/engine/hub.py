"""What the API asks of a running Andon:
record events, pass commands through the gate, answer questions."""

__all__ = ["EngineHub", "Submitted"]

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal

import asyncpg
import msgspec

from andon.core.errors import DeniedError, Fault, InvalidError
from andon.core.message import Command
from andon.core.record import Actor
from andon.engine.answers import answer_of_record
from andon.engine.cases import approval
from andon.engine.clock import Clock
from andon.engine.gate import Passed, pass_gate
from andon.engine.ingest import Ingest
from andon.engine.offering import name_offered
from andon.engine.parcel import Parcel
from andon.engine.plan import Plan
from andon.engine.read import Reading, draft_of
from andon.governance.contracts import Contracts
from andon.store.ingest import raise_exceptions
from andon.store.sql import query

_LOOK_EVERY = 0.02


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command stands when the caller's patience ended."""

    key: str
    state: Literal["delivered", "going", "awaiting"]
    reference: str | None = None
    body: Mapping[str, Any] = {}


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

    async def submit(
        self, command: Command, actor: Actor, *, key: str, wait: timedelta
    ) -> Submitted:
        """Passes the gate, records, waits for the outcome. The same key gives the same answer."""
        passed = pass_gate(self._plan, command, actor, self._plan.site)
        full = f"{actor.name}:{key}"
        local = command.local
        if "/" in local:
            subject = local
        else:
            found = await self._pool.fetch(
                "select distinct subject from alias where kind = $1 and local = $2"
                " union select name from subject where kind = $1 and local = $2",
                command.KIND,
                local,
            )
            if len(found) != 1:
                says = "no subject" if not found else f"{len(found)} subjects"
                raise InvalidError(
                    f"{local!r} names {says}. Say its full name, {command.KIND}/<system>:<id>.",
                    [Fault(f"/{command.KEY}", f"names {says}")],
                )
            subject = found[0]["subject"]
        digest = blake2b(
            self._plan.contracts.digest(f'{{"{command.TYPE}":{passed.data}}}'.encode()),
            digest_size=16,
        ).digest()
        fresh = await self._record(full, digest, subject, passed, actor)
        if fresh is None:
            known = await self._pool.fetchval(
                "select digest from seen where source = 'command' and id = $1", full
            )
            if bytes(known) != digest:
                raise InvalidError(
                    f"Idempotency-Key {key!r} was used for another payload. Take a new key for a"
                    " new command.",
                    [Fault("", "other payload under a used key")],
                )
        return await self._outcome(full, wait)

    async def _record(
        self, key: str, digest: bytes, subject: str, passed: Passed, actor: Actor
    ) -> int | None:
        """Records a command, with the question if a person must approve it; None if it was."""
        command, now = passed.command, self._clock.now()
        async with self._pool.acquire() as db, db.transaction():
            await name_offered(db, passed.wired, command, subject)
            fresh = await db.fetchval(
                query("submit"),
                key,
                digest,
                command.TYPE,
                subject,
                now,
                passed.wired.site,
                actor.name,
                passed.data,
                passed.wired.name,
                passed.outbound.proof,
                passed.state,
            )
            if fresh is not None and passed.approvals:
                case = approval(_parcel(key, subject, passed), actor.name, passed.approvals)
                await raise_exceptions(db, [case], now)
        return fresh

    async def _outcome(self, key: str, wait: timedelta) -> Submitted:
        until = time.monotonic() + wait.total_seconds()
        while True:
            row = await self._pool.fetchrow(
                "select kind, data from log where correlation = $1"
                " and kind in ('receipt', 'refusal')"
                " and subject = (select subject from log where position ="
                " (select position from seen where source = 'command' and id = $2))",
                f"command/{key}",
                key,
            )
            if row is not None:
                data: dict[str, Any] = msgspec.json.decode(row["data"])
                if (error := answer_of_record(row["kind"], data).error) is not None:
                    raise error
                return Submitted(
                    key=key,
                    state="delivered",
                    reference=data.get("reference"),
                    body=data.get("body") or {},
                )
            if time.monotonic() >= until:
                state = await self._pool.fetchval("select state from delivery where key = $1", key)
                return Submitted(key=key, state="awaiting" if state == "awaiting" else "going")
            await asyncio.sleep(_LOOK_EVERY)

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
        if row["cause"].startswith(("parked:", "approve:")):
            data |= {"by": actor.name, **detail}
        recorded = await self._pool.fetch(
            query("answer"),
            exception,
            choice,
            actor.name,
            self._clock.now(),
            row["run"],
            data.get("key"),
            row["subject"] or "exception/andon:none",
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


def _parcel(key: str, subject: str, passed: Passed) -> Parcel:
    """A command of a caller, for the words of its case."""
    return Parcel(
        key=key,
        position=0,
        run=None,
        n=0,
        lane=0,
        subject=subject,
        order_key=subject,
        correlation=f"command/{key}",
        site=passed.wired.site,
        command=passed.command,
        wired=passed.wired,
        outbound=passed.outbound,
        state=passed.state,
    )
