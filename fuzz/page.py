"""What fuzzing showed, for people."""

__all__ = ["write"]

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bench.measured import put
from fuzz.outcome import Outcome


def write(outcomes: Sequence[Outcome], out: Path) -> None:
    """Writes fuzz.json and the table of fuzz.md. Parsers not tried this time stay as they were."""
    kept = out / "fuzz.json"
    last = msgspec.json.decode(kept.read_bytes(), type=list[Outcome]) if kept.exists() else []
    every = {(one.connector, one.parser): one for one in [*last, *outcomes]}
    rows = [one for _, one in sorted(every.items())]
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(rows)) + b"\n")
    put(out / "fuzz.md", _lines(rows))


def _lines(rows: Sequence[Outcome]) -> list[str]:
    return [
        "",
        "| connector | parser | inputs | seconds | slowest input, s | peak MB |"
        " grown in the second half, MB | measured on | result |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {one.connector} | {one.parser} | {one.executions:,} | {one.seconds:.0f} |"
            f" {one.slowest_s} | {one.peak_mb} | {one.grown_mb} | {one.measured_on} |"
            f" {'well' if one.well else 'a defect'} |"
            for one in rows
        ),
        "",
    ]
