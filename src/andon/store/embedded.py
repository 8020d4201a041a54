"""PostgreSQL as part of Andon: started with it, stopped with it, found again after a kill."""

__all__ = ["EmbeddedServer", "Progress"]

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self, TypeVar

from andon.core.errors import SettingsError
from andon.store.server.account import account_home, own_account
from andon.store.server.binaries import Binaries, copied_binaries, packaged_binaries
from andon.store.server.cluster import Cluster, cluster_at, make_data, socket_folder
from andon.store.server.ownership import Ownership
from andon.store.server.pidfile import orphans
from andon.store.server.postmaster import Postmaster

Progress = Callable[[str], None]
"""Told about once a second, in words for people, while a start takes longer than that."""

Result = TypeVar("Result")

LOOK_EVERY = 0.01
LEFT_OVER = "pre-existing shared memory block"
ORPHANS_LEAVE_WITHIN = 2.0
GIVE_UP_ON_ORPHANS = 60.0
STOP_WITHIN = 60.0
WATCH_EVERY = 0.1
LONGEST_PAUSE = 30.0


class EmbeddedServer:
    """A PostgreSQL that this process owns. One data folder has one owner at a time.

    The server outlives a killed owner; the next `start` on the same data finds it and owns it.
    """

    def __init__(self, cluster: Cluster, binaries: Binaries, ownership: Ownership) -> None:
        self._cluster = cluster
        self._binaries = binaries
        self._ownership = ownership
        self._postmaster: Postmaster | None = None

    @classmethod
    async def start(
        cls, data: Path, *, home: Path | None = None, progress: Progress | None = None
    ) -> Self:
        """Return when the server takes connections, also after a long recovery.

        `home` (else ANDON_HOME, else /var/lib/andon) is used by root only: PostgreSQL refuses to
        run as root, so programs and data go there, where an account of their own can reach them.
        """
        server = await _finished(lambda: cls._owned(data.resolve(), home))
        try:
            await server._until_ready(progress or _silent)
        except BaseException:
            await server.stop()
            raise
        return server

    @property
    def dsn(self) -> str:
        """How to connect, for asyncpg: a unix socket that only we and root can reach."""
        return self._running.dsn

    @property
    def pid(self) -> int:
        """The server's first process."""
        return self._running.pid

    async def stop(self) -> None:
        """Shut down fast and give up ownership. A second call does nothing."""
        postmaster, self._postmaster = self._postmaster, None
        try:
            if postmaster:
                await _ended(postmaster)
        finally:
            self._ownership.release()

    async def keep(self, told: Progress) -> None:
        """Until cancelled, start the server again whenever it ends unasked.

        Same data, same address; what was committed is there. `told` hears of each outage once when
        it begins and once when it ends, and of each new reason why a start fails.
        """
        while True:
            if self._postmaster and not await asyncio.to_thread(self._postmaster.ended):
                await asyncio.sleep(WATCH_EVERY)
                continue
            began = asyncio.get_running_loop().time()
            told("PostgreSQL ended by itself. It starts again; what was committed is kept.")
            await self._revive(told)
            took = asyncio.get_running_loop().time() - began
            told(f"PostgreSQL takes connections again, {took:.1f} s after it ended.")

    async def _revive(self, told: Progress) -> None:
        pause, last = 0.5, ""
        while True:
            self._postmaster = None
            try:
                await self._until_ready(told)
            except SettingsError as error:
                if str(error) != last:
                    told(f"{error} Trying again until it starts.")
                last = str(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @classmethod
    def _owned(cls, data: Path, home: Path | None) -> Self:
        account = own_account()
        binaries = packaged_binaries()
        place = account_home(home)
        cluster = cluster_at(data, account, place)
        ownership = Ownership.take(cluster.lock)
        try:
            if account:
                binaries = copied_binaries(binaries, place)
            make_data(cluster, binaries)
        except BaseException:
            ownership.release()
            raise
        return cls(cluster, binaries, ownership)

    @property
    def _running(self) -> Postmaster:
        if self._postmaster is None:
            raise RuntimeError("This PostgreSQL was stopped; it has no address any more.")
        return self._postmaster

    async def _until_ready(self, progress: Progress) -> None:
        clock = asyncio.get_running_loop().time
        began = told = clock()
        orphaned_at: float | None = None
        while True:
            postmaster = self._postmaster or await _finished(self._find_or_launch)
            if await asyncio.to_thread(postmaster.ready):
                version = await _version(postmaster) if postmaster.found else self._binaries.version
                if version == self._binaries.version:
                    return
                if version is not None:
                    # A server of the programs before an update: ours must take its place.
                    await _ended(postmaster)
            if await asyncio.to_thread(postmaster.ended):
                self._postmaster = None
                said = await asyncio.to_thread(postmaster.said)
                if any(LEFT_OVER in line for line in said):
                    orphaned_at = orphaned_at or clock()
                    await self._end_orphans(clock() - orphaned_at)
                elif not postmaster.found:
                    raise _did_not_start(self._cluster, said)
            elif clock() - told > 1:
                told = clock()
                last = (await asyncio.to_thread(postmaster.said) or [""])[-1]
                progress(f"PostgreSQL is starting, {told - began:.0f} s so far. {last}".strip())
            await asyncio.sleep(LOOK_EVERY)

    def _find_or_launch(self) -> Postmaster:
        # Set here, in the thread, so that a cancelled start still knows what to stop.
        self._postmaster = Postmaster.running(self._cluster) or Postmaster.launch(
            self._cluster, self._binaries, socket_folder(self._cluster)
        )
        return self._postmaster

    async def _end_orphans(self, waited: float) -> None:
        """Processes that outlived a killed server leave by themselves, unless a query is long."""
        if waited < ORPHANS_LEAVE_WITHIN:
            return
        left = await asyncio.to_thread(orphans, self._cluster.data)
        if waited > GIVE_UP_ON_ORPHANS:
            raise SettingsError(
                f"PostgreSQL cannot start on {self._cluster.data}: processes of a killed server "
                f"still hold its memory ({left or 'not visible from here'}). "
                "End them, then start again. Nothing is lost."
            )
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)


async def _finished(work: Callable[[], Result]) -> Result:
    """Run in a thread; when cancelled, wait for its end first: nothing is left half done."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def _ended(postmaster: Postmaster) -> None:
    await asyncio.to_thread(postmaster.stop)
    try:
        async with asyncio.timeout(STOP_WITHIN):
            # A server found from a killed owner is not our child: nobody tells us of its end.
            while not await asyncio.to_thread(postmaster.ended):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY)
    except TimeoutError:
        await asyncio.to_thread(postmaster.abandon)


async def _version(postmaster: Postmaster) -> str | None:
    """None while it takes no connections: one that recovers from the death of a session, or has
    just ended, still says in its file that it is ready."""
    import asyncpg

    try:
        connection = await asyncpg.connect(postmaster.dsn)
    except (OSError, asyncpg.CannotConnectNowError):
        return None
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def _did_not_start(cluster: Cluster, said: list[str]) -> SettingsError:
    words = " | ".join(said[-4:]) or "nothing"
    return SettingsError(
        f"PostgreSQL cannot start on {cluster.data}. It said: {words}. "
        f"More is in {cluster.log}. Its data was not changed by Andon."
    )


def _silent(_: str) -> None:
    return
