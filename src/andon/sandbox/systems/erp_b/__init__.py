"""The legacy ERP of plant B: tables in a database file, and a batch every two hours."""

__all__ = ["BATCH", "ErpB"]

import csv
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from andon.sandbox.system import Belief, System
from andon.sandbox.truth import Arrived, Fact
from andon.sandbox.world import World

BATCH = timedelta(hours=2)
"""How often it works off what was staged, and exports its stock."""
_LEAD = timedelta(days=2)
"""By then an order is due whose planner says nothing else."""

_TABLES = """
create table WORKORD (
  ORDNO char(8) primary key, ITEM char(15) not null,
  QTYM integer not null,          -- thousandths
  STAT char(1) not null,          -- R released, C closed, X cancelled
  DUED char(8) not null,          -- YYYYMMDD
  CHGD char(14) not null);        -- YYYYMMDDHHMMSS
create index WORKORD_CHGD on WORKORD (CHGD, ORDNO);
create table STOCK (
  ITEM char(15) not null, LOT char(12) not null, QTYM integer not null,
  primary key (ITEM, LOT));
create table STAGING (
  DOCNO integer primary key autoincrement, XKEY varchar(64) not null,
  KIND char(5) not null,          -- ISSUE, CONFM, RECPT, CLOSE
  ORDNO char(8) not null, OPER char(4), ITEM char(15),
  LOTS varchar(200),              -- LOT=QTYM;LOT=QTYM
  QTYM integer, SCRPM integer,
  DONE char(1) not null default 'N');
create index STAGING_XKEY on STAGING (XKEY);
create trigger STAGING_CHECK before insert on STAGING
  when not exists (select 1 from WORKORD where ORDNO = new.ORDNO and STAT = 'R')
  begin select raise(abort, 'E4711 WORK ORDER NOT RELEASED'); end;
"""


