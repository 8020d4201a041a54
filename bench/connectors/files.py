"""files: 100,000 CSV rows read and recorded (within 20 s), files written; beside csv and rename.

Bare makes the same JSON of each row, with its number checked, and records nothing. Bare writes one
row, flushes it to the disk and renames it, as a script does that sends again what it does not
remember. The connector claims a number that no other file has, and keeps a note by which it can
tell that the file was sent: one link with two names. Opening is not measured.
"""

__all__ = ["measure"]

import asyncio
import csv
import itertools
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
import msgspec

from andon.connectors.files import Files, FilesSettings, mappings
from andon.connectors.files.shapes import Column, Csv
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound
from andon.core.plant import Connection
from andon.core.quantity import Quantity
from andon.engine.clock import SystemClock
from andon.engine.plan import wire
from andon.engine.worker import Worker
from andon.model.production import OperationConfirmed
from andon.store.embedded import EmbeddedServer
from andon.store.migrate import migrate
from bench.connectors import Figure, measured
from bench.connectors.filing import deliver, next_file

_ROWS = 100_000
_FILES = 500
_FORM = Csv(delimiter=";", decimal=",", columns={"good": Column(type="number")})
_CONTENT = b"order;operation;good;machine\r\n" + b"".join(
    b"@-%d;10;%d,5;DRILL-%d\r\n" % (n, n % 97, n % 7) for n in range(_ROWS)
)
_numbers = itertools.count(1)


class _Confirmation(msgspec.Struct):
    order: str
    operation: str
    good: Decimal
    machine: str


@inbound("row")
def _confirmed(item: Item, _: Known) -> Iterable[Said]:
    row = item.read(_Confirmation)
    yield OperationConfirmed(
        order_id=row.order,
        operation=row.operation,
        good=Quantity(row.good, "pcs"),
        scrap=Quantity(Decimal(0), "pcs"),
        equipment=row.machine,
    )


async def measure() -> list[Figure]:
    """Reading and writing on this machine's disk, recording in an embedded PostgreSQL."""
    home = _home()
    try:
        settings = FilesSettings(
            folder=str(home / "exchange"),
            format=_FORM,
            settle=timedelta(),
            poll_every=timedelta(milliseconds=20),
        )
        return [
            await _reading(settings),
            await _recording(settings, home),
            await _writing(settings),
        ]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="andon-bench-", dir="/tmp"))
    home.chmod(0o711)  # the server's own account passes through
    for name in ("in", "out", "bare"):
        (home / "exchange" / name).mkdir(parents=True)
    return home


async def _reading(settings: FilesSettings) -> Figure:
    async def work() -> int:
        _drop(settings)
        count = 0
        async with _opened(Files("mes", settings)) as files:
            items = files.read("")
            async for item in items:
                count += 1
                if count == _ROWS:
                    await files.committed(item.position or "")
                    break
            await items.aclose()  # type: ignore[attr-defined]
        _clear(settings)
        return count

    return await measured("files", "read", work=work, bare=lambda: _bare_reading(settings))


async def _recording(settings: FilesSettings, home: Path) -> Figure:
    server = await EmbeddedServer.start(home / "pg", home=home / "home")
    try:
        await migrate(server.dsn)

        async def work() -> int:
            _drop(settings)
            await _record(settings, server.dsn)
            _clear(settings)
            return _ROWS

        return await measured(
            "files", "read and recorded", work=work, bare=lambda: _bare_reading(settings)
        )
    finally:
        await server.stop()


async def _record(settings: FilesSettings, dsn: str) -> None:
    files = Files("mes", settings)
    plan = wire(
        name="bench",
        site="here",
        connections=[(Connection("mes", Files, [_confirmed, *mappings]), files)],
        workflows=[],
        routes=[],
        ownership=[],
        policies=[],
        messages=[OperationConfirmed],
    )
    db = await asyncpg.connect(dsn)
    before = await db.fetchval("select count(*) from log")
    worker = Worker(plan, dsn, SystemClock())
    working = asyncio.create_task(worker.run())
    while await db.fetchval("select count(*) from log") < before + _ROWS:
        if working.done():
            working.result()
        await asyncio.sleep(0.1)
    worker.stop()
    await working
    await db.close()


async def _writing(settings: FilesSettings) -> Figure:
    body = {"order": "1001", "good": "5.5"}
    columns = {"order": Column(), "good": Column(type="number")}
    out = msgspec.structs.replace(settings, out_format=Csv(decimal=",", columns=columns))

    async def bare() -> int:
        for _ in range(_FILES):
            file = next_file(Path(settings.folder) / "bare", "csv")
            await asyncio.to_thread(deliver, file, b"order;good\r\n1001;5,5\r\n")
        return _FILES

    async with _opened(Files("mes", out)) as files:

        async def work() -> int:
            for _ in range(_FILES):
                await files.send(Request(target="order", body=body), key=f"k{next(_numbers)}")
            return _FILES

        await files.send(Request(target="order", body=body), key="first")
        return await measured("files", "send", work=work, bare=bare)


async def _bare_reading(settings: FilesSettings) -> int:
    """The same rows as JSON with a checked number and a key, by csv and msgspec alone."""
    file = _drop(settings)
    keys: list[str] = []
    with file.open(newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream, delimiter=";"), start=1):
            good = Decimal(row["good"].replace(",", "."))
            msgspec.json.encode({**row, "good": str(good)})
            keys.append(f"{file.name}/{number}")
    _clear(settings)
    return len(keys)


def _drop(settings: FilesSettings) -> Path:
    """A new file, no row of which was there before."""
    number = next(_numbers)
    file = Path(settings.folder) / "in" / f"{number}.csv"
    file.write_bytes(_CONTENT.replace(b"@", str(number).encode()))
    return file


def _clear(settings: FilesSettings) -> None:
    for name in ("in", "archive"):
        shutil.rmtree(Path(settings.folder) / name, ignore_errors=True)
    (Path(settings.folder) / "in").mkdir()


@asynccontextmanager
async def _opened(files: Files) -> AsyncGenerator[Files]:
    await files.open()
    try:
        yield files
    finally:
        await files.close()
