"""Purchases of the sandbox company: what came is in the books once, whatever the wires do."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from andon.sandbox.lab import compare, supply
from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_edi import SupplierEdi
from tests.integration.plant import until
from tests.story.company import served


@pytest.mark.story
async def test_orders_promises_receipts_and_advices_are_where_they_belong_once() -> None:
    async with served(speed=300) as plant:
        company = plant.company
        erp, mailbox, dock = company.the(Erp), company.the(SupplierEdi), company.the(Receiving)
        mailbox.odd["twice"], mailbox.odd["halves"] = 2, 1
        mailbox.mailbox.answers_lost = 1
        dock.outbox.odd["twice"] = 2
        company.live(until=company.world.began + timedelta(hours=1))
        await until(lambda: bool(dock.counts) or bool(mailbox.struck["twice"]), within=30)
        await mailbox.stop()
        await asyncio.sleep(1)  # so long nobody answers there
        erp.faults.add("lose", 2)
        await mailbox.start()
        await company.lived()

        def found() -> dict[str, Reckoned]:
            came = supply.happened(company.world.truth)
            return {
                "receipts": compare(came, supply.booked(erp)),
                "orders": supply.taken(erp, mailbox),
                "promises": compare(supply.promised(mailbox), supply.promises_booked(erp)),
                "advices": compare(supply.judged(mailbox, dock), supply.advised(mailbox)),
            }

        try:
            await until(lambda: all(one.well for one in found().values()), within=30)
        except AssertionError:
            cases = [(case["code"], case["text"]) for case in await plant.cases()]
            pytest.fail(f"{found()} {cases}")
        assert len(list(supply.happened(company.world.truth))) >= 2
        assert mailbox.struck["twice"] >= 1
        assert erp.faults.struck["lose"] == 2
        for office in mailbox.offices.values():
            assert Counter(office.taken)
