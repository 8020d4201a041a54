"""Stock that quality holds, in the books: what has left is issued all the same, the rest is not."""

from decimal import Decimal

import pytest

from andon.app.company.stock import POSTINGS
from andon.connectors.odata.blocking import block_stock, unblock_consumed, unblock_departed
from andon.connectors.odata.deliveries import post_goods_issue
from andon.connectors.odata.postings import issue_lots
from andon.connectors.odata.simulated.movement_types import BLOCKED, UNRESTRICTED
from andon.connectors.odata.simulated.movements import Stock
from andon.connectors.odata.simulator import SapSimulator
from andon.core.errors import RejectedError
from andon.core.mapping import Known
from andon.core.quantity import Quantity
from andon.model.fulfilment import PostGoodsIssue
from andon.model.holding import BlockStock, UnblockConsumed, UnblockDeparted
from andon.model.inventory import STOCK_DEFICIT, PostAdjustment, PostScrap
from andon.model.production import AssignLots, ComponentLot
from tests.contract.odata_plant import connected, settings


def _stood(sap: SapSimulator, store: str) -> list[Decimal]:
    """What may be used of it, and what may not."""
    return [
        sap.company.movements.stock(Stock("SEAL", "1710", store, "B1", status))
        for status in (UNRESTRICTED, BLOCKED)
    ]


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
    assert _stood(sap, "171A") == [0, 96]


async def test_what_went_in_before_its_lot_was_held_is_issued_and_the_rest_stays_blocked() -> None:
    """Of a lot that is not held nothing is given back, and what is free of the held one stays so:
    it may be what was given back for another order."""
    sap = SapSimulator()
    sap.company.movements.stock_up("SEAL", 100, "B1")
    sap.company.movements.stock_up("HOUSING", 50, "H1")
    order = sap.company.release("PUMP", 2)
    await sap.start()
    try:
        known = Known(settings(sap, plant="1710", storage_location="171A"), None, local=order)
        took = tuple(
            ComponentLot(material_id=item, lot_id=lot, quantity=Quantity(Decimal(amount), "PC"))
            for item, lot, amount in (("SEAL", "B1", 3), ("HOUSING", "H1", 2), ("SEAL", "B1", 4))
        )
        back = unblock_consumed.writes(UnblockConsumed(order_id=order, components=took), known)
        block = block_stock.writes(BlockStock(lot_id="B1", reason="porous casting"), known)
        issue = issue_lots.writes(AssignLots(order_id=order, components=took), known)
        documents = sap.company.books.rows("A_MaterialDocumentHeader")
        async with connected(settings(sap)) as erp:
            await erp.send(back, key="k1")
            assert not documents, "all of it may be used: nothing is to be given back"
            await erp.send(block, key="k2")
            sap.company.movements.stock_up("SEAL", 2, "B1")
            with pytest.raises(RejectedError, match="Deficit of SL Unrestricted-use 1"):
                await erp.send(issue, key="k3")
            await erp.send(back, key="k4")
            assert await erp.find(back, key="k4") is not None
            assert _stood(sap, "171A") == [9, 93]
            await erp.send(issue, key="k5")
            assert _stood(sap, "171A") == [2, 93]
            sap.company.movements.stock_up("HOUSING", -48, "H1")
            with pytest.raises(RejectedError, match="Of 2 there are 0") as refused:
                await erp.send(back, key="k6")
            assert refused.value.code == STOCK_DEFICIT
            assert _stood(sap, "171A") == [2, 93]
    finally:
        await sap.stop()


async def test_what_was_found_or_thrown_away_is_posted_as_the_books_have_the_lot() -> None:
    """Of a held lot what is found is held too; what is gone is taken from wherever it is."""
    sap = SapSimulator()
    sap.company.movements.stock_up("SEAL", 5, "B1", "171W")
    await sap.start()
    try:
        known = Known(settings(sap))
        async with connected(settings(sap)) as erp:

            async def post(command: PostAdjustment | PostScrap, key: str) -> None:
                (write,) = (one.writes for one in POSTINGS if one.command is type(command))
                await erp.send(write(command, known), key=key)

            def found(amount: int) -> PostAdjustment:
                difference = Quantity(Decimal(amount), "PC")
                return PostAdjustment(
                    lot_id="B1", material_id="SEAL", difference=difference, location="warehouse"
                )

            def gone(amount: int) -> PostScrap:
                quantity = Quantity(Decimal(amount), "PC")
                return PostScrap(
                    lot_id="B1", material_id="SEAL", quantity=quantity, location="warehouse"
                )

            await post(found(1), "k1")
            assert _stood(sap, "171W") == [6, 0]
            block = block_stock.writes(BlockStock(lot_id="B1", reason="porous casting"), known)
            await erp.send(block, key="k2")
            await post(found(3), "k3")
            assert _stood(sap, "171W") == [0, 9]
            sap.company.movements.stock_up("SEAL", 2, "B1", "171W")
            await post(found(-1), "k4")
            assert _stood(sap, "171W") == [1, 9]
            await post(gone(4), "k5")
            assert _stood(sap, "171W") == [0, 6]
            with pytest.raises(RejectedError, match="Of 7 there are 6") as refused:
                await post(gone(7), "k6")
            assert refused.value.code == STOCK_DEFICIT
            assert _stood(sap, "171W") == [0, 6]
    finally:
        await sap.stop()
