"""What the upgrades showed, for people and for programs."""

__all__ = ["faults", "write"]

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import msgspec

from andon.store.migrate import SCHEMA_VERSION
from proof.upgrade.past import Past
from proof.upgrade.rounds import Round

_REFUSAL = "too old for the database"


def faults(played: Sequence[Round]) -> list[str]:
    """What the proof does not show."""
    found: list[str] = []
    for one in played:
        odd = {
            "lost": one.lost,
            "doubled": one.doubled,
            "out of order": one.out_of_order,
            "given up": one.given_up,
        }
        found += [f"{one.end}: {count} {what}" for what, count in odd.items() if count]
        if one.lanes_side_by_side != [32, 32]:
            found.append(f"{one.end}: lanes were {one.lanes_side_by_side}, not shared by two")
        if _REFUSAL not in one.refused:
            found.append(f"{one.end}: the old code was not refused, it said {one.refused!r}")
    return found


def write(played: Sequence[Round], past: Past, out: Path) -> None:
    """Writes upgrade.md and upgrade.json."""
    (out / "upgrade.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(list(played)), indent=1) + b"\n"
    )
    lines = [
        "# Old and new side by side during an upgrade",
        "",
        f"The Andon of {past.revision} (schema {past.schema}) works on a database of the bench's",
        "workload: 40 events/s, four operations per order. The Andon of today starts beside it,",
        f"and widens the schema to {SCHEMA_VERSION} while the old one works; both take events at",
        "their own door and share the lanes; then the old one goes. Every system keeps a book of",
        "its effects. At the end the schema is narrowed, and the old code is started once more.",
        "Made by `python -m proof --target upgrade`.",
        "",
        "| how it goes | accepted | lost | doubled | out of order | repeated calls |"
        " lanes old, new | schema widened after, s | slowest event, ms |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {one.end} | {one.accepted} | {one.lost} | {one.doubled} | {one.out_of_order} |"
            f" {one.repeated_calls} | {', '.join(map(str, one.lanes_side_by_side))} |"
            f" {one.widened_in_s} | {one.slowest_ms} |"
            for one in played
        ),
        "",
        f"The old code on the narrowed schema: *{_sentence(played[-1].refused)}*",
        "",
        f"Machine: {os.cpu_count()} CPUs, Python {platform.python_version()}.",
    ]
    (out / "upgrade.md").write_text("\n".join(lines) + "\n")


def _sentence(refused: str) -> str:
    begin = max(refused.find("This Andon is too old"), 0)
    return refused[begin : begin + 300]
