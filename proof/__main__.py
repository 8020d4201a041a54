"""``python -m proof --rounds 50 --target real --out docs/proof``."""

import argparse
import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from proof.books import proving as books
from proof.books import report as books_report
from proof.killing import KILLS, Kill
from proof.memory import page as memory
from proof.memory.proving import prove as prove_memory
from proof.real import page
from proof.real import proving as real
from proof.real.report import faults
from proof.real.rounds import shots
from proof.upgrade import page as upgrade_page
from proof.upgrade import past
from proof.upgrade import rounds as upgrade


async def against_real(rounds: int, *, folder: Path, out: Path) -> list[str]:
    """Tryton, the MES and the user's project; what the rounds do not prove."""
    proven = await real.prove(shots(rounds), folder=folder, told=say)
    page.write(proven, out)
    return faults(proven)


async def against_books(rounds: int, *, folder: Path, out: Path) -> list[str]:
    """A ledger and books in this process, at a higher rate."""
    kills: list[Kill] = [KILLS[n % len(KILLS)] for n in range(rounds)]
    played = await books.prove(kills, folder=folder, told=say)
    books_report.write(played, out)
    return books.faults(played)


async def against_past(
    rounds: int, *, folder: Path, out: Path, since: str | None = None
) -> list[str]:
    """The last Andon of another schema, from this repository's history."""
    old = past.laid_out(folder / "past", since)
    played: list[upgrade.Round] = []
    for number in range(rounds):
        end = upgrade.ENDS[number % len(upgrade.ENDS)]
        here = folder / f"upgrade-{number}"
        here.mkdir()
        here.chmod(0o711)
        one = await upgrade.play(end, old, folder=here, log=here / "hub")
        played.append(one)
        say(f"upgrade {number + 1}, {end}: {one.accepted} accepted, lost {one.lost}")
    upgrade_page.write(played, old, out)
    return upgrade_page.faults(played)


async def in_memory(rounds: int, *, folder: Path, out: Path, only: Sequence[str] = ()) -> list[str]:
    """Rounds are thousands of items here."""
    del folder
    done = prove_memory(rounds * 1000, only=only, told=say)
    memory.write(done, out)
    return memory.faults(done)


def say(words: str) -> None:
    """One line at once, also into a pipe."""
    print(words, flush=True)


TARGETS = {
    "real": against_real,
    "books": against_books,
    "upgrade": against_past,
    "memory": in_memory,
}


def main() -> None:
    """Plays, writes, and fails when anything was lost or doubled, or too little was held."""
    words = argparse.ArgumentParser(prog="python -m proof")
    words.add_argument("--rounds", type=int, default=50)
    words.add_argument("--target", choices=TARGETS, default="real")
    words.add_argument("--out", type=Path, default=Path("docs/proof"))
    words.add_argument("--since", help="upgrade: a revision; else the last with another schema")
    words.add_argument("--only", nargs="+", default=(), help="memory: these connectors")
    words.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    said = words.parse_args()
    # Short, because PostgreSQL's socket lives below it; its own account passes through.
    folder = Path(tempfile.mkdtemp(prefix="proof-", dir="/tmp"))
    folder.chmod(0o711)
    said.out.mkdir(parents=True, exist_ok=True)
    try:
        prove = TARGETS[said.target]
        if said.since:
            prove = partial(against_past, since=said.since)
        if said.only:
            prove = partial(in_memory, only=said.only)
        faults = asyncio.run(prove(said.rounds, folder=folder, out=said.out))
    except BaseException:
        print(f"The logs are in {folder}.")
        raise
    if faults or said.keep:
        print("\n".join([*faults, f"The logs are in {folder}."]))
    else:
        shutil.rmtree(folder, ignore_errors=True)
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
