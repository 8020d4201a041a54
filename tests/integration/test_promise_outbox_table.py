"""An outbox table and killed workers: marked only once the log has a row, and none is lost."""

from collections.abc import Iterable

import msgspec
import pytest

from andon.connectors.sql import Sql, SqlSettings
from andon.connectors.sql.simulator import OldErpOutbox
from andon.core.connector import Item
from andon.core.filling import filled
from andon.core.mapping import Known, Said, inbound
from andon.core.plant import Connection
from andon.engine.plan import Plan, wire
from andon.model.production import OrderStarted
from andon.testing.conformance.trial import Plain
from tests.integration.plant import Shift, rows_of, until

ROWS = 4000


class Row(msgspec.Struct):
    """What the old ERP leaves."""

    order_no: str


@inbound("outgoing")
def started(item: Item, _: Known) -> Iterable[Said]:
    yield OrderStarted(order_id=item.read(Row).order_no)


class Plant:
    """Made anew for each worker, as a new process makes it."""

    def __init__(self, dsn: str, erp: OldErpOutbox) -> None:
        self.dsn = dsn
        self._erp = erp

    @property
    def plan(self) -> Plan:
        told = {**self._erp.settings(), "page": 100}
        settings = filled(SqlSettings, told, at="erp", references=Plain())
        assert isinstance(settings, SqlSettings)
        return wire(
            name="plant",
            site="here",
            connections=[(Connection("erp", Sql, [started]), Sql("erp", settings))],
            workflows=[],
            routes=[],
            ownership=[],
            policies=[],
            messages=[OrderStarted],
        )


@pytest.mark.timeout(180)
async def test_a_row_is_marked_only_once_the_log_has_it_and_none_is_lost(database: str) -> None:
    erp = OldErpOutbox()
    await erp.start()
    plant = Plant(database, erp)
    names = {*await erp.say(ROWS), "PA-1"}
    async with rows_of(database) as db:
        for most in (300, 1500, 2500):
            shift = Shift(plant)

            async def enough(most: int = most) -> bool:
                return int(await db.fetchval("select count(*) from log")) >= most

            await until(enough, within=40)
            await shift.kill()
            logged = await _orders(db)
            marked = {row[0] for row in erp.rows("select order_no from outgoing where taken = 'Y'")}
            assert marked, "nothing was taken off, so this proves nothing"
            assert marked <= logged, "marked before the log had it"
        shift = Shift(plant)
        left = "select count(*) from outgoing where taken = 'N'"
        await until(lambda: erp.rows(left) == [(0,)], within=60)
        await shift.end()
        assert await _orders(db) == names
        assert await db.fetchval("select count(*) from log") == ROWS + 1
        assert await db.fetchval("select count(*) from exception where class = 'data owner'") == 0
    await erp.stop()


async def _orders(db) -> set[str]:
    return {row[0] for row in await db.fetch("select data->>'order_id' from log")}
