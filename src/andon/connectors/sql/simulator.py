"""An old ERP in one SQLite file, with the oddities of its kind.

It keeps local times without a zone, to the second, so that many rows share one. It releases orders
in a table, logs what it did in another, leaves rows for others in a third, and takes confirmations
through a staging table whose trigger refuses in its own words.
"""

__all__ = ["COUNTERPARTS", "LostAnswers", "OldErp", "OldErpLog", "OldErpOutbox", "schema"]

import asyncio
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import plugins
from sqlalchemy.engine import URL, CreateEnginePlugin

from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

ZONE = ZoneInfo("Europe/Berlin")
WORDS = "this order is not released"
_LOSING = "andon_lost_answer"

_SCHEMA = f"""
create table orders (
  order_no text primary key, item text not null, qty numeric not null, uom text not null,
  due text, state char(1) not null default 'R', changed datetime);
create index orders_changed on orders (changed, order_no);
create table order_log (
  seq integer primary key autoincrement, order_no text not null, what text not null);
create table outgoing (
  id integer primary key autoincrement, order_no text not null, taken char(1) not null default 'N');
create table confirmations (
  doc_no integer primary key autoincrement, andon_key text not null unique,
  order_no text not null, good numeric not null check (good >= 0), remark text, at text);
create trigger refuse before insert on confirmations
  when not exists (select 1 from orders where order_no = new.order_no and state = 'R')
  begin select raise(abort, '{WORDS}'); end;
"""
_BEFORE = """
insert into orders values ('PA-1', 'PUMP', 5, 'PCE', '2026-12-24', 'R', null);
insert into order_log (order_no, what) values ('PA-1', 'released');
insert into outgoing (order_no) values ('PA-1');
"""


def schema() -> str:
    """The old ERP's tables and its trigger, as SQL."""
    return _SCHEMA


class LostAnswers(CreateEnginePlugin):
    """A share that breaks down between a commit and its answer."""

    files: ClassVar[set[str]] = set()
    """The databases whose next commit is done and not answered."""

    def update_url(self, url: URL) -> URL:
        """The file is opened as it would be without it."""
        return url.difference_update_query(["plugin"])

    def engine_created(self, engine: sa.Engine) -> None:
        """Stands between the driver's commit and whoever waits for it."""
        dialect: Any = engine.dialect
        commit = dialect.do_commit

        def commits(raw: Any) -> None:
            commit(raw)
            for file in [file for file in self.files if file in str(engine.url)]:
                self.files.discard(file)
                raise sqlite3.OperationalError("disk I/O error")

        dialect.do_commit = commits


plugins.register(_LOSING, __name__, "LostAnswers")


class _File(Counterpart):
    """One SQLite file; stopped means that it is not there."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.gettempdir(), f"andon-old-erp-{id(self)}-{_number()}")
        self._away = self._folder / "away.db"
        self.file = self._folder / "erp.db"
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    async def start(self) -> None:
        """Makes the file, or brings it back."""
        await asyncio.to_thread(self._start)

    async def stop(self) -> None:
        """Takes the file away."""
        if self.file.exists():
            self.file.rename(self._away)

    def settings(self) -> dict[str, Any]:
        """How to reach it, with quick looks."""
        return {
            "url": f"sqlite:///{self.file}?plugin={_LOSING}",
            "time_zone": ZONE.key,
            "poll_every": "50 ms",
            "overlap": "2 s",
            "timeout": "2 s",
        }

    def _start(self) -> None:
        if self._away.exists():
            self._away.rename(self.file)
        elif not self.file.exists():
            self._folder.mkdir(parents=True)
            self.run(_SCHEMA)
            self.run(_BEFORE)

    def run(self, script: str) -> None:
        """What the old ERP itself does."""
        with closing(sqlite3.connect(self.file)) as connection:
            connection.executescript(script)

    def rows(self, select: str) -> list[Any]:
        """What stands in its tables."""
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(select).fetchall()

    def add(self, insert: str, rows: Sequence[Sequence[Any]]) -> None:
        """Many rows in one transaction."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.executemany(insert, rows)


