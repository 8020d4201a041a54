"""Journals on disk: written from the database, and followed by today's workflows."""

__all__ = ["check_journals", "followed", "write_journals"]

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import asyncpg
import msgspec

from andon.app.loading import load
from andon.core.errors import AndonError, Fault, ReplayError, SettingsError
from andon.engine.journal import Journal, follow
from andon.engine.recorded import recorded
from andon.governance.contracts import Contracts
from andon.model.vocabulary import VOCABULARY

_SEEDS = ("1", "2")
"""The order of a set of texts differs between these: a body that relies on it strays."""


async def write_journals(dsn: str, subject: str, folder: Path) -> list[Path]:
    """Writes the journals of all runs about a subject, one file each."""
    db = await asyncpg.connect(dsn)
    try:
        journals = await recorded(db, subject)
    finally:
        await db.close()
    if not journals:
        raise SettingsError(
            f"No workflow ran for {subject}, so no journal was written. Journals are of the subject"
            " that a workflow is about, an order say."
        )
    return list(_written(journals, folder))


def _written(journals: Sequence[Journal], folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for n, journal in enumerate(journals):
        first = all(other.workflow != journal.workflow for other in journals[:n])
        local = journal.subject.partition(":")[2]
        name = f"{journal.workflow}-{local}" if first else f"{journal.workflow}-{local}-{n}"
        file = folder / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', name)}.json"
        file.write_bytes(msgspec.json.format(msgspec.json.encode(journal), indent=2) + b"\n")
        yield file


def check_journals(project: str, folder: Path) -> int:
    """How many recorded journals the project's workflows follow, under two hash seeds.

    Raises ReplayError with every one that they do not.
    """
    if not (files := sorted(folder.glob("*.json"))):
        raise SettingsError(f"No journal is in {folder}. `andon trace ID --journals` writes some.")
    faults: dict[str, Fault] = {}
    for seed in _SEEDS:
        done = subprocess.run(
            [sys.executable, "-m", "andon.app.journals", project, *map(str, files)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SettingsError(f"The journals cannot be followed: {done.stderr.strip()}")
        for at, says in json.loads(done.stdout):
            faults.setdefault(at, Fault(at, says))
    if faults:
        count = "1 journal is" if len(faults) == 1 else f"{len(faults)} journals are"
        lines = "\n  ".join(map(str, faults.values()))
        raise ReplayError(f"{count} not followed by the workflows of {project}:\n  {lines}")
    return len(files)


def followed(project: str, files: list[Path]) -> Iterator[tuple[str, str]]:
    """Each journal that the project's workflows do not follow, and how."""
    found = load(project)
    workflows = {flow.name: flow for flow in found.workflows}
    contracts = Contracts(dict.fromkeys((*VOCABULARY, *found.messages)))  # pyright: ignore[reportArgumentType]
    for file in files:
        try:
            journal = msgspec.json.decode(file.read_bytes(), type=Journal)
            flow = workflows.get(journal.workflow)
            if flow is None:
                raise ReplayError(
                    f"{journal.run}: {project} has no workflow {journal.workflow!r} any more."
                    " Put it back, or take the journal away once its last run has ended."
                )
            follow(journal, flow, contracts)
        except (AndonError, msgspec.MsgspecError, OSError) as error:
            yield file.name, str(error)


if __name__ == "__main__":
    try:
        told = list(followed(sys.argv[1], [Path(name) for name in sys.argv[2:]]))
    except AndonError as error:
        sys.exit(str(error))
    print(json.dumps(told))
