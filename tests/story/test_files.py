"""Plant B, whose MES knows files only: orders go out, confirmations come in, odd files are told."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from andon.engine.plan import Plan
from tests.integration.plant import Shift, rows_of, until
from tests.story.example import Example, module_of

HEAD = "Auftrag;Vorgang;Status;Gutmenge;Ausschuss;Arbeitsplatz;Zeitpunkt\r\n"


class PlantB(Example):
    """The project on a fresh database, and the people of the MES at their folder."""

    def __init__(self, folder: Path, dsn: str) -> None:
        super().__init__(dsn)
        self.folder = folder
        for name in ("von_mes", "nach_mes"):
            (folder / name).mkdir()

    @property
    def plan(self) -> Plan:
        """Made anew each time, as a new process makes it."""
        return module_of("files/plant_b.py").andon.plan({"PLANT_B_FOLDER": str(self.folder)})

    async def releases(self, order: str, quantity: str) -> None:
        """The ERP posts."""
        due = "2025-12-24T12:00:00Z"
        await self.posts("erp", order=order, item="PÜMPE", qty=quantity, due=due)

    def drops(self, name: str, rows: str, *, total: int, marker: bool = True) -> None:
        """The MES writes in place, then says that it is done."""
        content = f"{HEAD}{rows}SUMME;{total}\r\n".encode("cp1252")
        (self.folder / "von_mes" / f"{name}.csv").write_bytes(content)
        if marker:
            (self.folder / "von_mes" / f"{name}.ok").touch()

    def names(self, place: str) -> list[str]:
        at = self.folder / place
        return sorted(one.name for one in at.iterdir()) if at.is_dir() else []


@pytest.mark.story
async def test_plant_b_lives_by_files(database: str, tmp_path: Path) -> None:
    plant = PlantB(tmp_path, database)
    async with plant.working(), rows_of(database) as db:
        await plant.releases("1001", "1250.5")
        await until(lambda: plant.names("nach_mes") == ["auftrag-000001.csv"], within=20)
        assert (tmp_path / "nach_mes" / "auftrag-000001.csv").read_bytes().decode("cp1252") == (
            "Auftrag;Material;Menge;Termin\r\n1001;PÜMPE;1250,5;24.12.2025 13:00\r\n"
        )

        started = "1001;10;B;;;SÄGE-1;24.12.2025 07:30:00\r\n"
        plant.drops("rueckmeldung-1", started, total=1, marker=False)
        ended = "1001;10;E;1.250,5;0;SÄGE-1;24.12.2025 09:30:00\r\n1001;20;E;viele;0;X;\r\n"
        await asyncio.sleep(1)
        assert await _said(db) == []
        (tmp_path / "von_mes" / "rueckmeldung-1.ok").touch()
        plant.drops("rueckmeldung-3", ended, total=2)
        plant.drops("rueckmeldung-4", ended, total=7)
        await until(lambda: len(plant.names("rejected")) == 2, within=30)
        await until(lambda: len(plant.names("archive")) == 2, within=30)

        assert await _said(db) == ["order.started", "operation.confirmed"]
        assert await db.fetchval(
            "select data->'good'->>'amount' from log where type like '%operation.confirmed%'"
        ) in ("1250.5",)
        assert (
            await db.fetchval(
                "select data->>'completed_at' from log where type like '%operation.confirmed%'"
            )
            == "2025-12-24T09:30:00+01:00"
        )
        cases = await db.fetch("select code, text from exception order by code, text")
        assert [case["code"] for case in cases] == ["gap", "unreadable-item", "unreadable-item"]
        texts = "\n".join(case["text"] for case in cases)
        assert "number 2 did not come before it" in texts
        assert "row 2 of rueckmeldung-3.csv: Gutmenge: 'viele' is no number" in texts
        assert "line 4 says 7 rows, the file has 2 rows" in texts
        receipts = await db.fetchval(
            "select count(*) from log where data::text like '%auftrag-000001%'"
        )
        assert receipts


@pytest.mark.story
async def test_a_worker_killed_while_it_reads_loses_and_doubles_nothing(
    database: str, tmp_path: Path
) -> None:
    plant = PlantB(tmp_path, database)
    rows = "".join(f"{n};10;E;1;0;M;24.12.2025 07:30:00\r\n" for n in range(4000))
    for n in (1, 2):
        plant.drops(f"rueckmeldung-{n}", rows.replace(";10;", f";{n}0;"), total=4000)
    async with rows_of(database) as db:
        for most in (500, 3000):
            shift = Shift(plant)

            async def enough(most: int = most) -> bool:
                return int(await db.fetchval("select count(*) from log")) >= most

            await until(enough, within=40)
            await shift.kill()
        async with plant.working():
            await until(lambda: len(plant.names("archive")) == 2, within=60)
        assert await db.fetchval("select count(*) from log") == 8000
        assert await db.fetchval("select count(distinct id) from log") == 8000
        assert await db.fetchval("select count(*) from exception where class = 'data owner'") == 0


async def _said(db: asyncpg.Connection) -> list[str]:
    rows = await db.fetch(
        "select type from log where source = 'mes' and kind = 'event' order by position"
    )
    return [".".join(row["type"].split(".")[2:4]) for row in rows]
