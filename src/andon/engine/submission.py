"""Commands that callers submit: through the gate, recorded under their key, outcome awaited."""

__all__ = ["Submission", "Submitted"]

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Literal

import asyncpg
import msgspec

from andon.core.errors import Fault, InvalidError, RefusedError
from andon.core.mapping import Known
from andon.core.message import Command
from andon.core.record import Actor
from andon.engine.answers import answer_of_record
from andon.engine.cases import approval
from andon.engine.clock import Clock
from andon.engine.fence import Fence, hold_reason
from andon.engine.gate import Passed, pass_gate
from andon.engine.offering import name_offered
from andon.engine.own_ids import own_id
from andon.engine.parcel import Parcel
from andon.engine.partners import own_subject, require_partnership
from andon.engine.plan import Plan
from andon.store.connect import DATABASE_AWAY
from andon.store.holds import note_holds
from andon.store.ingest import raise_exceptions
from andon.store.sql import query

_log = logging.getLogger(__name__)

_FIRST_LOOK, _SHARE, _LAST_LOOK = 0.003, 0.1, 0.25
"""Seconds between two looks for an outcome: a share of what was waited so far, within these. So a
quick target is hardly slower through us, and a slow one costs few looks."""


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command stands when the caller's patience ended."""

    key: str
    state: Literal["delivered", "going", "awaiting"]
    reference: str | None = None
    body: Mapping[str, Any] = {}


class Submission:
    """Holds no state of its own but what it knows of held lots, and whether it is to end."""

    def __init__(self, plan: Plan, pool: "asyncpg.Pool[asyncpg.Record]", clock: Clock) -> None:
        self._plan = plan
        self._pool = pool
        self._clock = clock
        self._fence = Fence(plan)
        self._hurried = False

    def hurry(self) -> None:
        """Nobody is kept waiting any more: what has no outcome yet is told to be going."""
        self._hurried = True

    async def submit(
        self, command: Command, actor: Actor, *, key: str, wait: timedelta
    ) -> Submitted:
        """Passes the gate, records, waits for the outcome. The same key gives the same answer."""
        full = f"{actor.name}:{key}"
        data = self._plan.contracts.encode(command)
        digest = blake2b(
            self._plan.contracts.digest(b'{"%s":%s}' % (command.TYPE.encode(), data)),
            digest_size=16,
        ).digest()
        try:
            require_partnership(self._plan, command, actor)
            passed = await self._pass(command, actor)
            subject = await self._subject(command, actor)
            await self._require_writable(passed, subject)
        except RefusedError:
            if await self._recorded(full, key, digest):  # it passed when it was asked first
                return await self._outcome(full, wait)
            raise
        fresh = await self._record(full, digest, subject, passed, actor)
        if fresh is None:
            await self._recorded(full, key, digest)
        return await self._outcome(full, wait)

    async def _subject(self, command: Command, actor: Actor) -> str:
        """The one subject that the caller's id of it means."""
        local = command.local
        if actor.party is not None:
            return await own_subject(self._pool, self._plan, command, actor.party)
        if "/" in local:
            return local
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
        return found[0]["subject"]

    async def _pass(self, command: Command, actor: Actor) -> Passed:
        if command.lots():
            await self._fence.look(self._pool)
        return pass_gate(self._plan, command, actor, self._plan.site, fence=self._fence)

    async def _require_writable(self, passed: Passed, subject: str) -> None:
        """Raises MappingError where the target takes no such command: who asks mends it, and nobody
        else is told. A defect of the mapping is met at delivery, where a developer is told."""
        wired, local = passed.wired, ""
        if wired.offers:
            local = subject.partition(":")[2]
        elif passed.outbound.local:
            local = await own_id(self._pool, wired.name, subject)
        try:
            passed.outbound.writes(passed.command, Known(wired.settings, local=local))
        except RefusedError:
            raise
        except Exception as error:
            _log.error("the mapping to %s failed", wired.name, exc_info=error)

    async def _recorded(self, full: str, key: str, digest: bytes) -> bool:
        """Whether the key was used for this command; InvalidError if it was for another."""
        known = await self._pool.fetchval(
            "select digest from seen where source = 'command' and id = $1", full
        )
        if known is not None and bytes(known) != digest:
            raise InvalidError(
                f"Idempotency-Key {key!r} was used for another payload. Take a new key for a new"
                " command.",
                [Fault("", "other payload under a used key")],
            )
        return known is not None

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
            if fresh is not None and command.HOLDS:
                said = (command.KIND, "andon", subject, True, hold_reason(command), now)
                await note_holds(db, [said])
            if fresh is not None and passed.approvals:
                case = approval(_parcel(key, subject, passed), actor.name, passed.approvals)
                await raise_exceptions(db, [case], now)
        return fresh

    async def _outcome(self, key: str, wait: timedelta) -> Submitted:
        """Of what is recorded. It stays so when the database goes away meanwhile: nobody knows the
        outcome then, and none is made up."""
        began = time.monotonic()
        until = began + wait.total_seconds()
        while True:
            with suppress(*DATABASE_AWAY):
                if (done := await self._answered(key)) is not None:
                    return done
            now = time.monotonic()
            if now >= until or self._hurried:
                return Submitted(key=key, state=await self._standing(key))
            await asyncio.sleep(min(max(_FIRST_LOOK, (now - began) * _SHARE), _LAST_LOOK))

    async def _answered(self, key: str) -> Submitted | None:
        """What the target said, None as long as it has not; raises its refusal."""
        row = await self._pool.fetchrow(
            "select kind, data from log where correlation = $1"
            " and kind in ('receipt', 'refusal')"
            " and subject = (select subject from log where position ="
            " (select position from seen where source = 'command' and id = $2))",
            f"command/{key}",
            key,
        )
        if row is None:
            return None
        data: dict[str, Any] = msgspec.json.decode(row["data"])
        if (error := answer_of_record(row["kind"], data).error) is not None:
            raise error
        reference: str | None = data.get("reference")
        body: dict[str, Any] = data.get("body") or {}
        return Submitted(key=key, state="delivered", reference=reference, body=body)

    async def _standing(self, key: str) -> Literal["going", "awaiting"]:
        with suppress(*DATABASE_AWAY):
            state = await self._pool.fetchval("select state from delivery where key = $1", key)
            return "awaiting" if state == "awaiting" else "going"
        return "going"


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
