"""What the README of sql has people type, works, on SQLite."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from andon.app.parameters import Parameters
from andon.connectors.sql import Sql, SqlSettings
from andon.core.connector import Item, Request
from andon.core.errors import UnavailableError
from tests.contract.typed import typed

PAGE = typed("sql")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the README's first command was typed."""
    command = [sys.executable, "-c", PAGE.files["old_erp.py"]]
    subprocess.run(command, cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(folder: Path) -> SqlSettings:
    (folder / "plant.toml").write_text(PAGE.files["plant.toml"])
    found = Parameters.read(folder / "plant.toml", {}).settings("erp", SqlSettings)
    assert isinstance(found, SqlSettings), found
    return found


@asynccontextmanager
async def opened(folder: Path) -> AsyncGenerator[Sql]:
    connector = Sql("erp", settings(folder))
    await connector.open()
    try:
        yield connector
    finally:
        await connector.close()


async def first(connector: Sql) -> Item:
    items = connector.read("")
    try:
        return await asyncio.wait_for(anext(items), 10)
    finally:
        await items.aclose()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


async def test_from_nothing_to_a_row_read_and_a_row_written(folder: Path) -> None:
    request = Request(target="confirm", body={"no": "1001", "good": "5"})
    async with opened(folder) as erp:
        item = await first(erp)
        assert item.kind == "order"
        assert msgspec.json.decode(item.raw) == {
            "no": "1001",
            "item": "PUMP",
            "qty": 5,
            "changed": "2026-07-01T12:00:00+02:00",
        }
        assert (await erp.send(request, key="k")).reference == "1"
        assert (await erp.send(request, key="k")).reference == "1"
    with closing(sqlite3.connect("erp.db")) as connection:
        assert connection.execute("select no, good from staging").fetchall() == [("1001", 5)]


async def test_a_file_that_is_not_there_is_unavailable_and_not_made(folder: Path) -> None:
    (folder / "erp.db").rename(folder / "elsewhere.db")
    with pytest.raises(UnavailableError):
        async with opened(folder):
            pass
    assert not (folder / "erp.db").exists()


async def test_a_file_locked_by_another_program_is_waited_for(folder: Path) -> None:
    request = Request(target="confirm", body={"no": "1001", "good": "5"})
    connector = Sql(
        "erp", msgspec.structs.replace(settings(folder), timeout=timedelta(milliseconds=300))
    )
    await connector.open()
    with closing(sqlite3.connect("erp.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(UnavailableError, match="locked"):
            await connector.send(request, key="k")
        other.execute("rollback")
    assert (await connector.send(request, key="k")).reference == "1"
    await connector.close()


async def test_a_text_in_a_wrong_encoding_stops_no_other_row(folder: Path) -> None:
    with closing(sqlite3.connect("erp.db")) as connection, connection:
        connection.execute("update orders set item = cast(x'50dc4d5045' as text)")
        connection.execute("insert into orders values ('1002', 'PUMP', 1, '2026-07-02 12:00:00')")
    async with opened(folder) as erp:
        item = await first(erp)
        assert msgspec.json.decode(item.raw)["item"] == {"unreadable": "UNxNUEU="}


async def test_values_are_bound_and_never_written_into_a_statement(folder: Path) -> None:
    evil = "x'); drop table orders; --"
    async with opened(folder) as erp:
        await erp.send(Request(target="confirm", body={"no": evil, "good": 1}), key=evil)
    with closing(sqlite3.connect("erp.db")) as connection:
        assert connection.execute("select count(*) from orders").fetchone() == (1,)
