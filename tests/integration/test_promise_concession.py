"""A concession lets a lot pass though a held one is in it: this lot, that hold, nothing else."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

import asyncpg
import pytest

from andon.core.connector import Item
from andon.core.errors import DeniedError, RejectedError
from andon.engine.ingest import TooBusyError
from andon.model.concession import ConcessionGranted, GrantConcession
from andon.model.processing import ConsumedLot, LotProcessed
from andon.model.quality import HoldPlaced
from andon.store.sql import query
from tests.integration.desk import case_of, desk_of
from tests.integration.plant import rows_of
from tests.integration.test_promise_fence import (
    NOON,
    NOW,
    ONE,
    Desk,
    Floor,
    floor_on,
    free,
    hold,
    targets,
    uses,
)

HOUR = timedelta(hours=1)
RAW = HoldPlaced(lot_id="RAW", reason="wet")
PASSES = ConcessionGranted(lot_id="MID", held_lot_id="RAW")
GRANT = GrantConcession(
    lot_id="material-lot/floor:MID", held_lot_id="RAW", reason="dry where it matters"
)


async def refused() -> None:
    raise RejectedError("not for this one")


@asynccontextmanager
async def made(database: str) -> AsyncIterator[tuple[Floor, Desk]]:
    """RAW went into MID and SIDE, MID into END, MID and SIDE into BOTH."""
    async with floor_on(database) as floor, desk_of(floor) as hub, floor.working():
        for lot, *of in (("MID", "RAW"), ("SIDE", "RAW"), ("END", "MID"), ("BOTH", "MID", "SIDE")):
            await floor.heard(
                LotProcessed(
                    lot_id=lot, material_id="M", order_id="4600000001", line="00010",
                    supplier_id="17300004", good=ONE, processed_at=NOON,
                    consumed=tuple(
                        ConsumedLot(material_id="M", lot_id=one, quantity=ONE) for one in of
                    ),
                )
            )  # fmt: skip
        yield floor, Desk(hub)


async def bound(desk: Desk, *lots: str) -> set[str]:
    """Those of the lots that the fence stops."""
    stopped: set[str] = set()
    for lot in lots:
        try:
            await desk.asks(uses(lot))
        except DeniedError:
            stopped.add(lot)
    return stopped


ALL = ("RAW", "MID", "SIDE", "END", "BOTH")


async def test_it_frees_the_lot_and_what_is_made_of_it_and_the_hold_stands(database: str) -> None:
    async with made(database) as (floor, desk):
        await floor.heard(RAW, at=NOON)
        assert await bound(desk, *ALL) == set(ALL)
        await floor.heard(PASSES, at=NOON + HOUR)
        assert await bound(desk, *ALL) == {"RAW", "SIDE", "BOTH"}, "BOTH has SIDE in it"


async def test_held_anew_it_binds_again_whatever_is_heard_of_older_words(database: str) -> None:
    async with made(database) as (floor, desk):
        await floor.heard(PASSES, at=NOON + HOUR)
        await floor.heard(RAW, at=NOON)
        assert await bound(desk, "RAW", "MID") == {"RAW"}, "the word came before that of the hold"
        await floor.heard(RAW, at=NOON + 2 * HOUR)
        assert await bound(desk, "MID") == {"MID"}
        await floor.heard(PASSES, at=NOON + HOUR)
        assert await bound(desk, "MID") == {"MID"}, "an older concession, heard again"
        await floor.heard(PASSES, at=NOON + 3 * HOUR)
        assert await bound(desk, "MID", "SIDE") == {"SIDE"}


async def test_it_passes_no_hold_of_the_lot_itself(database: str) -> None:
    async with made(database) as (floor, desk):
        await floor.heard(RAW, at=NOON)
        await floor.heard(HoldPlaced(lot_id="MID", reason="dented"), at=NOON)
        await floor.heard(PASSES, at=NOON + HOUR)
        with pytest.raises(DeniedError, match="lot END, which was made of lot MID"):
            await desk.asks(uses("END"))
        assert await bound(desk, "MID") == {"MID"}


async def test_each_holder_lets_pass_what_it_holds_itself(database: str) -> None:
    async with made(database) as (floor, desk):
        await floor.heard(RAW, at=NOON)
        await desk.asks(hold("RAW"))
        await floor.heard(PASSES, at=NOON + HOUR)
        with pytest.raises(DeniedError, match="held by andon: crack"):
            await desk.asks(uses("MID"))
        assert await desk.asks(GRANT) == "delivered"
        assert await bound(desk, "MID", "SIDE") == {"SIDE"}
        await desk.asks(free("RAW"))
        await desk.asks(hold("RAW"))
        assert await bound(desk, "MID") == {"MID"}, "held anew"


async def test_nothing_passes_before_it_is_granted_and_nothing_if_it_is_not(database: str) -> None:
    async with made(database) as (floor, desk):
        await desk.asks(hold("RAW"))
        floor.keyed.down = True
        await desk.asks(GRANT, key="early", wait=NOW)
        assert await bound(desk, "MID") == {"MID"}
        floor.keyed.before["GrantConcession"] = refused
        floor.keyed.down = False
        await case_of(database, "refused")
        assert await bound(desk, "MID") == {"MID"}
        floor.keyed.before.clear()
        assert await desk.asks(GRANT) == "delivered"
        assert await bound(desk, "MID") == set()
        assert targets(floor.keyed).count("GrantConcession") == 1


async def test_its_record_and_what_it_frees_are_written_together_or_not_at_all(
    database: str,
) -> None:
    async with floor_on(database) as floor, rows_of(database) as db:
        await db.execute(
            "create function broken() returns trigger language plpgsql as"
            " $$ begin raise 'the session is gone'; end $$;"
            " create trigger broken before insert on concession execute function broken()"
        )
        raw = b'{"lot_id": "MID", "held_lot_id": "RAW"}'
        item = Item(kind=ConcessionGranted.TYPE, key="q1", raw=raw)
        qms = floor.plan.connections["qms"]
        with pytest.raises(TooBusyError):
            await floor.ingest.accept(qms, [item])
        assert await db.fetchval("select count(*) from log") == 0
        await db.execute("drop trigger broken on concession")
        assert len(await floor.ingest.accept(qms, [item])) == 1
        assert await db.fetchval("select lot || root || holder from concession") == (
            "material-lot/floor:MIDmaterial-lot/floor:RAWqms"
        )


# -- any company ----------------------------------------------------------------------------------

Made = Mapping[str, Sequence[str]]


def _binds(made: Made, root: str, passes: set[str]) -> set[str]:
    """By hand: what a hold of `root` reaches."""
    reached, left = {root}, [root]
    while left:
        of = left.pop()
        fresh = [lot for lot, parts in made.items() if of in parts and lot not in reached | passes]
        reached.update(fresh)
        left += fresh
    return reached


async def test_of_any_company_exactly_what_a_hold_reaches_is_bound(database: str) -> None:
    async with rows_of(database) as db:
        for seed in range(40):
            chance = Random(seed)
            lots = [f"material-lot/f:{n}" for n in range(12)]
            made: Made = {
                lot: chance.sample(lots[:n], k=min(n, chance.randint(0, 2)))
                for n, lot in enumerate(lots)
            }
            holds = {(chance.choice(lots), chance.choice("ab")): chance.randint(0, 9)
                     for _ in range(3)}  # fmt: skip
            passes = {(chance.choice(lots), *hold): chance.randint(0, 9)
                      for hold in (*holds, *holds)}  # fmt: skip
            await db.execute("truncate link, hold, concession")
            await _write(db, made, holds, passes)
            rows = [row["lot"] for row in await db.fetch(query("held"))]
            assert sorted(rows) == sorted(_bound(made, holds, passes)), seed


def _bound(
    made: Made, holds: Mapping[tuple[str, str], int], passes: Mapping[tuple[str, str, str], int]
) -> set[str]:
    """By hand: what all holds reach."""
    bound: set[str] = set()
    for (root, holder), at in holds.items():
        free = {lot for (lot, of, by), till in passes.items()
                if (of, by) == (root, holder) and till >= at and lot != root}  # fmt: skip
        bound |= _binds(made, root, free)
    return bound


async def _write(
    db: asyncpg.Connection,
    made: Made,
    holds: Mapping[tuple[str, str], int],
    passes: Mapping[tuple[str, str, str], int],
) -> None:
    """Half of the lots come from an order, the others say themselves what is in them."""
    for n, (lot, parts) in enumerate(made.items()):
        order = f"production-order/f:{n}" if n % 2 else lot
        links = [(order, "consumes", part) for part in parts]
        links += (
            [(order, "makes", lot)] if n % 4 == 1 else [(lot, "made-by", order)] if n % 2 else []
        )
        await db.executemany("insert into link values ($1, $2, $3, 1, now())", links)
    await db.executemany(
        "insert into hold values ($1, $2, true, 'r', $3)",
        [(*one, NOON + at * HOUR) for one, at in holds.items()],
    )
    await db.executemany(
        "insert into concession values ($1, $2, $3, $4)",
        [(*one, NOON + at * HOUR) for one, at in passes.items()],
    )
