"""What comes through a door is compared with what came before, as what is read is."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from andon.connectors import idoc
from andon.connectors.idoc.items import items_of
from andon.connectors.idoc.simulated.sap import Sap
from andon.core.connector import Item
from andon.core.message import ReadBack
from andon.core.plant import Connection
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan, wire
from andon.model.production import OrderCancelled, OrderChanged, OrderReleased
from tests.integration.plant import rows_of

SETTINGS = idoc.IdocSettings(posted="/idocs", time_zone="Europe/Berlin")
READ_INS = [one for one in idoc.mappings if hasattr(one, "kind")]


def plan() -> Plan:
    """A plant whose SAP posts its IDocs."""
    return wire(
        name="plant",
        site="home",
        connections=[
            (Connection("erp", idoc.Idoc, READ_INS), idoc.Idoc("erp", SETTINGS)),
        ],
        workflows=(),
        routes=(),
        ownership=(),
        policies=(),
        messages=(OrderReleased, OrderChanged, OrderCancelled, ReadBack),
    )


class Doors:
    """Two processes at whose doors SAP may post."""

    def __init__(self, dsn: str) -> None:
        self.plans = [plan(), plan()]
        self.ingests = [Ingest(one, dsn, SystemClock()) for one in self.plans]

    async def post(self, items: list[Item], at: int = 0) -> None:
        await self.ingests[at].accept(self.plans[at].connections["erp"], items)


@pytest.fixture
async def doors(database: str) -> AsyncIterator[Doors]:
    made = Doors(database)
    for ingest in made.ingests:
        await ingest.open()
    yield made
    for ingest in made.ingests:
        await ingest.close()


@pytest.fixture
async def db(database: str) -> AsyncIterator[asyncpg.Connection]:
    async with rows_of(database) as rows:
        yield rows


def posted(*idocs: str) -> list[Item]:
    return list(items_of(f"<LOIPRO01>{''.join(idocs)}</LOIPRO01>".encode()))


def changed(text: str, number: int, amount: str) -> str:
    return text.replace("0000000004711000</DOCNUM>", f"{number:016}</DOCNUM>").replace(
        "<GAMNG>5.000<", f"<GAMNG>{amount}<"
    )


async def _types(db: asyncpg.Connection) -> list[str]:
    rows = await db.fetch("select type from log where kind = 'event' order by position")
    return [row["type"].split(".")[3] for row in rows if "read-back" not in row["type"]]


async def test_an_order_posted_again_is_changed_and_not_released_again(
    doors: Doors, db: asyncpg.Connection
) -> None:
    text = Sap().order_idoc("pump")
    await doors.post(posted(text))
    await doors.post(posted(text), at=1)
    await doors.post(posted(changed(text, 4_711_001, "7.000")), at=1)
    assert [one for one in await _types(db) if one in ("released", "changed")] == [
        "released",
        "changed",
    ]
    assert await db.fetchval("select count(*) from exception") == 0


async def test_one_number_with_two_contents_is_an_exception(
    doors: Doors, db: asyncpg.Connection
) -> None:
    text = Sap().order_idoc("pump")
    await doors.post(posted(text))
    await doors.post(posted(changed(text, 4_711_000, "7.000")), at=1)
    texts = [row["text"] for row in await db.fetch("select text from exception")]
    assert len(texts) == 2  # the document, and the order's header in it
    assert all("another content" in one for one in texts)
    assert [one for one in await _types(db) if one in ("released", "changed")] == ["released"]


async def test_posts_at_once_are_told_apart_one_after_the_other(
    doors: Doors, db: asyncpg.Connection
) -> None:
    text = Sap().order_idoc("pump")
    posts = [posted(changed(text, 4_711_000 + n, f"{5 + n}.000")) for n in range(12)]
    await asyncio.gather(*(doors.post(items, at=n % 2) for n, items in enumerate(posts)))
    types = await _types(db)
    assert types.count("released") == 1
