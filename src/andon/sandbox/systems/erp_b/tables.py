"""The tables of plant B's ERP, and how its own programs work in them."""

__all__ = ["Tables"]

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from andon.sandbox.systems.erp_b.server import Server

ANDON = "andon"
"""The user it has given to Andon: who may stage, and look at orders."""

_MADE = """
create table WORKORD (
  ORDNO varchar(8) primary key, ITEM varchar(15) not null,
  QTYM integer not null,          -- thousandths
  STAT varchar(1) not null,       -- R released, C closed, X cancelled
  DUED varchar(8) not null,       -- YYYYMMDD
  CHGD varchar(14) not null);     -- YYYYMMDDHHMMSS
create index on WORKORD (CHGD, ORDNO);
create table STOCK (
  ITEM varchar(15) not null, LOT varchar(12) not null, QTYM integer not null,
  primary key (ITEM, LOT));
create table LOTSTAT (
  LOT varchar(12) primary key,
  STAT varchar(1) not null);      -- B blocked, F free
create table STAGING (
  DOCNO integer generated always as identity primary key, XKEY varchar(64) not null,
  KIND varchar(5) not null,       -- ISSUE, CONFM, RECPT, CLOSE of an order; BLOCK, UNBLK of a lot
  ORDNO varchar(8), OPER varchar(4), ITEM varchar(15),
  LOTS varchar(200),              -- LOT=QTYM;LOT=QTYM, or the LOT
  QTYM integer, SCRPM integer,
  DONE varchar(1) not null default 'N',
  check ((KIND in ('BLOCK', 'UNBLK')) = (ORDNO is null)),
  check (ORDNO is not null or LOTS is not null));
create index on STAGING (XKEY);
create index on STAGING (ORDNO);
create function STAGING_CHECK() returns trigger language plpgsql security definer as $$ begin
  if new.ORDNO is null then
    return new;
  end if;
  -- Shared, so that nobody decides about the order until the row is there.
  perform 1 from WORKORD where ORDNO = new.ORDNO and STAT = 'R' for share;
  if not found then
    raise exception 'E4711 WORK ORDER NOT RELEASED';
  end if;
  return new;
end $$;
create trigger STAGING_CHECK before insert on STAGING
  for each row execute function STAGING_CHECK();
"""
_GRANTED = """
create role {user} login password {secret};
grant select on WORKORD to {user};
grant select, insert on STAGING to {user};
"""


class Tables:
    """In the database of one server, over one connection that is made anew where it broke."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection: psycopg.Connection | None = None

    def make(self, secret: str) -> None:
        """All of them, empty, and the user for Andon; nothing where they are."""
        granted = sql.SQL(_GRANTED).format(user=sql.Identifier(ANDON), secret=sql.Literal(secret))
        with self.transaction() as cursor:
            cursor.execute("select to_regclass('WORKORD') is null")
            if cursor.fetchone() == (True,):
                cursor.execute(_MADE)
                cursor.execute(granted)

    @contextmanager
    def transaction(self) -> Generator["psycopg.Cursor[tuple[Any, ...]]"]:
        """All that is done with it, or nothing. Raises ConnectionError while the server is down, or
        a row of it is in other hands for long."""
        try:
            if self._connection is None:
                self._connection = self._server.connected()
            with self._connection.transaction(), self._connection.cursor() as cursor:
                yield cursor
        except psycopg.OperationalError as error:
            self.close()
            raise ConnectionError(f"The ERP of plant B does not answer: {error}") from error

    def close(self) -> None:
        """Lets go of the connection; the next transaction makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
