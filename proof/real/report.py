"""What the rounds on the real systems showed, for people and for programs."""

import os
import platform
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import msgspec

from proof.real.difference import Difference
from proof.real.proving import Proven
from proof.real.rounds import Played

__all__ = ["Row", "faults", "rows", "write"]

_COUNTED = 0.4
"""Share of the rounds that must count: twenty of fifty."""


class Row(msgspec.Struct, frozen=True):
    """One round, as `kill.json` has it."""

    round: int
    kill: str
    call: str
    processes: int
    held: tuple[str, ...]
    confirming: int
    """Confirmations the MES made from two seconds before the kill to the first new completion."""
    orders: tuple[str, ...]
    confirmations: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    wrong: tuple[str, ...]
    first_commit_s: float
    recovery_s: float

    @property
    def counts(self) -> bool:
        """An answer was held after its commit while the MES was confirming."""
        return bool(self.held and self.confirming)


def rows(proven: Proven) -> list[Row]:
    """A row per round; a difference stands with the round in which its order was released."""
    lasts = [*(one.first for one in proven.played[1:]), len(proven.ordered)]
    return [
        _row(one, {order.number for order in proven.ordered[one.first : last]}, proven)
        for one, last in zip(proven.played, lasts, strict=True)
    ]


def _row(one: Played, numbers: set[str], proven: Proven) -> Row:
    since, to = one.down
    mine = [found for found in proven.found if found.order in numbers]
    return Row(
        one.shot.number, one.shot.kill, one.shot.call, one.killed, one.held,
        sum(since <= said.made_at <= to for said in proven.look.said),
        tuple(sorted(numbers)),
        sum(said.content.order in numbers for said in proven.look.said),
        _said(mine, "lost"), _said(mine, "doubled"), _said(mine, "wrong"),
        one.effect_s, one.recovery_s,
    )  # fmt: skip


def _said(found: Iterable[Difference], kind: str) -> tuple[str, ...]:
    return tuple(f"{one.order}: {one.says}" for one in found if one.kind == kind)


def faults(proven: Proven) -> list[str]:
    """What the proof does not show; nothing when it holds."""
    found = [f"{one.kind}: {one.order}: {one.says}" for one in proven.found]
    found += [f"open: {one.code} about {one.subject}: {one.text}" for one in proven.look.log.open]
    counted = sum(row.counts for row in rows(proven))
    if counted < _COUNTED * len(proven.played):
        found.append(f"only {counted} of {len(proven.played)} rounds count; the rest prove nothing")
    return found


def write(proven: Proven, out: Path) -> None:
    """Writes kill.md and kill.json."""
    made = rows(proven)
    (out / "kill.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"
    )
    (out / "kill.md").write_text("\n".join([*_head(proven, made), *_tables(made)]) + "\n")


def _head(proven: Proven, made: list[Row]) -> list[str]:
    kinds = Counter(record.kind for record in proven.look.log.records)
    found_out = sum(
        bool(record.data.get("found"))
        for record in proven.look.log.records
        if record.kind == "receipt"
    )
    repeated = sum(one.attempts > 0 for one in proven.look.said)
    figures = [
        ("rounds", len(made)),
        ("rounds that count: answers held after their commit at the kill, read from the proxy's"
         " log, while the MES was confirming", sum(row.counts for row in made)),
        ("answers held at a kill", sum(len(row.held) for row in made)),
        ("rounds that took PostgreSQL down", sum("postgres" in row.kill for row in made)),
        ("production orders planned in Tryton, made, compared", len(proven.ordered)),
        ("confirmations of the MES compared with the log", len(proven.look.said)),
        ("of these delivered at a later attempt than the first", repeated),
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
        ("machine", f"{os.cpu_count()} CPUs, Python {platform.python_version()}, shared"),
    ]  # fmt: skip
    return [
        "# Kill -9 under load, on a real ERP and a real MES",
        "",
        "`examples/riverside` runs against Tryton 8.2 and factorysemantics-mes 0.4.2, both as",
        "processes of their own. Throughout, a planner releases orders in Tryton, people make them",
        "at the MES, quality passes them in Tryton. In each round a proxy before Tryton keeps the",
        "answer to one kind of call after its commit, Andon's processes are killed at that moment,",
        "and the command is given again. Fifty rounds pair every kind of kill with every call of a",
        "posting. At rest, the databases of Tryton and the MES and Andon's log are compared, order",
        "by order. A completion is an order that Tryton books as done by a call made after the",
        "restart (after the kill, where Andon starts its own processes again). A command that was",
        "on its way and is not found is looked for twice within 15 s before it is sent again, so",
        "an order caught there completes later than the first. Made by `python -m proof`;",
        "`kill.json` has a row per round.",
        "",
        "| figure | value |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in figures),
        "",
    ]


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
