"""SQLite files as a build cache: what is copied is one file, so its journal must be empty."""

import contextlib
import shutil
import sqlite3
from pathlib import Path


def settle(database: Path) -> None:
    """Moves what still stands in the write-ahead journal into the file itself."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        busy, _, _ = connection.execute("pragma wal_checkpoint(truncate)").fetchone()
    if busy:
        raise RuntimeError(f"{database} is still in use and cannot be kept. End its program first.")


def copy_fresh(cached: Path, database: Path) -> None:
    """Replaces a database; the old one's journal beside it would be replayed over the new one."""
    for old in database.parent.glob(f"{database.name}*"):
        old.unlink()
    shutil.copy2(cached, database)
