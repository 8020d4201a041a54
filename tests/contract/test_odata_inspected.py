"""Stock that quality inspects, in the books: it is received as such, and goes out of it once."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from andon.app.company.stock import POSTINGS
from andon.connectors.odata import OData, mappings
from andon.connectors.odata.settings import ODataSettings
from andon.connectors.odata.simulated.movement_types import BLOCKED, IN_INSPECTION, UNRESTRICTED
from andon.connectors.odata.simulated.movements import Stock
from andon.connectors.odata.simulator import SapSimulator
from andon.core.connector import Receipt, Request
from andon.core.errors import RejectedError
from andon.core.mapping import Known, Outbound
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.holding import BlockStock, UnblockStock
from andon.model.inspecting import BlockInspected, ReleaseInspected
from andon.model.inventory import PostAdjustment, PostScrap, PostTransfer
from andon.model.production import ReceiveOutput
from tests.contract.odata_plant import connected, settings

BLOCK, FREE = BlockStock(lot_id="L1", reason="porous"), ReleaseInspected(lot_id="L1")


def pieces(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


class Desk:
    """Who posts about lot L1 of pumps, each time under a key of its own."""

    def __init__(self, sap: SapSimulator, erp: OData, told: ODataSettings) -> None:
        self.sap = sap
        self.order = sap.company.release("PUMP", 9)
        self._erp, self._told = erp, told
        self._keys = 0

    async def posts(self, command: Command) -> Receipt:
        self._keys += 1
        return await self._erp.send(self.writes(command), key=f"k{self._keys}")

    async def finds(self, command: Command) -> Receipt | None:
        """Whether what was posted last is there."""
        return await self._erp.find(self.writes(command), key=f"k{self._keys}")

    async def receives(self, lot: str | None = "L1") -> None:
        output = ReceiveOutput(order_id=self.order, material_id="PUMP", good=pieces(9), lot_id=lot)
        await self.posts(output)

    def writes(self, command: Command) -> Request:
        outs = (one for one in (*mappings, *POSTINGS) if isinstance(one, Outbound))
        (out,) = (one for one in outs if one.command is type(command))
        return out.writes(command, Known(self._told, None, local=self.order))

    def stands(self, store: str = "171A", lot: str = "L1") -> list[Decimal]:
        """What may be used, what is inspected, what is blocked."""
        return [
            self.sap.company.movements.stock(Stock("PUMP", "1710", store, lot, kind))
            for kind in (UNRESTRICTED, IN_INSPECTION, BLOCKED)
        ]

    @property
    def moved(self) -> list[str]:
        """The movement type of each line, without the other sides of transfers."""
        rows = self.sap.company.books.rows("A_MaterialDocumentItem").values()
        return [row["GoodsMovementType"] for row in rows if not row["IsAutomaticallyCreated"]]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    sap = SapSimulator()
    await sap.start()
    told = settings(sap, plant="1710", storage_location="171A", receives_into="inspection")
    try:
        async with connected(told) as erp:
            yield Desk(sap, erp, told)
    finally:
        await sap.stop()


async def test_what_has_no_lot_cannot_be_inspected_and_is_for_any_use(desk: Desk) -> None:
    await desk.receives(lot=None)
    assert desk.stands(lot="") == [9, 0, 0]


async def test_output_is_inspected_until_it_is_accepted_once(desk: Desk) -> None:
    with pytest.raises(RejectedError, match="Batch L1 is not received yet"):
        await desk.posts(FREE)
    await desk.receives()
    assert desk.stands() == [0, 9, 0]
    await desk.posts(FREE)
    assert desk.stands() == [9, 0, 0]
    assert await desk.finds(FREE) is not None
    await desk.posts(FREE)
    assert desk.moved == ["101", "321"], "somebody did it before"


async def test_all_of_a_lot_is_accepted_wherever_it_lies(desk: Desk) -> None:
    await desk.receives()
    there = {"lot_id": "L1", "material_id": "PUMP"}
    await desk.posts(
        PostTransfer(quantity=pieces(5), origin="production", destination="warehouse", **there)
    )
    await desk.posts(PostAdjustment(difference=pieces(2), location="warehouse", **there))
    await desk.posts(PostAdjustment(difference=pieces(-1), location="warehouse", **there))
    await desk.posts(PostScrap(quantity=pieces(1), location="production", **there))
    assert (desk.stands(), desk.stands("171W")) == ([0, 3, 0], [0, 6, 0])
    assert desk.moved == ["101", "323", "701", "702", "553"]
    await desk.posts(FREE)
    assert (desk.stands(), desk.stands("171W")) == ([3, 0, 0], [6, 0, 0])


async def test_what_is_found_where_the_books_have_none_is_inspected_as_the_rest(desk: Desk) -> None:
    await desk.receives()
    found = PostAdjustment(
        lot_id="L1", material_id="PUMP", difference=pieces(2), location="warehouse"
    )
    await desk.posts(found)
    assert (desk.stands(), desk.stands("171W")) == ([0, 9, 0], [0, 2, 0])


async def test_a_hold_leaves_it_in_inspection_and_a_decision_then_blocks_it(desk: Desk) -> None:
    with pytest.raises(RejectedError, match="No unrestricted stock of batch L1"):
        await desk.posts(BLOCK)
    await desk.receives()
    await desk.posts(BLOCK)
    await desk.posts(UnblockStock(lot_id="L1"))
    assert (desk.stands(), desk.moved) == ([0, 9, 0], ["101"])
    await desk.posts(BlockInspected(lot_id="L1"))
    assert desk.stands() == [0, 0, 9]
    await desk.posts(BLOCK)
    await desk.posts(FREE)
    assert (desk.stands(), desk.moved) == ([0, 0, 9], ["101", "350"])
    await desk.posts(UnblockStock(lot_id="L1"))
    assert (desk.stands(), desk.moved) == ([9, 0, 0], ["101", "350", "343"])
    await desk.posts(BLOCK)
    assert desk.stands() == [0, 0, 9]
