"""SQL databases: rows in by key, time, comparison or outbox; statements and procedures out."""

__all__ = ["Sql"]

from collections.abc import AsyncIterator, Sequence, Set

import sqlalchemy as sa

from andon.connectors._declared import no_proof
from andon.connectors.sql.calls import Calls
from andon.connectors.sql.checks import check_writes, rows_of
from andon.connectors.sql.database import Database
from andon.connectors.sql.faults import settings_faults
from andon.connectors.sql.looks import Look
from andon.connectors.sql.outbox import Box
from andon.connectors.sql.reading import Reading
from andon.connectors.sql.settings import Outbox, SqlSettings
from andon.core.connector import Item, Position, Proof, Receipt, Request, Sink, Source
from andon.core.errors import Fault, SettingsError


class Sql(Source[SqlSettings], Sink[SqlSettings]):
    """One database. Two changes of a row between two looks are seen as one."""

    settings_type = SqlSettings
    _database: Database | None = None
    _reading: Reading
    _calls: Calls
    _looks: list[Look | Box]

    async def open(self) -> None:
        """Connects and has every table, column and statement checked, so that mistakes show now."""
        self._refuse(self.faults())
        self._database = Database(self.name, self.settings)
        try:
            await self._get_ready(self._database)
        except BaseException:
            await self.close()
            raise

    def faults(self) -> Sequence[Fault]:
        """What does not fit together in reads and writes."""
        return settings_faults(self.settings)

    @property
    def kinds(self) -> Set[str]:
        """One for each read, and one for what is gone from it where that is told."""
        reads = self.settings.reads
        return {one.kind or name for name, one in reads.items()} | {
            one.deleted for one in reads.values() if one.deleted
        }

    def missing_for(self, target: str, proof: Proof) -> str | None:
        """A target is the name of one of the `writes`; what is looked for needs its `find`."""
        return no_proof("writes", self.settings.writes, target, proof)

    async def close(self) -> None:
        """Stops running statements and closes every connection."""
        database, self._database = self._database, None
        if database is not None:
            await database.close()

    def read(self, after: Position) -> AsyncIterator[Item]:
        """All reads in turn, each in its own order."""
        return self._reading.items(after)

    async def committed(self, position: Position) -> None:
        """Rows of an outbox are marked or deleted now."""
        await self._reading.committed(position)

    @property
    def found_by_sweep(self) -> int:
        """Rows that the looks for news missed and a full look found."""
        return sum(look.found_by_sweep for look in self._looks if isinstance(look, Look))

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One transaction; what `find` shows to be done already is adopted."""
        return await self._calls.send(request, key)

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """What the target's `find` statement returns."""
        return await self._calls.find(request, key)

    async def _get_ready(self, database: Database) -> None:
        settings = self.settings

        def reads(connection: sa.Connection):
            return rows_of(connection, settings, database)

        rows, faults = await database.read(reads, what="check its tables")
        faults += await database.call(
            lambda connection: check_writes(connection, settings.writes, database)
        )
        self._refuse(faults)
        kinds = {
            name: Box if isinstance(read.cursor, Outbox) else Look
            for name, read in settings.reads.items()
        }
        self._looks = [
            kinds[name](name, read, rows[name], database=database, settings=settings)
            for name, read in settings.reads.items()
        ]
        self._reading = Reading(
            self._looks,
            poll=settings.poll_every.total_seconds(),
            sweep=settings.sweep_every.total_seconds(),
        )
        self._calls = Calls(self.name, settings, database)

    def _refuse(self, faults: Sequence[Fault]) -> None:
        if faults:
            raise SettingsError(
                f"{self.name} cannot be opened: {len(faults)} mistake{'s' * (len(faults) > 1)}.",
                faults,
            )
