"""Reading again on the same connector: what was not committed comes again, what was does not."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any, cast

import msgspec
import pytest

from andon.connectors.sql import Sql, SqlSettings
from andon.connectors.sql.dialects import bindable
from andon.connectors.sql.simulator import OldErp, OldErpLog, OldErpOutbox
from andon.core.connector import Item
from andon.core.errors import MappingError, SettingsError
from andon.core.filling import filled
from andon.testing.conformance.trial import Plain


@asynccontextmanager
async def opened(erp: OldErp | OldErpLog | OldErpOutbox) -> AsyncGenerator[Sql]:
    await erp.start()
    settings = filled(SqlSettings, erp.settings(), at="erp", references=Plain())
    assert isinstance(settings, SqlSettings), settings
    sql = Sql("erp", settings)
    await sql.open()
    try:
        yield sql
    finally:
        await sql.close()
        await erp.stop()


async def some(sql: Sql, after: str, count: int) -> list[Item]:
    """The first items after a position; the rest of the round is never asked for."""
    items = cast("Any", sql.read(after))
    try:
        async with asyncio.timeout(10):
            return [await anext(items) for _ in range(count)]
    finally:
        await items.aclose()


async def nothing(sql: Sql, after: str) -> list[Item]:
    """What comes within a few looks, repeats that only carry a position left out."""
    found: list[Item] = []
    items = cast("Any", sql.read(after))
    try:
        async with asyncio.timeout(0.4):
            while True:
                found.append(await anext(items))
    except TimeoutError:
        return found
    finally:
        await items.aclose()


@pytest.mark.parametrize("kind", [OldErp, OldErpLog, OldErpOutbox])
async def test_what_was_read_and_not_committed_comes_again(
    kind: type[OldErp | OldErpLog | OldErpOutbox],
) -> None:
    erp = kind()
    async with opened(erp) as sql:
        await erp.say(2)
        (one,) = await some(sql, "", 1)
        (again,) = await some(sql, "", 1)
        assert (one.key, one.raw) == (again.key, again.raw)


async def test_a_round_of_an_outbox_that_broke_off_is_made_again() -> None:
    erp = OldErpOutbox()
    async with opened(erp) as sql:
        await erp.say(3)
        first = await some(sql, "", 2)
        assert [item.position for item in first] == [None, None]
        again = await some(sql, "", 4)
        assert [item.key for item in again[:2]] == [item.key for item in first]
        assert again[-1].position is not None


async def test_rows_that_wait_to_be_committed_are_said_once() -> None:
    erp = OldErpOutbox()
    async with opened(erp) as sql:
        await erp.say(3)
        said = await nothing(sql, "")
        assert len(said) == 4
        assert erp.rows("select distinct taken from outgoing") == [("N",)]
        await sql.committed(said[-1].position or "")
        assert erp.rows("select distinct taken from outgoing") == [("Y",)]
        await sql.committed(said[-1].position or "")  # twice is no mistake


async def test_what_was_committed_does_not_come_again_on_a_new_connector() -> None:
    erp = OldErpOutbox()
    async with opened(erp) as sql:
        await erp.say(3)
        said = await some(sql, "", 4)
    async with opened(erp) as sql:
        assert await nothing(sql, said[-1].position or "") == []
        assert erp.rows("select distinct taken from outgoing") == [("Y",)]


async def test_a_position_of_another_kind_of_system_is_a_mistake_in_the_settings() -> None:
    async with opened(OldErpLog()) as sql:
        for strange in ("2026-01-01/7", "[]", '{"n": "x"}'):
            with pytest.raises(SettingsError, match="none of this connector's"):
                await some(sql, strange, 1)


async def test_a_place_left_by_other_settings_begins_anew() -> None:
    async with opened(OldErpLog()) as sql:
        for reads in ({"log": {"at": "soon"}}, {"log": [[1]]}, {"gone": 7}):
            position = msgspec.json.encode({"n": 9, "reads": reads}).decode()
            (item,) = await some(sql, position, 1)
            assert b"PA-1" in item.raw


@pytest.mark.parametrize(("kind", "place"), [(OldErpLog, 2**70), (OldErpOutbox, [[2**70]])])
async def test_a_place_of_another_database_is_named_as_one(
    kind: type[OldErpLog | OldErpOutbox], place: Any
) -> None:
    async with opened(kind()) as sql:
        (name,) = sql.settings.reads
        after = msgspec.json.encode({"n": 1, "reads": {name: place}}).decode()
        with pytest.raises(SettingsError, match="used for another database"):
            await some(sql, after, 1)


def test_a_number_that_sqlite_cannot_hold_is_the_commands_fault() -> None:
    with pytest.raises(MappingError, match="larger than any integer"):
        bindable("sqlite", 2**63, UTC)
    assert bindable("sqlite", 2**63 - 1, UTC) == 2**63 - 1


@pytest.mark.parametrize("place", [[[]], [[1, 2]], [1], {"at": 1}])
async def test_an_outbox_whose_place_other_settings_left_begins_anew(place: Any) -> None:
    erp = OldErpOutbox()
    async with opened(erp) as sql:
        await erp.say(1)
        (name,) = sql.settings.reads
        after = msgspec.json.encode({"n": 1, "reads": {name: place}}).decode()
        assert len(await some(sql, after, 1)) == 1
