"""A held lot is fenced: what would move or consume it is stopped, at the gate and at the claim."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from andon.core.connector import Item, Request, Settings
from andon.core.errors import DeniedError
from andon.core.mapping import Known, inbound, outbound
from andon.core.message import Command, Event
from andon.core.plant import Approve, Connection, Decision, Policy, Route
from andon.core.quantity import Quantity
from andon.core.record import Actor
from andon.core.workflow import Workflow
from andon.engine.clock import SystemClock
from andon.engine.hub import EngineHub
from andon.engine.ingest import Ingest, TooBusyError
from andon.engine.plan import Plan, wire
from andon.model.concession import ConcessionGranted, GrantConcession
from andon.model.fulfilment import DeliveryLine, PickDelivery
from andon.model.processing import ConsumedLot, LotProcessed
from andon.model.production import (
    AssignLots,
    ComponentLot,
    OperationConfirmed,
    OrderCompleted,
)
from andon.model.quality import HoldPlaced, HoldReleased, PlaceHold, ReleaseHold
from andon.model.vocabulary import VOCABULARY
from tests.integration.desk import case_of, decides, desk_of
from tests.integration.plant import (
    Fake,
    Plant,
    Talker,
    for_ever,
    lost,
    rows_of,
    until,
)

PROGRAM = Actor("program")
LONG, NOW = timedelta(seconds=5), timedelta(0)
ONE = Quantity(Decimal(1), "PCE")
NONE = Quantity(Decimal(0), "PCE")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENTS = (
    HoldPlaced, HoldReleased, OperationConfirmed, OrderCompleted, LotProcessed, ConcessionGranted
)  # fmt: skip
COMMANDS = (PickDelivery, AssignLots, PlaceHold, ReleaseHold, GrantConcession)


class Floor(Plant):
    """An ERP that takes five commands, and a quality system that says what it holds."""

    WORKFLOWS: Sequence[Workflow] = ()

    def _wired(self) -> Plan:
        def reads(event: type[Event]) -> object:
            return inbound(event.TYPE)(lambda item, known: [item.read(event)])

        def writes(command: type[Command]) -> object:
            def request(said: Command, known: Known) -> Request:
                return Request(target=type(said).__name__, body={"order": said.local})

            return outbound(command, proof="keyed")(request)

        qms = Connection("qms", Talker, [reads(e) for e in EVENTS])  # pyright: ignore[reportArgumentType]
        erp = Connection("erp", Fake, [writes(c) for c in COMMANDS])  # pyright: ignore[reportArgumentType]
        return wire(
            name="floor", site="here",
            connections=[(qms, Talker("qms", Settings())), (erp, self.keyed)],
            workflows=self.WORKFLOWS, routes=[Route(c, "erp") for c in COMMANDS], ownership=[],
            policies=[], messages=VOCABULARY, shared={"material-lot": "floor"},
        )  # fmt: skip

    async def heard(self, event: Event, at: datetime | None = None) -> None:
        self._said += 1
        raw = msgspec.json.encode(event)
        item = Item(kind=event.TYPE, key=f"q{self._said}", raw=raw, occurred_at=at)
        await self.ingest.accept(self.plan.connections["qms"], [item])


@asynccontextmanager
async def floor_on(dsn: str, kind: type[Floor] = Floor) -> AsyncIterator[Floor]:
    floor = kind(dsn)
    floor.ingest = Ingest(floor.plan, dsn, SystemClock())
    await floor.ingest.open()
    try:
        yield floor
    finally:
        await floor.ingest.close()


def uses(*lots: str) -> PickDelivery:
    lines = tuple(DeliveryLine(material_id="M", lot_id=lot, quantity=ONE) for lot in lots)
    return PickDelivery(delivery_id="delivery/erp:1", lines=lines)


def used(*lots: str) -> AssignLots:
    parts = tuple(ComponentLot(material_id="M", lot_id=lot, quantity=ONE) for lot in lots)
    return AssignLots(order_id="production-order/erp:1", components=parts)


def hold(lot: str) -> PlaceHold:
    return PlaceHold(lot_id=f"material-lot/floor:{lot}", reason="crack")


def free(lot: str) -> ReleaseHold:
    return ReleaseHold(lot_id=f"material-lot/floor:{lot}")


class Desk:
    """A program that asks, each time under a new key."""

    def __init__(self, hub: EngineHub) -> None:
        self._hub = hub
        self._asked = 0

    async def asks(
        self, command: Command, *, key: str | None = None, wait: timedelta = LONG
    ) -> str:
        self._asked += 1
        key = key or f"k{self._asked}"
        return (await self._hub.submit(command, PROGRAM, key=key, wait=wait)).state


def targets(fake: Fake) -> Sequence[str]:
    return [what.split()[1] for what in fake.done]


async def test_a_hold_binds_with_the_record_that_says_it_or_neither_is_there(database: str) -> None:
    """Its post is answered after both: the record alone would be known by its id when it comes
    again, and would never bind."""
    async with floor_on(database) as floor, rows_of(database) as db:
        await db.execute(
            "create function broken() returns trigger language plpgsql as"
            " $$ begin raise 'the session is gone'; end $$;"
            " create trigger broken before insert on hold execute function broken()"
        )
        held = Item(
            kind=HoldPlaced.TYPE,
            key="q1",
            raw=msgspec.json.encode(HoldPlaced(lot_id="material-lot/floor:L1", reason="crack")),
        )
        qms = floor.plan.connections["qms"]
        with pytest.raises(TooBusyError):
            await floor.ingest.accept(qms, [held])
        assert await db.fetchval("select count(*) from log") == 0

        await db.execute("drop trigger broken on hold")
        assert len(await floor.ingest.accept(qms, [held])) == 1
        assert await db.fetchval("select count(*) from hold where held") == 1


async def test_a_hold_stops_at_once_and_its_release_lets_go(database: str) -> None:
    async with floor_on(database) as floor, desk_of(floor) as hub, floor.working():
        desk = Desk(hub)
        assert await desk.asks(uses("L1", "L2"), key="before") == "delivered"
        assert await desk.asks(hold("L1"), wait=NOW) in ("going", "delivered")
        with pytest.raises(
            DeniedError, match=r"PickDelivery .* lot L1, which is held by andon: crack"
        ):
            await desk.asks(uses("L2", "L1"))
        assert await desk.asks(uses("L2")) == "delivered"
        # The same key gives the same answer, whatever is held since.
        assert await desk.asks(uses("L1", "L2"), key="before") == "delivered"
        assert await desk.asks(free("L1")) == "delivered"
        assert await desk.asks(uses("L1")) == "delivered"


@pytest.mark.parametrize("restart", [False, True])
async def test_what_was_recorded_before_the_hold_is_stopped_when_it_is_claimed(
    database: str, restart: bool
) -> None:
    async with floor_on(database) as floor, desk_of(floor) as hub:
        desk = Desk(hub)
        floor.keyed.down = True
        async with floor.working() as shift:
            await desk.asks(uses("L1"), key="early", wait=NOW)
            await desk.asks(hold("L1"), wait=NOW)
            if restart:
                await shift.kill()
            else:
                floor.keyed.down = False
                await case_of(database, "refused")
        floor.keyed.down = False
        async with floor.working():
            case = await case_of(database, "refused")
            assert "lot L1, which is held by andon" in case["text"]
            with pytest.raises(DeniedError, match="held by andon"):
                await desk.asks(uses("L1"), key="early")
            await until(lambda: targets(floor.keyed) == ["PlaceHold"])


async def test_what_was_consumed_is_posted_though_its_lot_is_held(database: str) -> None:
    """At the gate and, where the hold came after the record, when it is claimed."""
    async with floor_on(database) as floor, desk_of(floor) as hub:
        desk = Desk(hub)
        floor.keyed.down = True
        async with floor.working():
            await desk.asks(used("L1"), key="early", wait=NOW)
            await desk.asks(hold("L1"), wait=NOW)
            with pytest.raises(DeniedError, match="held by andon"):
                await desk.asks(uses("L1"))
            floor.keyed.down = False
            assert await desk.asks(used("L1", "L2")) == "delivered"
            await until(lambda: targets(floor.keyed).count("AssignLots") == 2)


async def test_the_fence_stops_the_one_that_asks_again_and_nobody_else(database: str) -> None:
    """After an outage one command asks for all; held back, it must not hold up the others."""
    other = PickDelivery(delivery_id="delivery/erp:2", lines=uses("L2").lines)
    async with floor_on(database) as floor, desk_of(floor) as hub, rows_of(database) as db:
        desk = Desk(hub)
        floor.keyed.down = True
        await desk.asks(uses("L1"), key="early", wait=NOW)
        async with floor.working():

            async def nobody_is_there() -> bool:
                state = "select count(*) from connection_state where state = 'unreachable'"
                return await db.fetchval(state) == 1

            await until(nobody_is_there)
            await desk.asks(other, key="other", wait=NOW)
            await db.execute(
                "insert into hold (lot, holder, held, reason, at)"
                " values ('material-lot/floor:L1', 'qms', true, 'crack', now())"
            )
            floor.keyed.down = False
            await case_of(database, "refused")
            await until(lambda: targets(floor.keyed) == ["PickDelivery"])


async def test_what_may_have_happened_is_found_out_and_not_refused(database: str) -> None:
    async with floor_on(database) as floor, desk_of(floor) as hub, floor.working():
        desk = Desk(hub)
        floor.keyed.after["PickDelivery"] = lost
        await desk.asks(uses("L1"), key="early", wait=NOW)
        await until(lambda: targets(floor.keyed) == ["PickDelivery"])
        await desk.asks(hold("L1"))
        floor.keyed.after.clear()
        assert await desk.asks(uses("L1"), key="early") == "delivered"
        assert targets(floor.keyed).count("PickDelivery") == 1


async def test_what_was_under_way_at_a_death_is_found_out_though_its_lot_is_held_now(
    database: str,
) -> None:
    async with floor_on(database) as floor, desk_of(floor) as hub:
        desk = Desk(hub)
        floor.keyed.after["PickDelivery"] = for_ever
        async with floor.working():
            await desk.asks(uses("L1"), key="early", wait=NOW)
            await until(lambda: targets(floor.keyed) == ["PickDelivery"])
        await desk.asks(hold("L1"), wait=NOW)
        async with floor.working():
            assert await desk.asks(uses("L1"), key="early") == "delivered"
            assert targets(floor.keyed).count("PickDelivery") == 1


async def test_what_did_not_happen_is_not_sent_again_once_its_lot_is_held(database: str) -> None:
    """Though the target knows our key: the same call would find out, and do it."""
    async with floor_on(database) as floor, desk_of(floor) as hub, floor.working():
        desk = Desk(hub)
        floor.keyed.before["PickDelivery"] = lost
        await desk.asks(uses("L1"), key="early", wait=NOW)
        await until(lambda: bool(floor.keyed.calls))
        await desk.asks(hold("L1"))
        floor.keyed.before.clear()
        with pytest.raises(DeniedError, match="lot L1, which is held by andon"):
            await desk.asks(uses("L1"), key="early")
        assert "PickDelivery" not in targets(floor.keyed)


async def test_another_systems_hold_binds_too_and_an_older_word_does_not(database: str) -> None:
    async with floor_on(database) as floor, desk_of(floor) as hub, floor.working():
        desk = Desk(hub)
        await floor.heard(HoldPlaced(lot_id="L1", reason="wet"), at=NOON)
        with pytest.raises(DeniedError, match="held by qms: wet"):
            await desk.asks(uses("L1"))
        await floor.heard(HoldReleased(lot_id="L1"), at=NOON + timedelta(hours=2))
        await floor.heard(HoldPlaced(lot_id="L1", reason="late"), at=NOON + timedelta(hours=1))
        assert await desk.asks(uses("L1")) == "delivered"
        # Each holder lets go only of its own hold.
        await desk.asks(hold("L1"))
        await floor.heard(HoldReleased(lot_id="L1"), at=NOON + timedelta(hours=3))
        with pytest.raises(DeniedError, match="held by andon"):
            await desk.asks(uses("L1"))


async def test_what_a_supplier_made_of_a_held_lot_is_bound_with_it(database: str) -> None:
    async with floor_on(database) as floor, desk_of(floor) as hub, floor.working():
        desk = Desk(hub)
        for used, made in (("RAW", "PLATED"), ("PLATED", "PACKED"), ("OTHER", "FREE")):
            await floor.heard(
                LotProcessed(
                    lot_id=made, material_id="M", order_id="4600000001", line="00010",
                    supplier_id="17300004", good=ONE, processed_at=NOON,
                    consumed=(ConsumedLot(material_id="M", lot_id=used, quantity=ONE),),
                )
            )  # fmt: skip
        await desk.asks(hold("RAW"))
        for bound in ("PLATED", "PACKED"):
            with pytest.raises(DeniedError, match=f"lot {bound}, which was made of lot RAW"):
                await desk.asks(uses(bound))
        assert await desk.asks(uses("FREE")) == "delivered"


async def test_what_was_made_of_a_held_lot_is_bound_with_it(database: str) -> None:
    async with floor_on(database) as floor, desk_of(floor) as hub, floor.working():
        desk = Desk(hub)
        for order, used, made in (("1", "RAW", "MID"), ("2", "MID", "END"), ("3", "OTHER", "FREE")):
            await floor.heard(
                OperationConfirmed(
                    order_id=order, operation="10", good=ONE, scrap=NONE,
                    consumed=(ComponentLot(material_id="M", lot_id=used, quantity=ONE),),
                )
            )  # fmt: skip
            await floor.heard(
                OrderCompleted(
                    order_id=order, material_id="M", ordered=ONE, good=ONE, scrap=NONE,
                    over=NONE, lot_id=made,
                )
            )  # fmt: skip
        await desk.asks(hold("RAW"))
        with pytest.raises(DeniedError, match="lot END, which was made of lot RAW, which is held"):
            await desk.asks(uses("END"))
        assert await desk.asks(uses("FREE")) == "delivered"
        await desk.asks(free("RAW"))
        assert await desk.asks(uses("END")) == "delivered"


async def test_a_hold_that_an_approver_denies_binds_only_until_then(database: str) -> None:
    def ask(command: PlaceHold, actor: Actor) -> Decision:
        return Approve("quality", "it stops the line")

    async with floor_on(database) as floor:
        rule = {PlaceHold: [Policy(PlaceHold, ask)]}
        floor.plan = msgspec.structs.replace(floor.plan, policies=rule)
        async with desk_of(floor) as hub, floor.working():
            desk = Desk(hub)
            assert await desk.asks(hold("L1"), key="h", wait=NOW) == "awaiting"
            with pytest.raises(DeniedError, match="held by andon"):
                await desk.asks(uses("L1"))
            await decides(floor, "approval", "deny")
            with pytest.raises(DeniedError, match="denied"):
                await desk.asks(hold("L1"), key="h")
            assert await desk.asks(uses("L1")) == "delivered"


async def test_a_release_that_the_target_refuses_frees_the_lot_here(database: str) -> None:
    """What Andon holds by itself ends with an authorized release; the target's own hold stays."""
    async with floor_on(database) as floor, desk_of(floor) as hub, floor.working():
        desk = Desk(hub)
        await desk.asks(hold("L1"))
        floor.keyed.refuses["ReleaseHold"] = "no such lot"
        await desk.asks(free("L1"), wait=NOW)
        await case_of(database, "refused")
        assert await desk.asks(uses("L1")) == "delivered"
        async with rows_of(database) as db:
            assert await db.fetchval("select count(*) from hold where held") == 0
