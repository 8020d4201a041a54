"""What the carrier expects, as a truck's dispatcher says it over the tracking feed."""

from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec

from andon.app.company.fulfilment import AREA
from andon.core.connector import Item, Settings
from andon.core.mapping import Inbound, Known
from andon.model.fulfilment import ArrivalExpected
from andon.sandbox.systems.tms import Tms
from andon.sandbox.world import World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_an_estimate_is_the_eta_of_our_delivery() -> None:
    (_, tracking) = AREA.connections
    (mapping,) = tracking.mappings
    assert isinstance(mapping, Inbound)
    row = {"seq": 1, "shipment": "80000007", "eta": NOON, "at": NOON - timedelta(hours=1)}
    item = Item(kind="tracking", key="1", raw=msgspec.json.encode(row))
    (said,) = mapping.reads(item, Known(Settings()))
    assert isinstance(said, ArrivalExpected)
    assert said == ArrivalExpected(delivery_id="delivery/erp:80000007", expected_at=NOON)
    assert said.claims() == {"eta": "2026-03-02T12:00:00+00:00"}


async def test_the_feed_goes_on_where_one_stopped_and_needs_the_key() -> None:
    tms = Tms(World(1), "http://127.0.0.1:1")
    await tms.start()
    try:
        for minutes in (25, 12):
            tms.expects("80000007", NOON + timedelta(minutes=minutes))
        async with aiohttp.ClientSession(tms.address) as http:
            assert (await http.get("/tracking")).status == 401
            key = {"X-Api-Key": tms.key}
            whole = await (await http.get("/tracking", headers=key)).json()
            assert [row["eta"][11:16] for row in whole["tracking"]] == ["12:25", "12:12"]
            more = await (await http.get("/tracking?after=1", headers=key)).json()
            assert [row["seq"] for row in more["tracking"]] == [2]
            none = await (await http.get("/tracking?after=2", headers=key)).json()
            assert (none["tracking"], none["last"]) == ([], "2")
    finally:
        await tms.stop()
