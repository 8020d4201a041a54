"""PostgreSQL and MariaDB in processes of their own: orders by time, a procedure that confirms."""

__all__ = ["COUNTERPARTS", "RealDatabase", "RealMariaDb", "RealPostgres"]

import asyncio
import atexit
import itertools
import shutil
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import asyncpg
import sqlalchemy as sa

from andon.connectors._ports import free_port
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes
from andon.store.embedded import EmbeddedServer
from tests.contract.breaking import BreakingWire
from tools.counterparts import MariaDb

_numbers = itertools.count(5001)
PASSWORD = "pumps-and-valves"
WORDS = "order NO-SUCH is not released"


class RealDatabase(Counterpart, Speaks, Takes):
    """What both have in common: the tables' names, the procedure, the settings."""

    lasting: ClassVar[bool] = True
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = WORDS

    def __init__(self) -> None:
        self.folder = Path(tempfile.gettempdir(), f"andon-{self.name}-{id(self):x}")
        self.wire = BreakingWire(self._onward)

    def url(self) -> str:
        raise NotImplementedError

    def directly(self) -> sa.Engine:
        """The same database for another program, as its owner and past the wire."""
        raise NotImplementedError

    async def _onward(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        raise NotImplementedError

    async def run(self, script: str) -> list[Any]:
        """What the ERP does there itself; rows of the last statement."""
        raise NotImplementedError

    def settings(self) -> dict[str, Any]:
        orders = {
            "table": "orders",
            "key": ["order_no"],
            "cursor": {"by": "time", "column": "changed"},
        }
        confirmation = {
            "statement": "call confirm(:key, :order_no, :good, :remark, :at)",
            "find": "select doc_no, order_no from confirmations where andon_key = :key",
        }
        return {
            "url": self.url(),
            "password": PASSWORD,
            "time_zone": "Europe/Berlin",
            "poll_every": "50 ms",
            "overlap": "2 s",
            "timeout": "3 s",
            "reads": {"orders": orders},
            "writes": {"confirmation": confirmation},
        }

    def wrong_access(self) -> dict[str, Any] | None:
        return {**self.settings(), "password": "pipes-and-wires"}

    async def say(self, count: int) -> Sequence[str]:
        names = [f"PA-{next(_numbers)}" for _ in range(count)]
        rows = ", ".join(f"('{name}', 'PUMP', 2.5, now())" for name in names)
        await self.run(f"insert into orders (order_no, item, qty, changed) values {rows}")
        return names

    def request(self, effect: str) -> Request:
        body = {"order_no": "PA-1", "good": "1.5", "remark": effect, "at": datetime.now(UTC)}
        return Request(target="confirmation", body=body)

    async def effects(self) -> Sequence[str]:
        rows = await self.run("select remark from confirmations order by doc_no")
        return [row[0] for row in rows]

    async def lose_answer(self) -> None:
        self.wire.loses = b"COMMIT"

    def refused(self) -> Request | None:
        body = {"order_no": "NO-SUCH", "good": 1, "remark": "refused", "at": None}
        return Request(target="confirmation", body=body)


class RealPostgres(RealDatabase):
    """Over a unix socket, with a password."""

    name = "postgresql"

    def __init__(self) -> None:
        super().__init__()
        self._server: EmbeddedServer | None = None

    @property
    def dsn(self) -> str:
        """For its owner."""
        assert self._server is not None
        return self._server.dsn

    async def start(self) -> None:
        fresh = not self.folder.exists()
        if fresh:
            self.folder.mkdir()
            self.folder.chmod(0o711)
            atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self._server = await EmbeddedServer.start(self.folder / "s", home=self.folder / "h")
        if fresh:
            await self._furnish()
        await self.wire.open_path(str(self.folder / ".s.PGSQL.5432"))

    async def stop(self) -> None:
        await self.wire.close()
        server, self._server = self._server, None
        if server is not None:
            await server.stop()

    def url(self) -> str:
        return f"postgresql+psycopg://erp@/postgres?host={self.folder}"

    def directly(self) -> sa.Engine:
        (folder,) = parse_qs(urlsplit(self.dsn).query)["host"]
        return sa.create_engine(f"postgresql+psycopg://andon@/postgres?host={folder}")

    async def _onward(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        (folder,) = parse_qs(urlsplit(self.dsn).query)["host"]
        return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")

    async def run(self, script: str) -> list[Any]:
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetch(script)
        finally:
            await connection.close()

    async def _furnish(self) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute(_POSTGRES)
            _ask_for_password(Path(await connection.fetchval("show hba_file")))
            await connection.execute("select pg_reload_conf()")
        finally:
            await connection.close()


def _ask_for_password(rules: Path) -> None:
    rules.write_text("local all erp scram-sha-256\n" + rules.read_text())


class RealMariaDb(RealDatabase):
    """Over TCP, with a password."""

    name = "mariadb"

    def __init__(self) -> None:
        super().__init__()
        self.server = MariaDb(self.folder)
        self._port = free_port()

    async def start(self) -> None:
        fresh = not self.folder.exists()
        if fresh:
            atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        await asyncio.to_thread(self.server.start)
        if fresh:
            await asyncio.to_thread(self.server.load_zone, "Europe/Berlin")
            await self.run(_MARIADB, "")
        await self.wire.open_port(self._port)

    async def stop(self) -> None:
        await self.wire.close()
        await asyncio.to_thread(self.server.kill)

    def url(self) -> str:
        return f"mysql+pymysql://erp@127.0.0.1:{self._port}/erp"

    def directly(self) -> sa.Engine:
        return sa.create_engine(f"mysql+pymysql://root@localhost/erp?unix_socket={self.folder}/s")

    async def _onward(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.server.port)

    async def run(self, script: str, database: str = "erp") -> list[Any]:
        said = await asyncio.to_thread(self.server.run, script, database)
        return [line.split("\t") for line in said.splitlines()]


_POSTGRES = f"""
create table orders (order_no text primary key, item text, qty numeric(12, 3),
  changed timestamptz not null);
create index on orders (changed, order_no);
create table confirmations (doc_no serial primary key, andon_key text not null unique,
  order_no text not null, good numeric not null, remark text, at timestamptz);
create procedure confirm(k text, no text, good numeric, remark text, at timestamptz)
language plpgsql as $$ begin
  if not exists (select 1 from orders where order_no = no) then
    raise exception 'order % is not released', no using errcode = 'ERP01';
  end if;
  insert into confirmations (andon_key, order_no, good, remark, at)
  values (k, no, good, remark, at);
end $$;
insert into orders values ('PA-1', 'PUMP', 5, now());
create role erp login password '{PASSWORD}';
grant all on all tables in schema public to erp;
grant all on all sequences in schema public to erp;
grant create on schema public to erp;
"""

_MARIADB = f"""
create database erp character set utf8mb4;
use erp
create table orders (order_no varchar(20) primary key, item varchar(20), qty decimal(12, 3),
  changed datetime not null, key (changed, order_no));
create table confirmations (doc_no int auto_increment primary key,
  andon_key varchar(64) not null unique, order_no varchar(20) not null, good decimal(12, 3),
  remark varchar(80), at datetime);
delimiter //
create procedure confirm(k varchar(64), no varchar(20), good decimal(12, 3), remark varchar(80),
  at datetime)
begin
  if not exists (select 1 from orders where order_no = no) then
    set @words = concat('order ', no, ' is not released');
    signal sqlstate '45001' set message_text = @words;
  end if;
  insert into confirmations (andon_key, order_no, good, remark, at)
  values (k, no, good, remark, at);
end //
delimiter ;
insert into orders values ('PA-1', 'PUMP', 5, now());
create user erp@'127.0.0.1' identified by '{PASSWORD}';
create user erp@localhost identified by '{PASSWORD}';
grant all on erp.* to erp@'127.0.0.1', erp@localhost;
"""

COUNTERPARTS = (RealPostgres, RealMariaDb)
