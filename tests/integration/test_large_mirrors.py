"""A row too large to be kept is known again by its digest; what changed in it is not guessed."""

from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest

from andon.core.connector import Item, Settings
from andon.core.errors import MappingError
from andon.core.mapping import Known, TooLarge
from andon.engine.mirrors import known_again, previous, remember
from andon.store.raw import KEPT_WHOLE
from tests.integration.plant import rows_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SMALL = b'{"n": 1}'


def reading(filling: str) -> Item:
    """The row R as it stands; a mebibyte and more of one letter."""
    return Item(
        kind="row", key=filling, raw=msgspec.json.encode(filling * (KEPT_WHOLE + 1)), mirror="R"
    )


async def _known(db: asyncpg.Connection, item: Item) -> Known:
    return Known(Settings(), known_again(item, (await previous(db, "erp", {"R"})).get("R")))


async def test_of_a_row_too_large_to_keep_only_digest_and_size_are_kept(database: str) -> None:
    async with rows_of(database) as db:
        await remember(db, "erp", [reading("a")], NOW)
        row = await db.fetchrow("select body, bytes, length(sha256) as digest from mirror")
        assert row is not None
        assert (row["body"], row["bytes"], row["digest"]) == ("null", KEPT_WHOLE + 3, 32)
        kept = (await previous(db, "erp", {"R"}))["R"]
        assert isinstance(kept, TooLarge)
        same = await _known(db, reading("a"))
        assert same.before(str) == "a" * (KEPT_WHOLE + 1)
        other = await _known(db, reading("b"))
        with pytest.raises(MappingError, match=r"had 1,048,579 bytes and was not kept"):
            other.before(str)


async def test_a_row_that_fits_again_is_compared_again(database: str) -> None:
    fits = Item(kind="row", key="2", raw=SMALL, mirror="R")
    async with rows_of(database) as db:
        await remember(db, "erp", [reading("a")], NOW)
        await remember(db, "erp", [fits], NOW)
        assert (await _known(db, reading("b"))).before(dict[str, int]) == {"n": 1}


async def test_a_body_that_another_version_wrote_beside_them_is_what_counts(database: str) -> None:
    async with rows_of(database) as db:
        await remember(db, "erp", [reading("a")], NOW)
        await db.execute("update mirror set body = $1", SMALL.decode())
        assert (await _known(db, reading("b"))).before(dict[str, int]) == {"n": 1}
