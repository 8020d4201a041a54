"""One upgrade: the old hub works, the new one joins and widens the schema, the old one leaves."""

__all__ = ["ENDS", "Round", "play"]

import asyncio
import time
from pathlib import Path
from typing import Literal, get_args

import asyncpg
import msgspec

from andon.connectors._ports import free_port
from andon.store.embedded import EmbeddedServer
from andon.store.migrate import LOCK, SCHEMA_VERSION
from bench.hub import INBOX_SCOPE, Hub, HubCommand
from bench.ledger import LedgerPage
from bench.loadgen import Load
from bench.posting import Posting, loading
from bench.systems import Systems, systems
from proof.upgrade.past import Past
from proof.waiting import until

End = Literal[
    "the old one is stopped", "the old one is killed", "the new one is killed at its start"
]
ENDS: tuple[End, ...] = get_args(End)

_SECONDS = 24
_RATE = 40
_ALONE = 6.0
"""How long the old hub works before the new one is started."""
_SETTLES_WITHIN = 90.0
_WIDE = f"select version = {SCHEMA_VERSION} from schema_state"
_WIDENING = (
    "select exists (select from pg_locks where locktype = 'advisory' and objsubid = 1"
    f" and classid = {LOCK >> 32} and objid = {LOCK & 0xFFFFFFFF}) or ({_WIDE})"
)
_CONTROL = (
    "select count(*) as lanes from pg_locks l join pg_stat_activity a using (pid)"
    " where l.locktype = 'advisory' and l.classid = 40210 and l.granted"
    " and l.database = (select oid from pg_database where datname = current_database())"
    " group by l.pid order by 1"
)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one upgrade."""

    end: End
    accepted: int
    lost: int
    doubled: int
    out_of_order: int
    repeated_calls: int
    given_up: int
    lanes_side_by_side: list[int]
    widened_in_s: float
    """From the new hub's start command to its schema."""
    slowest_ms: float
    """The longest way of one event, from its due instant to the WMS' first answer."""
    refused: str
    """What the old code says once the schema was narrowed."""


async def play(end: End, past: Past, *, folder: Path, log: Path) -> Round:
    """One round on a database of its own; nothing of it lives when this returns."""
    async with await EmbeddedServer.start(folder / "pg", home=folder / "home") as server:
        with systems() as stub:
            return await _upgrade(end, past, server.dsn, stub, folder=folder, log=log)


async def _upgrade(
    end: End, past: Past, dsn: str, stub: Systems, *, folder: Path, log: Path
) -> Round:
    before = f"{past.command} ANDON_DATABASE={dsn}"
    now = f"env ANDON_DATABASE={dsn}"
    with (
        _hub(before, "old", stub, folder, log) as old,
        _hub(now, "new", stub, folder, log) as new,
    ):
        old.start()
        await asyncio.to_thread(old.wait_until_ready)
        key = await asyncio.to_thread(old.key, INBOX_SCOPE)
        with loading(_load(seed=1), old, key) as first:
            await asyncio.sleep(_ALONE)
            widened_in_s = await _joined(end, new, dsn)
            lanes = await _shared(dsn)
            with loading(_load(seed=2), new, key) as second:
                loads = [await _result(first)]
                await asyncio.to_thread(old.kill if "old one is killed" in end else old.stop)
                loads.append(await _result(second))
        page = await _settled(stub, loads)
        refused = await _narrowed(old, dsn, log.with_suffix(".old.log"))
    return _round(end, loads, page, lanes, widened_in_s, refused)


def _hub(before: str, name: str, stub: Systems, folder: Path, log: Path) -> Hub:
    data = folder / name
    data.mkdir()
    command = HubCommand(
        run=f"{before} andon run bench.project:andon",
        keys=f"{before} andon keys create",
        url=f"http://127.0.0.1:{free_port()}",
    )
    return Hub(command, data=data, systems=stub.url, log=log.with_suffix(f".{name}.log"))


def _load(*, seed: int) -> list[str]:
    words = {"--mode": "open", "--rate": _RATE, "--secs": _SECONDS, "--ops": 4, "--seed": seed}
    return [str(word) for pair in words.items() for word in pair]


async def _joined(end: End, new: Hub, dsn: str) -> float:
    """The new hub is there, and its schema; how long the schema took."""
    began = time.monotonic()
    new.start()
    if "new one is killed" in end:
        await until(lambda: _is_true(dsn, _WIDENING), "the new one widens", every=0.002)
        await asyncio.to_thread(new.kill)
        new.start()
    await until(lambda: _is_true(dsn, _WIDE), "the schema is widened", every=0.01)
    widened_in_s = time.monotonic() - began
    await asyncio.to_thread(new.wait_until_ready)
    return widened_in_s


async def _shared(dsn: str) -> list[int]:
    """Lanes per worker once both have some."""
    end = time.monotonic() + 15
    while True:
        db = await asyncpg.connect(dsn)
        lanes = [row["lanes"] for row in await db.fetch(_CONTROL)]
        await db.close()
        if lanes == [32, 32] or time.monotonic() > end:
            return lanes
        await asyncio.sleep(0.05)


async def _result(posting: Posting) -> Load:
    return await asyncio.to_thread(posting.result)


async def _settled(stub: Systems, loads: list[Load]) -> LedgerPage:
    due = sum(p.accepted_at is not None for load in loads for p in load.events.values())
    end = time.monotonic() + _SETTLES_WITHIN
    while time.monotonic() < end:
        if (await asyncio.to_thread(stub.stats)).completed >= due:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)  # what would be doubled, would come now
    return await asyncio.to_thread(stub.ledger)


async def _narrowed(old: Hub, dsn: str, log: Path) -> str:
    """The next step takes something away: the old code must not work on it any more."""
    await _is_true(dsn, f"update schema_state set minimum_worker = {SCHEMA_VERSION} returning true")
    return await asyncio.to_thread(_said_at_start, old, log)


def _said_at_start(old: Hub, log: Path) -> str:
    before = log.stat().st_size
    old.start()
    while old.members():
        time.sleep(0.05)
    return " ".join(log.read_text()[before:].split())


async def _is_true(dsn: str, query: str) -> bool:
    db = await asyncpg.connect(dsn)
    try:
        return bool(await db.fetchval(query))
    finally:
        await db.close()


def _round(
    end: End,
    loads: list[Load],
    page: LedgerPage,
    lanes: list[int],
    widened_in_s: float,
    refused: str,
) -> Round:
    posted = {name: one for load in loads for name, one in load.events.items()}
    accepted = {name: one for name, one in posted.items() if one.accepted_at is not None}
    done = page.events["wms"]
    entries = [entry for book in page.events.values() for entry in book.values()]
    ways = [
        (done[name].first_answer_at - one.due_at) / 1e6
        for name, one in accepted.items()
        if name in done
    ]
    return Round(
        end=end,
        accepted=len(accepted),
        lost=sum(name not in done or not done[name].effects for name in accepted),
        doubled=sum(max(0, entry.effects - 1) for entry in entries),
        out_of_order=page.bad["order_sequence"],
        repeated_calls=sum(entry.replays for entry in entries),
        given_up=sum(load.given_up for load in loads),
        lanes_side_by_side=lanes,
        widened_in_s=round(widened_in_s, 2),
        slowest_ms=round(max(ways, default=0.0), 1),
        refused=refused,
    )
