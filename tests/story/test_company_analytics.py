"""Analytics of the sandbox company: everything is told once, whoever is down meanwhile."""

from datetime import timedelta

import pytest

from andon.sandbox.lab.analytics import booked, happened
from andon.sandbox.systems.analytics import Analytics
from tests.integration.plant import until
from tests.story.company import served


@pytest.mark.story
async def test_what_is_made_and_moved_is_in_the_store_once_though_andon_is_killed() -> None:
    async with served(speed=300) as plant:
        world, analytics = plant.company.world, plant.company.systems["analytics"]
        assert isinstance(analytics, Analytics)
        plant.company.live(until=world.began + timedelta(minutes=40))
        await until(lambda: len(analytics.store) > 5, within=30)
        await analytics.stop()
        await until(lambda: any((analytics.folder / "out").glob("*.csv")), within=10)
        await plant.kill_andon()
        await plant.start_andon()
        await analytics.start()
        await plant.company.lived()
        await until(lambda: booked(analytics) == happened(world.truth), within=40)
        assert {told.what for told in booked(analytics)} == {
            "confirmed", "completed", "taken", "received", "moved",
        }  # fmt: skip
        assert not list((analytics.folder / "refused").iterdir())