class OldErp(_File, Speaks, Takes):
    """Orders by their time of change, confirmations through the staging table."""

    name = "old-erp"
    dedupes = True
    refusal_words = WORDS

    def settings(self) -> dict[str, Any]:
        """Orders are read by time; a confirmation carries our key in a column of its own."""
        orders = {
            "table": "orders",
            "key": ["order_no"],
            "cursor": {"by": "time", "column": "changed"},
            "deleted": "order-gone",
        }
        confirmation = {
            "statement": "insert into confirmations (andon_key, order_no, good, remark, at)"
            " values (:key, :order_no, :good, :remark, :at)",
            "find": "select doc_no, order_no from confirmations where andon_key = :key",
        }
        return {
            **super().settings(),
            "reads": {"orders": orders},
            "writes": {"confirmation": confirmation},
        }

    async def say(self, count: int) -> Sequence[str]:
        """Planners release orders, all within one second of the local clock."""
        names = [f"PA-{_number()}" for _ in range(count)]
        now = datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        insert = "insert into orders values (?, 'PUMP', 2.5, 'PCE', '2026-12-24', 'R', ?)"
        await asyncio.to_thread(self.add, insert, [(name, now) for name in names])
        return names

    def request(self, effect: str) -> Request:
        """A confirmation whose remark is the effect's name."""
        body = {"order_no": "PA-1", "good": "1.5", "remark": effect, "at": datetime.now(ZONE)}
        return Request(target="confirmation", body=body)

    async def effects(self) -> Sequence[str]:
        """The remarks of all confirmations."""
        return [row[0] for row in self.rows("select remark from confirmations order by doc_no")]

    async def lose_answer(self) -> None:
        """The next commit is done and not answered."""
        LostAnswers.files.add(str(self.file))

    def refused(self) -> Request | None:
        """A confirmation of an order that was never released."""
        body = {"order_no": "NO-SUCH", "good": 1, "remark": "refused", "at": None}
        return Request(target="confirmation", body=body)


class OldErpLog(_File, Speaks):
    """What it logs, by a growing number."""

    name = "old-erp-log"

    def settings(self) -> dict[str, Any]:
        """A SELECT with a value of its own, read by key."""
        read = {
            "select": "select seq, order_no, what from order_log where what <> :boring",
            "parameters": {"boring": "looked at"},
            "key": ["seq"],
            "cursor": {"by": "key", "column": "seq"},
        }
        return {**super().settings(), "overlap": "100 ms", "reads": {"log": read}}

    async def say(self, count: int) -> Sequence[str]:
        """Lines of the log, some of them boring."""
        names = [f"PA-{_number()}" for _ in range(count)]
        lines = [(name, what) for name in names for what in ("looked at", "released")]
        await asyncio.to_thread(
            self.add, "insert into order_log (order_no, what) values (?, ?)", lines
        )
        return names


class OldErpOutbox(_File, Speaks):
    """What it leaves for others, in a table whose rows are marked once taken."""

    name = "old-erp-outbox"

    def settings(self) -> dict[str, Any]:
        """Rows marked N are new; Andon marks them Y."""
        cursor = {"by": "outbox", "column": "id", "mark": "taken", "new": "N", "taken": "Y"}
        read = {"table": "outgoing", "key": ["id"], "cursor": cursor}
        return {**super().settings(), "reads": {"outgoing": read}}

    async def say(self, count: int) -> Sequence[str]:
        """Rows to be taken."""
        names = [f"PA-{_number()}" for _ in range(count)]
        insert = "insert into outgoing (order_no) values (?)"
        await asyncio.to_thread(self.add, insert, [(name,) for name in names])
        return names


_given = iter(range(1000, 10**12))


def _number() -> int:
    return next(_given)


COUNTERPARTS = (OldErp, OldErpLog, OldErpOutbox)
