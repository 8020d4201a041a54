"""A storm over a company that nobody serves: it strikes as often as it is told, and ends."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web

from andon.sandbox.company import Company
from andon.sandbox.lab.storm import KINDS, Kind, Storm
from andon.sandbox.system import HttpSystem
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.world import World


class Counting(HttpSystem):
    """Counts what it carries out."""

    name = "counting"

    def __init__(self, world: World) -> None:
        super().__init__(world, "")
        self.done = 0
        self.carried_out = asyncio.Event()

    def environment(self) -> dict[str, str]:
        """Nobody needs it."""
        return {}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One more."""
        await request.read()
        self.done += 1
        self.carried_out.set()
        return web.Response(status=201)


async def test_a_late_request_is_carried_out_after_its_connection_broke() -> None:
    system = Counting(World(1))
    system.faults.delay = 0.05
    await system.start()
    try:
        system.faults.add("late")
        async with aiohttp.ClientSession() as http:
            with pytest.raises(aiohttp.ClientError):
                await http.post(system.address)
            assert system.done == 0
            async with asyncio.timeout(5):
                await system.carried_out.wait()
        assert system.faults.struck["late"] == 1
    finally:
        await system.stop()


def test_a_storm_sets_each_kind_as_often_as_it_says_in_its_part_of_the_time() -> None:
    company = Company(seed=3, andon="http://127.0.0.1:9")
    set_at: list[float] = []
    kind = Kind(
        name="probe",
        times=7,
        within=0.5,
        inject=lambda storm: set_at.append(storm.company.world.time.now),
        struck=lambda _: len(set_at),
    )
    storm = Storm(company, kill=lambda: True, size=2)
    storm.rage({"probe": kind}, timedelta(hours=12))
    company.world.run(company.world.began + timedelta(hours=12))
    assert storm.injected({"probe": kind}) == {"probe": 14}
    assert max(set_at) <= 5 * 3600


@pytest.mark.parametrize("size", [1, 5])
def test_what_has_to_get_up_again_is_struck_once_in_each_part_of_the_storm(size: int) -> None:
    company, killed_at = Company(seed=1, andon="", systems=[]), list[float]()

    def kill() -> bool:
        killed_at.append(company.world.time.now)
        return True

    name = "kill -9 of Andon"
    Storm(company, kill=kill, size=size).rage({name: KINDS[name]}, timedelta(hours=14))
    company.world.run(company.world.began + timedelta(hours=14))
    part = 14 * 3600 / 1.2 / (24 * size)
    assert [int(moment / part) for moment in killed_at] == list(range(24 * size))
    assert min(b - a for a, b in pairwise(killed_at)) > part / 2 - 1


class OnAndOff(Counting):
    """Says whether it was stopped and started in turn."""

    def __init__(self, world: World, andon: str) -> None:
        del andon
        super().__init__(world)
        self.turns: list[str] = []

    async def start(self) -> None:
        """Nothing listens."""
        self.turns.append("on")

    async def stop(self) -> None:
        """Nothing did."""
        self.turns.append("off")


class Floor(OnAndOff):
    """Of the plant."""

    name = "mes-a"


class Lines(OnAndOff):
    """Of the plant."""

    name = "machines"


@pytest.mark.parametrize("size", [1, 5])
async def test_a_plant_that_is_cut_off_is_not_cut_off_again_before_it_is_back(size: int) -> None:
    company = Company(seed=1, andon="", systems=[Floor, Lines])
    storm = Storm(company, kill=lambda: True, size=size)
    outage = "plant outage of 8 hours"
    storm.rage({outage: KINDS[outage]}, timedelta(hours=48))
    for hour in range(1, 49):
        company.world.run(company.world.began + timedelta(hours=hour))
        await asyncio.sleep(0)
    for plant in (company.the(Floor), company.the(Lines)):
        assert plant.turns == ["off", "on"] * storm.outages
    assert 1 <= storm.outages <= 4


def test_locks_and_closed_periods_are_over_after_a_while() -> None:
    company = Company(seed=3, andon="http://127.0.0.1:9")
    erp = company.the(Erp).company
    erp.release("PUMP", 4)
    storm = Storm(company, kill=lambda: True)
    storm.rage({name: KINDS[name] for name in ("lock", "period closed")}, timedelta(hours=2))
    company.world.run(company.world.began + timedelta(hours=1, minutes=35))
    before = erp.movements.open_from
    company.world.run(company.world.began + timedelta(hours=2))
    assert erp.movements.open_from.year == 1970 <= before.year
    assert not erp.locked
    assert not erp.movements.locked


def test_a_company_says_which_systems_it_has() -> None:
    company = Company(seed=1, andon="", systems=[Erp])
    assert company.the(Erp) is company.systems["erp"]
    with pytest.raises(LookupError, match="no MesA"):
        company.the(MesA)
