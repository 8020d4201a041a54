"""The old ERP of this example: one SQLite file, a planner, a nightly job. Andon is not known to it.

python old_erp.py make
python old_erp.py release 1001 PUMP 5
python old_erp.py job
"""

import os
import sqlite3
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

__all__ = ["OldErp"]

TABLES = """
create table WORKORD (
  ORDNO char(8) primary key, ITEM char(15) not null,
  QTYM integer not null,          -- thousandths
  DUE char(6),                    -- DDMMYY
  STAT char(1) not null,          -- P planned, R released, C closed, X cancelled
  CHGD char(14) not null);        -- YYYYMMDDHHMMSS, local
create index WORKORD_CHGD on WORKORD (CHGD, ORDNO);
create table STAGING (
  DOCNO integer primary key autoincrement, XKEY varchar(40) not null unique,
  ORDNO char(8) not null, GOODM integer not null, DONE char(1) not null default 'N');
create trigger STAGING_CHECK before insert on STAGING
  when not exists (select 1 from WORKORD where ORDNO = new.ORDNO and STAT = 'R')
  begin select raise(abort, 'E4711 WORK ORDER NOT RELEASED'); end;
"""


class OldErp:
    """What its users and its own programs do."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def make(self) -> None:
        """Empty tables in a new file."""
        self._run(TABLES)

    def plan(self, number: str, item: str, quantity: str) -> None:
        """A planner's draft, which is no news yet."""
        values = (number, item, round(float(quantity) * 1000), "241226", "P", _now())
        self._change("insert into WORKORD values (?, ?, ?, ?, ?, ?)", values)

    def release(self, number: str) -> None:
        """The planner releases it."""
        self._change("update WORKORD set STAT = 'R', CHGD = ? where ORDNO = ?", (_now(), number))

    def cancel(self, number: str) -> None:
        """The planner takes it back."""
        self._change("update WORKORD set STAT = 'X', CHGD = ? where ORDNO = ?", (_now(), number))

    def job(self) -> int:
        """What runs at night: takes confirmations over and closes their orders."""
        rows = self.rows("select DOCNO, ORDNO from STAGING where DONE = 'N'")
        for document, number in rows:
            self._change("update STAGING set DONE = 'Y' where DOCNO = ?", (document,))
            close = "update WORKORD set STAT = 'C', CHGD = ? where ORDNO = ?"
            self._change(close, (_now(), number))
        return len(rows)

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """What stands in its tables."""
        connection = sqlite3.connect(self._file)
        try:
            return connection.execute(select).fetchall()
        finally:
            connection.close()

    def _change(self, statement: str, values: tuple[object, ...]) -> None:
        connection = sqlite3.connect(self._file)
        try:
            with connection:
                connection.execute(statement, values)
        finally:
            connection.close()

    def _run(self, script: str) -> None:
        connection = sqlite3.connect(self._file)
        try:
            connection.executescript(script)
        finally:
            connection.close()


def _now() -> str:
    return datetime.now(ZoneInfo("Europe/Berlin")).strftime("%Y%m%d%H%M%S")


if __name__ == "__main__":
    erp = OldErp(Path(os.environ.get("OLD_ERP_FILE", "old_erp.db")))
    match sys.argv[1:]:
        case ["make"]:
            erp.make()
        case ["release", number, item, quantity]:
            erp.plan(number, item, quantity)
            erp.release(number)
        case ["cancel", number]:
            erp.cancel(number)
        case ["job"]:
            print(f"{erp.job()} confirmations taken over")
        case _:
            print(__doc__)
