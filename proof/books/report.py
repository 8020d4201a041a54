"""What the rounds showed, for people and for programs."""

import os
import platform
from pathlib import Path
from statistics import median

import msgspec

from proof.books.rounds import Round

__all__ = ["write"]


def write(played: list[Round], out: Path) -> None:
    """Writes kill-books.md and kill-books.json."""
    (out / "kill-books.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(played), indent=1) + b"\n"
    )
    (out / "kill-books.md").write_text(_page(played))


def _page(played: list[Round]) -> str:
    recovery = sorted(one.recovery_s for one in played)
    lost = sum(len(one.lost) for one in played)
    doubled = sum(len(one.doubled) for one in played)
    lines = [
        "# Kill -9 under load, against books of our own",
        "",
        "Each round posts facts to Andon, holds the answers of a *findable* system after their",
        "commit, kills processes at that moment, starts again, and compares what the systems did",
        "with what Andon had accepted. Made by",
        "`python -m proof --target books`; a row per round is in `kill-books.json`.",
        "",
        "| figure | value |",
        "|---|---|",
        f"| rounds | {len(played)} |",
        f"| rounds with answers held at the kill (from the proxy's log) |"
        f" {sum(one.held > 0 for one in played)} |",
        f"| answers held at a kill | {sum(one.held for one in played)} |",
        f"| rounds that took PostgreSQL down | {sum('postgres' in one.kill for one in played)} |",
        f"| facts accepted | {sum(one.accepted for one in played)} |",
        f"| lost | {lost} |",
        f"| doubled | {doubled} |",
        f"| restart to first new completion, median / worst | {median(recovery):.2f} /"
        f" {recovery[-1]:.2f} s |",
        f"| machine | {os.cpu_count()} CPUs, Python {platform.python_version()} |",
        "",
        "| killed | rounds | lost | doubled | recovery median / worst, s |",
        "|---|---|---|---|---|",
    ]
    for kill in dict.fromkeys(one.kill for one in played):
        mine = [one for one in played if one.kill == kill]
        times = [one.recovery_s for one in mine]
        lines.append(
            f"| {kill} | {len(mine)} | {sum(len(one.lost) for one in mine)} |"
            f" {sum(len(one.doubled) for one in mine)} | {median(times):.2f} / {max(times):.2f} |"
        )
    return "\n".join(lines) + "\n"
