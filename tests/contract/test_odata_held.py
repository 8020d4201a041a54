"""Stock that quality holds, in the books: what has left is issued all the same, the rest is not."""

from decimal import Decimal

import pytest

from andon.connectors.odata.blocking import block_stock, unblock_departed
from andon.connectors.odata.deliveries import post_goods_issue
from andon.connectors.odata.simulated.movement_types import BLOCKED, UNRESTRICTED
from andon.connectors.odata.simulated.movements import Stock
from andon.connectors.odata.simulator import SapSimulator
from andon.core.errors import RejectedError
from andon.core.mapping import Known
from andon.model.fulfilment import PostGoodsIssue, UnblockDeparted
from andon.model.holding import BlockStock
from tests.contract.odata_plant import connected, settings


async def test_what_left_before_its_lot_was_held_is_issued_and_the_rest_stays_blocked() -> None:
    sap = SapSimulator()
    sap.company.movements.stock_up("SEAL", 100, "B1")
    desk = sap.company.deliveries
    number = desk.deliver("17100001", "SEAL", Decimal(4), "B1")
    desk.pick(number)
    await sap.start()
    try:
        known = Known(settings(sap), None, local=number)
        unblock = unblock_departed.writes(UnblockDeparted(delivery_id=number), known)
        block = block_stock.writes(BlockStock(lot_id="B1", reason="porous casting"), known)
        issue = post_goods_issue.writes(PostGoodsIssue(delivery_id=number), known)
        async with connected(settings(sap)) as erp:
            with pytest.raises(RejectedError, match="Deficit of SL Blocked 4"):
                await erp.send(unblock, key="k1")
            await erp.send(block, key="k2")
            with pytest.raises(RejectedError, match="Deficit of SL Unrestricted-use 4"):
                await erp.send(issue, key="k3")
            await erp.send(unblock, key="k4")
            assert await erp.find(unblock, key="k4") is not None
            await erp.send(issue, key="k5")
    finally:
        await sap.stop()
    stood = [
        sap.company.movements.stock(Stock("SEAL", "1710", "171A", "B1", status))
        for status in (UNRESTRICTED, BLOCKED)
    ]
    assert stood == [0, 96]
