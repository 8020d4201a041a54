"""The legacy ERP of plant B: tables in a database, and a batch every two hours. Its days and times
are those of the wall there."""

__all__ = ["BATCH", "ErpB"]

import asyncio
import csv
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

from andon.sandbox.system import Belief, System
from andon.sandbox.truth import Arrived, Fact
from andon.sandbox.world import World
from andon.sandbox.zones import PLANT_B

if TYPE_CHECKING:
    from andon.sandbox.systems.erp_b.server import Server
    from andon.sandbox.systems.erp_b.tables import Tables

BATCH = timedelta(hours=2)
"""How often it works off what was staged, and exports its stock."""
_LEAD = timedelta(days=2)
"""By then an order is due whose planner says nothing else."""


class ErpB(System):
    """It takes what is staged as it is, twice if it is there twice: nobody told it of keys. It
    books what went into an order though it has the lot blocked: it is no more there.

    While its database is down its screens raise ConnectionError, and nothing is done.
    """

    name = "erp-b"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        home = Path(tempfile.mkdtemp(prefix="andon-erp-b-"))
        weakref.finalize(self, shutil.rmtree, home, True)
        self.exports = home / "exports"
        (self.exports / "in").mkdir(parents=True)
        self._secret = f"{world.chance('erp-b').getrandbits(64):016x}"
        self._opening: list[tuple[str, str, int]] = []
        self._numbers = 0
        self._exported = 0

    @cached_property
    def _server(self) -> "Server":
        # Its driver takes a while to load, and the demo only wants to know who the systems are.
        from andon.sandbox.systems.erp_b.server import Server

        return Server(f"{self.world.chance('erp-b/owner').getrandbits(64):016x}")

    @cached_property
    def _tables(self) -> "Tables":
        from andon.sandbox.systems.erp_b.tables import Tables

        return Tables(self._server)

    async def start(self) -> None:
        """Its database takes connections; after `stop` at the same port, with what it held."""
        await self._server.start()
        try:
            await asyncio.to_thread(self._tables.make, self._secret)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Kills its database; every connection breaks."""
        self._tables.close()
        await self._server.stop()

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_ERP_B_URL": f"postgresql+psycopg://{self._server.address('andon')}",
            "COMPANY_ERP_B_PASSWORD": self._secret,
            "COMPANY_ERP_B_EXPORTS": str(self.exports),
        }

    def release(self, item: str, quantity: int) -> str:
        """A planner types in an order and releases it."""
        self._numbers += 1
        number = f"B{self._numbers:06}"
        due = f"{self._here() + _LEAD:%Y%m%d}"
        values = (number, item, quantity * 1000, "R", due, self._at())
        with self._tables.transaction() as cursor:
            cursor.execute("insert into WORKORD values (%s, %s, %s, %s, %s, %s)", values)
        return number

    def change(self, number: str, *, quantity: int | None = None, due: date | None = None) -> None:
        """A planner wants another amount of it, or another day. Raises ValueError, in its words,
        where it may not be changed any more."""
        if quantity is not None and quantity <= 0:
            raise ValueError("E4710 QUANTITY NOT POSITIVE")
        self._decide(
            number,
            "QTYM = coalesce(%s, QTYM), DUED = coalesce(%s, DUED)",
            quantity and quantity * 1000,
            due and f"{due:%Y%m%d}",
        )

    def cancel(self, number: str) -> None:
        """A planner wants none of it any more. Raises ValueError, in its words, where it is too
        late: the floor's rows are all that it knows of the floor."""
        self._decide(number, "STAT = 'X'")

    def reinstate(self, number: str, *, quantity: int | None = None) -> None:
        """A planner takes the cancellation back, for this amount or the one it had. Raises
        ValueError where there is none."""
        sets = "STAT = 'R', QTYM = coalesce(%s, QTYM)"
        self._decide(number, sets, quantity and quantity * 1000, stands="X")

    def _decide(self, number: str, sets: LiteralString, *values: object, stands: str = "R") -> None:
        with self._tables.transaction() as cursor:
            cursor.execute("select STAT from WORKORD where ORDNO = %s for update", (number,))
            row = cursor.fetchone()
            if row != (stands,):
                raise ValueError(f"E4712 WORK ORDER {number} HAS STATUS {row and row[0]}")
            cursor.execute("select 1 from STAGING where ORDNO = %s limit 1", (number,))
            if cursor.fetchone():
                raise ValueError(f"E4713 WORK ORDER {number} HAS POSTINGS")
            cursor.execute(
                f"update WORKORD set {sets}, CHGD = %s where ORDNO = %s",
                (*values, self._at(), number),
            )

    def _at(self) -> str:
        return f"{self._here():%Y%m%d%H%M%S}"

    def _here(self) -> datetime:
        return self.world.now().astimezone(PLANT_B)

    def hear(self, fact: Fact) -> None:
        """The opening stock is typed in before the first batch."""
        if isinstance(fact, Arrived) and fact.because == "opening" and fact.place.startswith("B."):
            self._opening.append((fact.material, fact.lot, int(fact.quantity * 1000)))

    def batch(self) -> int:
        """Takes over what was staged, then exports the stock; how many rows it took."""
        at = self._at()
        with self._tables.transaction() as cursor:
            cursor.executemany(_MOVES, self._opening)
            cursor.execute(
                "select DOCNO, KIND, ORDNO, ITEM, LOTS from STAGING where DONE = 'N' order by DOCNO"
            )
            rows = cursor.fetchall()
            for document, kind, order, item, lots in rows:
                moved = [(item, lot, amount) for lot, amount in _moved(kind, lots or "")]
                cursor.executemany(_MOVES, moved)
                match kind:
                    case "CLOSE":
                        cursor.execute(
                            "update WORKORD set STAT = 'C', CHGD = %s where ORDNO = %s", (at, order)
                        )
                    case "BLOCK" | "UNBLK":
                        cursor.execute(_STANDS, (lots, "B" if kind == "BLOCK" else "F"))
                    case _:
                        pass
                cursor.execute("update STAGING set DONE = 'Y' where DOCNO = %s", (document,))
        self._opening.clear()
        self._export()
        return len(rows)

    def _export(self) -> None:
        """As its job always did: semicolons, commas, the code page of the machine it runs on."""
        self._exported += 1
        file = self.exports / "in" / f"stock-{self._exported:04}.csv"
        part = file.with_suffix(".part")
        with part.open("w", encoding="cp1252", newline="") as out:
            lines = csv.writer(out, delimiter=";")
            lines.writerow(("Artikel", "Charge", "Bestand", "Sperre", "Stand"))
            at = f"{self._here():%d.%m.%Y %H:%M:%S}"
            for item, lot, amount, status in self.rows(_STOCK):
                much = f"{Decimal(amount) / 1000:.3f}".replace(".", ",")
                lines.writerow((item, lot, much, "X" if status == "B" else "", at))
        part.rename(file)

    def rows(self, select: LiteralString) -> list[tuple[Any, ...]]:
        """What stands in its tables."""
        with self._tables.transaction() as cursor:
            return cursor.execute(select).fetchall()

    def effects(self) -> int:
        """What was staged."""
        ((count,),) = self.rows("select count(*) from STAGING")
        return int(count)

    def believes(self) -> Iterable[Belief]:
        """Its stock and what of it is blocked, as of the last batch, and how far each order is."""
        for item, lot, amount in self.rows("select ITEM, LOT, QTYM from STOCK"):
            yield Belief(f"lot:{lot or item}@B", "quantity", f"{Decimal(amount) / 1000:f}")
        for (lot,) in self.rows("select LOT from LOTSTAT where STAT = 'B'"):
            yield Belief(f"lot:{lot}", "hold", "true")
        for number, status in self.rows("select ORDNO, STAT from WORKORD"):
            yield Belief(f"order:{number}", "status", _STATUS[status])


_MOVES = """insert into STOCK values (%s, %s, %s)
on conflict (ITEM, LOT) do update set QTYM = STOCK.QTYM + excluded.QTYM"""
_STANDS = """insert into LOTSTAT values (%s, %s)
on conflict (LOT) do update set STAT = excluded.STAT"""
_STOCK: LiteralString = """select ITEM, LOT, QTYM, STAT from STOCK left join LOTSTAT using (LOT)
order by LOT"""
_STATUS = {"R": "Open", "C": "Completed", "X": "Cancelled"}


def _moved(kind: str, lots: str) -> Iterable[tuple[str, int]]:
    """What a staged row does to the stock of each lot."""
    sign = {"ISSUE": -1, "RECPT": 1}.get(kind, 0)
    for part in lots.split(";") if sign and lots else ():
        lot, _, amount = part.partition("=")
        yield lot, sign * int(amount)
