"""Purchases of the sandbox company: what came is in the books once, whatever the wires do."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from andon.sandbox.lab import supply
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_edi import SupplierEdi
from tests.integration.plant import until
from tests.story.company import served


@pytest.mark.story
async def test_each_order_is_sent_once_and_what_came_is_received_once() -> None:
    async with served(speed=300) as plant:
        company = plant.company
        erp, acme, dock = company.the(Erp), company.the(SupplierEdi), company.the(Receiving)
        acme.odd |= {"twice": 2, "halves": 1}
        acme.mailbox.answers_lost = 1
        dock.outbox.odd["twice"] = 2
        company.live(until=company.world.began + timedelta(hours=1))
        await until(lambda: bool(dock.counts) or bool(acme.struck["twice"]), within=30)
        await acme.stop()
        await asyncio.sleep(1)  # so long nobody answers there
        erp.faults.add("lose", 2)
        await acme.start()
        await company.lived()

        world = company.world
        await until(
            lambda: Counter(supply.booked(erp)) == Counter(supply.happened(world.truth)), within=30
        )
        placed = {number for (number,) in erp.company.books.rows("A_PurchaseOrder")}
        await until(lambda: set(acme.program.taken) == placed, within=20)
        assert set(acme.program.taken.values()) == {1}
        assert len(placed) >= 2
        assert len(list(supply.happened(world.truth))) >= 2
        assert acme.struck["twice"] >= 1
        assert erp.faults.struck["lose"] == 2
