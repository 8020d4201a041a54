"""Journals read from the database, with what each step asked for as the log kept it."""

__all__ = ["recorded"]

from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg
import msgspec

from andon.engine.journal import Asked, Journal, Line, Trigger
from andon.store.sql import query


async def recorded(db: asyncpg.Connection, subject: str) -> list[Journal]:
    """The journals of all runs about a subject, the oldest first."""
    runs = await db.fetch(query("recorded_runs"), subject)
    return [await _journal(db, run) for run in runs]


async def _journal(db: asyncpg.Connection, run: asyncpg.Record) -> Journal:
    lines = await db.fetch(query("recorded_answers"), run["id"])
    pending = await db.fetch(query("recorded_pending"), run["id"])
    asked = {step.n: step for step in (*map(_pending, pending), *_answered(lines))}
    return Journal(
        workflow=run["workflow"],
        run=run["id"],
        subject=run["subject"],
        site=run["site"],
        correlation=run["correlation"],
        state=run["state"],
        started_at=run["started_at"],
        trigger=Trigger(run["trigger"], run["type"], msgspec.json.decode(run["data"])),
        asked=[asked[n] for n in sorted(asked)],
        answers=[
            Line(
                n=line["n"],
                at=line["answered_at"],
                position=line["position"],
                answer=msgspec.json.decode(line["data"]),
            )
            for line in lines
        ],
    )


def _answered(lines: Sequence[asyncpg.Record]) -> Iterator[Asked]:
    for line in lines:
        answer: dict[str, Any] = msgspec.json.decode(line["data"])
        match answer:
            case {"event": type}:
                yield Asked(n=line["n"], verb="wait", types=(type,))
            case {"error": "late"}:
                yield Asked(n=line["n"], verb="wait")
            case {"error": _} | {"value": {}}:
                data = line["command_data"]
                yield Asked(
                    n=line["n"],
                    verb="send",
                    type=line["command"],
                    data=None if data is None else msgspec.json.decode(data),
                )
            case {"value": None}:
                yield Asked(n=line["n"], verb="sleep")
            case {"value": choice}:
                yield Asked(n=line["n"], verb="ask", choices=(choice,))
            case _:
                raise ValueError(f"no answer of a run: {answer}")


def _pending(row: asyncpg.Record) -> Asked:
    return Asked(
        n=row["n"],
        verb=row["verb"],
        type=row["type"],
        data=None if row["data"] is None else msgspec.json.decode(row["data"]),
        types=row["types"],
        choices=row["choices"],
    )
