"""The figures as memory.json, and as a table in the page people wrote."""

__all__ = ["faults", "write"]

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.measured import put
from proof.memory.reading import Reading, Shown


def faults(done: Sequence[Shown]) -> list[str]:
    """What the proof does not show."""
    return [f"{one.connector} {one.counterpart}: {one.fault}" for one in done if one.fault]


def write(done: Sequence[Shown], out: Path) -> None:
    """Writes memory.json and the table of memory.md. What was not measured this time stays as it
    was measured last."""
    kept = out / "memory.json"
    last = msgspec.json.decode(kept.read_bytes(), type=list[Shown]) if kept.exists() else []
    every = sorted({one.connector: one for one in [*last, *done]}.items())
    rows = [one for _, one in every]
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    put(out / "memory.md", _lines(rows))


def _lines(rows: Sequence[Shown]) -> list[str]:
    return [
        "",
        "| connector | counterpart | items | keys | grown while waiting, MB |"
        " grown while reading, MB | seconds | items/s | measured on | not shown |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *(f"| {' | '.join(_cells(one))} |" for one in rows),
        "",
    ]


def _cells(one: Shown) -> list[str]:
    measured = [""] * 6
    if isinstance(one, Reading):
        measured = [f"{one.items:,}", f"{one.keys:,}", str(one.waiting_mb), str(one.reading_mb)]
        measured += [f"{one.seconds:,.0f}", f"{one.items_per_s:,}"]
    day = one.measured_on.isoformat()
    return [one.connector, one.counterpart, *measured, day, one.fault or ""]