class ErpB(System):
    """It takes what is staged as it is, twice if it is there twice: nobody told it of keys."""

    name = "erp-b"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        home = Path(tempfile.mkdtemp(prefix="andon-erp-b-"))
        weakref.finalize(self, shutil.rmtree, home, True)
        self.file = home / "erp.db"
        self.exports = home / "exports"
        (self.exports / "in").mkdir(parents=True)
        with closing(sqlite3.connect(self.file)) as db:
            db.executescript(_TABLES)
        self._numbers = 0
        self._exported = 0

    async def start(self) -> None:
        """A file is always there."""

    async def stop(self) -> None:
        """Nothing is open."""

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_ERP_B_URL": f"sqlite:///{self.file}",
            "COMPANY_ERP_B_EXPORTS": str(self.exports),
        }

    def release(self, item: str, quantity: int) -> str:
        """A planner types in an order and releases it."""
        self._numbers += 1
        number = f"B{self._numbers:06}"
        due = f"{self.world.now() + _LEAD:%Y%m%d}"
        values = (number, item, quantity * 1000, "R", due, self._at())
        self._change("insert into WORKORD values (?, ?, ?, ?, ?, ?)", values)
        return number

    def change(self, number: str, *, quantity: int | None = None, due: date | None = None) -> None:
        """A planner wants another amount of it, or another day. Raises ValueError, in its words,
        where it may not be changed any more."""
        if quantity is not None and quantity <= 0:
            raise ValueError("E4710 QUANTITY NOT POSITIVE")
        self._decide(
            number,
            "QTYM = coalesce(?, QTYM), DUED = coalesce(?, DUED)",
            quantity and quantity * 1000,
            due and f"{due:%Y%m%d}",
        )

    def cancel(self, number: str) -> None:
        """A planner wants none of it any more. Raises ValueError, in its words, where it is too
        late: the floor's rows are all that it knows of the floor."""
        self._decide(number, "STAT = 'X'")

    def reinstate(self, number: str) -> None:
        """A planner takes the cancellation back. Raises ValueError where there is none."""
        self._decide(number, "STAT = 'R'", stands="X")

    def _decide(self, number: str, sets: str, *values: object, stands: str = "R") -> None:
        with closing(sqlite3.connect(self.file, timeout=10)) as db, db:
            db.execute("begin immediate")
            row = db.execute("select STAT from WORKORD where ORDNO = ?", (number,)).fetchone()
            if row != (stands,):
                raise ValueError(f"E4712 WORK ORDER {number} HAS STATUS {row and row[0]}")
            if db.execute("select 1 from STAGING where ORDNO = ? limit 1", (number,)).fetchone():
                raise ValueError(f"E4713 WORK ORDER {number} HAS POSTINGS")
            db.execute(
                f"update WORKORD set {sets}, CHGD = ? where ORDNO = ?",
                (*values, self._at(), number),
            )

    def _at(self) -> str:
        return f"{self.world.now():%Y%m%d%H%M%S}"

    def hear(self, fact: Fact) -> None:
        """The opening stock was typed in."""
        if isinstance(fact, Arrived) and fact.because == "opening" and fact.place.startswith("B."):
            values = (fact.material, fact.lot, int(fact.quantity * 1000))
            self._change("insert into STOCK values (?, ?, ?)", values)

    def batch(self) -> int:
        """Takes over what was staged, then exports the stock; how many rows it took."""
        rows = self.rows(
            "select DOCNO, KIND, ORDNO, ITEM, LOTS from STAGING where DONE = 'N' order by DOCNO"
        )
        at = self._at()
        with closing(sqlite3.connect(self.file)) as db, db:
            for document, kind, order, item, lots in rows:
                db.executemany(
                    "insert into STOCK values (?, ?, ?) on conflict (ITEM, LOT)"
                    " do update set QTYM = QTYM + excluded.QTYM",
                    [(item, lot, amount) for lot, amount in _moved(kind, lots or "")],
                )
                if kind == "CLOSE":
                    db.execute(
                        "update WORKORD set STAT = 'C', CHGD = ? where ORDNO = ?", (at, order)
                    )
                db.execute("update STAGING set DONE = 'Y' where DOCNO = ?", (document,))
        self._export()
        return len(rows)

    def _export(self) -> None:
        """As its job always did: semicolons, commas, the code page of the machine it runs on."""
        self._exported += 1
        file = self.exports / "in" / f"stock-{self._exported:04}.csv"
        part = file.with_suffix(".part")
        with part.open("w", encoding="cp1252", newline="") as out:
            lines = csv.writer(out, delimiter=";")
            lines.writerow(("Artikel", "Charge", "Bestand", "Stand"))
            at = f"{self.world.now():%d.%m.%Y %H:%M:%S}"
            for item, lot, amount in self.rows("select ITEM, LOT, QTYM from STOCK order by LOT"):
                lines.writerow((item, lot, f"{Decimal(amount) / 1000:.3f}".replace(".", ","), at))
        part.rename(file)

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """What stands in its tables."""
        with closing(sqlite3.connect(self.file)) as db:
            return db.execute(select).fetchall()

    def _change(self, statement: str, values: tuple[object, ...]) -> None:
        with closing(sqlite3.connect(self.file, timeout=10)) as db, db:
            db.execute(statement, values)

    def effects(self) -> int:
        """What was staged."""
        ((count,),) = self.rows("select count(*) from STAGING")
        return int(count)

    def believes(self) -> Iterable[Belief]:
        """Its stock as of the last batch, and how far each order is."""
        for item, lot, amount in self.rows("select ITEM, LOT, QTYM from STOCK"):
            yield Belief(f"lot:{lot or item}@B", "quantity", f"{Decimal(amount) / 1000:f}")
        for number, status in self.rows("select ORDNO, STAT from WORKORD"):
            yield Belief(f"order:{number}", "status", _STATUS[status])


_STATUS = {"R": "Open", "C": "Completed", "X": "Cancelled"}


def _moved(kind: str, lots: str) -> Iterable[tuple[str, int]]:
    """What a staged row does to the stock of each lot."""
    sign = {"ISSUE": -1, "RECPT": 1}.get(kind, 0)
    for part in lots.split(";") if sign and lots else ():
        lot, _, amount = part.partition("=")
        yield lot, sign * int(amount)
