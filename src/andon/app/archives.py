"""`andon log archive | archives | read`: what leaves the log by its lifetime."""

__all__ = ["archive", "archives", "read"]

import gzip
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import asyncpg
import msgspec
import typer
from rich.progress import Progress, TaskID
from rich.table import Table

from andon.app.terminal import (
    DATA,
    ERR,
    OUT,
    Data,
    Database,
    Project,
    refusals_said,
    run_or_exit,
    with_database,
)
from andon.core.errors import SettingsError
from andon.store.archive import lines_of, require_whole
from andon.store.migrate import require_supported
from andon.store.sweep import sweep

To = Annotated[
    Path | None, typer.Option(help="Folder of the archives; without one, `archive` in --data.")
]


def archive(project: Project, to: To = None, data: Data = DATA, database: Database = None) -> None:
    """Archives and removes what has outlived its lifetime in the project's `[retention]`.

    An archive is whole on disk before a row is removed. It may be killed and started again, and
    Andon may go on working meanwhile.
    """
    from andon.app.loading import load

    folder = (to or data / "archive").absolute()

    async def work(db: asyncpg.Connection) -> None:
        lifetimes = load(project).lifetimes()
        await require_supported(db)
        with _progress() as told:
            swept = await sweep(db, folder, lifetimes, now=datetime.now(UTC), told=told)
        for one in swept:
            left = f", {one.records - one.removed} of them were not there any more or are needed"
            _print(
                f"{one.name}: {one.records} rows archived, {one.removed} removed"
                f"{left if one.removed < one.records else ''}"
            )
        if not swept:
            _print("Nothing has outlived its lifetime, or what has is still needed.")

    run_or_exit(with_database(data, database, work))


def archives(data: Data = DATA, database: Database = None) -> None:
    """Lists what has left the database, oldest first."""

    async def work(db: asyncpg.Connection) -> None:
        await require_supported(db)
        table = Table(box=None)
        for column in ("archive", "rows", "MB", "recorded (UTC)", "written", ""):
            table.add_column(column, no_wrap=column == "archive")
        for row in await db.fetch("select * from archive order by id"):
            first, last = row["first_at"], row["last_at"]
            table.add_row(
                row["name"],
                str(row["records"]),
                f"{row['bytes'] / 1e6:.1f}",
                f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}" if first and last else "-",
                f"{row['written_at']:%Y-%m-%d %H:%M}",
                "" if row["done_at"] else "removal goes on with the next `andon log archive`",
            )
        OUT.print(table)

    run_or_exit(with_database(data, database, work))


def read(
    files: list[Path],
    subject: Annotated[
        str | None, typer.Option(help="Only rows about this subject, by its full name.")
    ] = None,
) -> None:
    """Prints the rows of archives as JSON lines, if each file is as it was written."""
    with refusals_said():
        for file in files:
            require_whole(file)
        for file in files:
            try:
                for line in lines_of(file):
                    if subject is None or _about(line) == subject:
                        sys.stdout.buffer.write(line)
            except gzip.BadGzipFile as error:
                raise SettingsError(f"{file} is no archive: {error}.") from error


def _about(line: bytes) -> str | None:
    row = msgspec.json.decode(line)
    return row.get("run", row).get("subject")


class _Told:
    """One bar per kind of work."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, of: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what)
        self._bars.update(self._tasks[what], completed=done, total=of)


@contextmanager
def _progress() -> Generator[_Told]:
    with Progress(console=ERR, transient=True) as bars:
        yield _Told(bars)


def _print(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
