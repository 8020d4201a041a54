"""One run: a company, an Andon that serves it, a storm over both, and the reckoning at rest."""

__all__ = ["PROFILES", "Lab", "Profile", "begun", "run_lab"]

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec

from andon.app.database import reach_database
from andon.app.demo.hub import Hub, Say, telling
from andon.app.lab.people import People
from andon.app.lab.report import Report
from andon.app.lab.without import PROJECTS, Protection
from andon.connectors._ports import free_port
from andon.sandbox.company import Company
from andon.sandbox.lab.audits import audited, glance
from andon.sandbox.lab.plant_b import take_back
from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.lab.storm import Kind, Storm
from andon.sandbox.lives import planning_b, suspecting
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.world import BEGAN

_LEAD = 6.0
"""Seconds that Andon has to start, before business time begins for both."""
_LOOKS = 1.0
_QUIET = 8.0
"""After so many seconds without a change a company that lacks a protection is given up; half of it
is enough where all agree, to see whether something comes twice."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """How much company life, and how hard it is hit."""

    name: str
    hours: float
    speed: float
    pace: float
    storm: float
    least_effects: int
    settles_within: float
    """Seconds that may pass after the last fact."""


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="S", hours=14, speed=150, pace=2.5, storm=1.0, least_effects=3000,
            settles_within=150,
        ),
        Profile(
            name="M", hours=48, speed=100, pace=2.5, storm=5.0, least_effects=10_000,
            settles_within=300,
        ),
    )
}  # fmt: skip


async def run_lab(
    folder: Path,
    profile: Profile,
    kinds: Mapping[str, Kind],
    *,
    seed: int,
    without: Protection | None,
    told: Callable[[str], None],
) -> Report:
    """Everything it starts ends with it."""
    began = time.monotonic()
    async with begun(folder, profile, seed, without, telling(told)) as lab:
        await lab.live(kinds)
        settled = await lab.rest()
        return await lab.report(kinds, settled, time.monotonic() - began)


class Lab:
    """A company and its Andon, ready to live."""

    def __init__(
        self,
        company: Company,
        hub: Hub,
        people: People,
        profile: Profile,
        *,
        without: Protection | None,
        start: Callable[[], None],
        say: Say,
    ) -> None:
        self.company = company
        self._hub = hub
        self.people = people
        self._profile = profile
        self._without: Protection | None = without
        self._start = start
        self._say = say
        self._killing: asyncio.Task[None] | None = None
        self._dead: list[tuple[datetime, datetime | None]] = []
        self._back_after: list[float] = []
        """Seconds from each kill until Andon answered again."""
        self._open: list[dict[str, Any]] | None = None
        """What Andon showed last that nobody could close; None when it showed nothing."""
        self._storm = Storm(company, kill=self._kill, size=profile.storm)

    async def live(self, kinds: Mapping[str, Kind]) -> None:
        """Until the last fact."""
        span = timedelta(hours=self._profile.hours)
        self._storm.rage(kinds, span)
        self.company.live(until=self.company.world.began + span)
        planning_b.begin(self.company.world, self.company.systems)
        suspecting.begin(self.company.world, self.company.systems)
        living = asyncio.create_task(self.company.lived())
        last = 0
        while not living.done():
            await asyncio.sleep(_LOOKS)
            if self._killing is not None and self._killing.done():
                self._killing.result()  # who does not come back is dead for good
            self._open = await self.people.look()
            hours = int(self.company.world.time.now // 3600)
            if hours > last:
                last = hours
                self._say(f"{hours} h: {self._words(await glance(self.company))}")
        await living

    async def rest(self) -> float:
        """Seconds until all agree and nobody does anything any more, or until it is given up."""
        self._storm.ends()
        began = changed = now = time.monotonic()
        before: object = None
        while True:
            # the systems answer from this same thread, which the reckoning keeps busy
            await asyncio.sleep(max(_LOOKS, 4 * (time.monotonic() - now)))
            self._open = await self.people.look()
            now = time.monotonic()
            found = audited(self.company, self._dead)
            state = (found, self._effects(), self._open_words())
            if state != before:
                before, changed = state, now
                self._say(f"settling: {self._words(found.whole)}")
            if found.well and self._open == [] and now > changed + _QUIET / 2:
                return changed - began
            broken = self._without is not None and now > changed + _QUIET
            if broken or now > began + self._profile.settles_within:
                return now - began

    async def leave(self) -> None:
        """Whoever is being brought back is not."""
        if self._killing is not None:
            self._killing.cancel()
            await asyncio.gather(self._killing, return_exceptions=True)

    async def report(self, kinds: Mapping[str, Kind], settled: float, seconds: float) -> Report:
        """As it stands now."""
        if self._killing is not None:
            await self._killing
        found, injected = audited(self.company, self._dead), self._storm.injected(kinds)
        missing = {
            name: f"{injected[name]} of {round(kind.least * min(1.0, self._profile.storm))}"
            for name, kind in kinds.items()
            if injected[name] < round(kind.least * min(1.0, self._profile.storm))
        }
        effects = self._effects()
        if effects < self._profile.least_effects:
            missing["effects"] = f"{effects} of {self._profile.least_effects}"
        if self._open is None:
            missing["open cases"] = "Andon did not show them"
        whole, still_open = found.whole, self._open or []
        return Report(
            profile=self._profile.name,
            seed=self.company.world.seed,
            switched_off=self._without,
            hours=self._profile.hours,
            seconds=seconds,
            events=await self._events(),
            effects=effects,
            injected=injected,
            missing=missing,
            lost=whole.lost,
            doubled=whole.doubled,
            out_of_order=whole.out_of_order,
            stock_error=f"{found.stock_error.normalize():f}",
            hold_escapes=len(found.hold_escapes),
            escaped=[escape.words for escape in found.hold_escapes[:20]],
            unexplained=len(still_open),
            areas=found.found,
            answered=self.people.answered,
            open=[f"{case['code']}: {case['text'][:300]}" for case in still_open[:20]],
            settled_after=settled,
            back_after=sorted(self._back_after),
        )

    def _kill(self) -> bool:
        """Andon dies and is started again, every second time its database with it as in a power
        cut; one death at a time."""
        if self._killing is not None and not self._killing.done():
            return False
        self._killing = asyncio.create_task(self._die())
        return True

    async def _die(self) -> None:
        since, began = self.company.world.now(), time.monotonic()
        self._dead.append((since, None))
        await asyncio.to_thread(self._hub.kill, database=self._storm.kills % 2 == 1)
        self._storm.kills += 1
        self._start()
        await asyncio.to_thread(self._hub.until_ready)
        self._dead[-1] = (since, self.company.world.now())
        self._back_after.append(time.monotonic() - began)

    def _effects(self) -> int:
        return sum(system.effects() for system in self.company.systems.values())

    def _words(self, whole: Reckoned) -> str:
        return (
            f"{self._effects()} effects, {whole.lost} on their way, {whole.doubled} doubled,"
            f" {self._open_words()} open, {self._storm.kills} kills"
        )

    def _open_words(self) -> str:
        return "unknown" if self._open is None else str(len(self._open))

    async def _events(self) -> int:
        async with reach_database(self._hub.place) as dsn:
            connection = await asyncpg.connect(dsn)
            try:
                return int(await connection.fetchval("select count(*) from log"))
            finally:
                await connection.close()


@asynccontextmanager
async def begun(
    folder: Path, profile: Profile, seed: int, without: Protection | None, say: Say
) -> AsyncGenerator[Lab]:
    """Everything it starts ends with it."""
    hub = Hub(folder / "andon", port=free_port())
    shutil.rmtree(hub.place.data, ignore_errors=True)
    async with AsyncExitStack() as ending:
        company = Company(seed=seed, andon=hub.url, speed=profile.speed, pace=profile.pace)
        await company.start()
        ending.push_async_callback(company.stop)
        real = datetime.now(UTC) + timedelta(seconds=_LEAD)
        environment = company.environment() | {
            "ANDON_CLOCK": f"{profile.speed}@{real.isoformat()}@{BEGAN.isoformat()}"
        }

        def start() -> None:
            hub.start(PROJECTS[without], folder=folder, environment=environment)

        ending.push_async_callback(asyncio.to_thread, hub.end)
        start()
        await asyncio.to_thread(hub.until_ready)
        key = await asyncio.to_thread(hub.new_key, "lab", ["admin"])
        partners = [type(one) for one in company.partners()]
        company.admit(await asyncio.to_thread(hub.keys_of, partners))
        http = await ending.enter_async_context(
            aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {key}"},
                timeout=aiohttp.ClientTimeout(total=10),
            )
        )
        say(f"Andon answers at {hub.url}; {profile.hours:g} business hours begin")
        await asyncio.sleep(max(0.0, (real - datetime.now(UTC)).total_seconds()))
        takes_back = partial(take_back, company.the(ErpB), company.the(MesB))
        people = People(http, hub.url, takes_back=takes_back)
        lab = Lab(company, hub, people, profile, without=without, start=start, say=say)
        ending.push_async_callback(lab.leave)  # before Andon is ended, or it comes back after that
        yield lab
