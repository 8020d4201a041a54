"""Analytics of the sandbox company: all is told once by file and by topic, whoever is down."""

from datetime import timedelta

import pytest

from andon.sandbox.lab.analytics import booked, happened, planned, turned
from andon.sandbox.systems.analytics import Analytics
from andon.sandbox.systems.erp import Erp
from tests.integration.plant import until
from tests.story.company import served

EVERYTHING = {"confirmed", "completed", "taken", "received", "moved"}
PLANNED = {f"andon.production.order.{word}.v1" for word in ("released", "changed", "cancelled")}


def _released(analytics: Analytics) -> set[str]:
    """Orders of which it was told so in files."""
    rows = (row for row in analytics.store if row.event == "andon.production.order.released.v1")
    return {row.subject.rpartition(":")[2] for row in rows}


@pytest.mark.story
async def test_what_is_made_and_moved_is_in_the_store_once_though_andon_is_killed() -> None:
    async with served(speed=300) as plant:
        world, analytics = plant.company.world, plant.company.the(Analytics)
        erp = plant.company.the(Erp)
        more, none = (erp.company.release("PUMP", 5) for _ in range(2))
        await until(lambda: {more, none} <= _released(analytics), within=30)
        erp.company.resize(more, 7)
        erp.company.cancel(none)
        plant.company.live(until=world.began + timedelta(hours=6))
        await until(lambda: len(_released(analytics)) > 3, within=30)
        await analytics.stop()
        await until(lambda: any((analytics.folder / "out").glob("*.csv")), within=10)
        await plant.kill_andon()
        await plant.start_andon()
        await analytics.start()
        analytics.stream.broker.losing = True  # it is appended, and Andon never hears of it
        await until(lambda: {one.what for one in happened(world.truth)} == EVERYTHING, within=40)
        await plant.company.rest(world.began + timedelta(minutes=40))
        told, streamed = analytics.store, analytics.stream.store
        await until(lambda: booked(told) == happened(world.truth), within=40)
        await until(lambda: booked(streamed.values()) == happened(world.truth), within=40)
        await until(lambda: planned(erp, told).well, within=20)
        assert {row.event for row in told} >= PLANNED
        assert turned(streamed.values()) == 0
        assert not analytics.stream.broker.losing
        assert analytics.stream.refused == []
        assert not list((analytics.folder / "refused").iterdir())
