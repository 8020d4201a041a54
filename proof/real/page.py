"""The proof as a page for people and as rows for programs."""

import os
import platform
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import msgspec

from proof.real.order_log import COMPLETED
from proof.real.proving import Proven
from proof.real.recorded import Recorded
from proof.real.report import Row, rows

__all__ = ["write"]

_TOLD = """\
# Kill -9 under load, on a real ERP and a real MES

`examples/riverside` runs against Tryton 8.2 and factorysemantics-mes 0.4.2, both as processes of
their own. Throughout, a planner releases orders in Tryton, people make them at the MES, quality
passes them in Tryton. The line between the MES and Andon breaks at the first delivery of one
message in eight and at the answer to one in eight, so the MES repeats and messages overtake.

In each round a proxy before Tryton keeps the answer to one kind of call after its commit, Andon's
processes are killed at that moment, and the command is given again; fifty rounds pair every kind of
kill with every call of a posting. At rest, the databases of Tryton and the MES and Andon's log are
compared, order by order.

A completion is an order that Tryton books as done by a call made after the restart (after the kill,
where Andon starts its own processes again). A command that was on its way and is not found is
looked for twice within 15 s before it is sent again: its order completes later than the first.

Made by `python -m proof`; `kill.json` has a row per round.
"""


def write(proven: Proven, out: Path) -> None:
    """Writes kill.md and kill.json."""
    made = rows(proven)
    (out / "kill.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"
    )
    figures = [f"| {name} | {value} |" for name, value in _figures(proven, made)]
    lines = [_TOLD, "| figure | value |", "|---|---|", *figures, "", *_tables(made)]
    (out / "kill.md").write_text("\n".join(lines) + "\n")


def _figures(proven: Proven, made: list[Row]) -> list[tuple[str, object]]:
    kinds = Counter(record.kind for record in proven.look.log.records)
    found_out = sum(
        bool(record.data.get("found"))
        for record in proven.look.log.records
        if record.kind == "receipt"
    )
    repeated = sum(one.attempts > 0 for one in proven.look.said)
    return [
        ("rounds", len(made)),
        ("rounds that count: answers held after their commit at the kill, read from the proxy's"
         " log, while the MES was confirming", sum(row.counts for row in made)),
        ("answers held at a kill", sum(len(row.held) for row in made)),
        ("rounds that took PostgreSQL down", sum("postgres" in row.kill for row in made)),
        ("production orders planned in Tryton, made, compared", len(proven.ordered)),
        ("confirmations of the MES compared with the log", len(proven.look.said)),
        ("of these cut before Andon at the first delivery; others overtook them", proven.line[0]),
        ("of these accepted, their answer lost, and delivered again", proven.line[1]),
        ("of these that waited for another delivery for whatever reason", repeated),
        ("completions that came before an operation of their order", _overtaken(proven.look.log)),
        ("movements of stock compared", len(proven.look.books.moves)),
        ("work cycles compared", sum(len(work.cycles) for work in proven.look.books.works)),
        ("receipts compared", kinds["receipt"]),
        ("outcomes found out by asking Tryton, not by its answer", found_out),
        ("lost", sum(len(row.lost) for row in made)),
        ("doubled", sum(len(row.doubled) for row in made)),
        ("otherwise wrong", sum(len(row.wrong) for row in made)),
        ("belonging to no order", len(proven.found) - sum(
            len(row.lost) + len(row.doubled) + len(row.wrong) for row in made)),
        ("calls of planner, floor and quality that failed and were made again", len(proven.people)),
        ("cases left open on the board", len(proven.look.log.open)),
        ("restart to first new completion, median / worst", _both(r.recovery_s for r in made)),
        ("restart to first new commit at Tryton, median / worst",
         _both(r.first_commit_s for r in made)),
        ("all rounds took", f"{proven.took_s:.0f} s"),
        ("machine", f"{os.cpu_count()} CPUs, Python {platform.python_version()}, load average"
         f" {os.getloadavg()[1]:.1f} at the end"),
    ]  # fmt: skip


def _overtaken(log: Recorded) -> int:
    """How many orders were completed in the log before the last of their operations was."""
    last: dict[str, str] = {}
    for record in log.records:
        if record.kind == "event" and record.source == "mes":
            last[record.order] = record.type
    return sum(kind != COMPLETED for kind in last.values())


def _tables(made: list[Row]) -> list[str]:
    heads = "rounds | of them count | lost | doubled | wrong | recovery median / worst"
    lines: list[str] = []
    for what in ("kill", "call"):
        lines += [
            f"| {'killed' if what == 'kill' else 'answer held'} | {heads} |",
            "|---" * 7 + "|",
        ]
        for key in dict.fromkeys(getattr(row, what) for row in made):
            mine = [row for row in made if getattr(row, what) == key]
            counts = (
                len(mine), sum(r.counts for r in mine), sum(len(r.lost) for r in mine),
                sum(len(r.doubled) for r in mine), sum(len(r.wrong) for r in mine),
                _both(r.recovery_s for r in mine),
            )  # fmt: skip
            lines.append(f"| {key} | {' | '.join(map(str, counts))} |")
        lines.append("")
    return lines[:-1]


def _both(seconds: Iterable[float]) -> str:
    times = sorted(seconds)
    return f"{median(times):.2f} / {times[-1]:.2f} s" if times else "none"
