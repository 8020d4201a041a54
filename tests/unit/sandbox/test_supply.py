"""What trucks brought against the books of the ERP."""

from datetime import UTC, datetime
from decimal import Decimal

from andon.sandbox.lab import compare, supply
from andon.sandbox.systems.erp import Erp
from andon.sandbox.truth import Arrived
from andon.sandbox.world import World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_what_came_and_is_not_booked_is_lost_and_what_is_booked_twice_is_doubled() -> None:
    world = World(1)
    erp = Erp(world, "")
    order = erp.company.purchases.place("17300001", [("SEAL", Decimal(12))])
    for lot, because in (("S1", f"{order}/00010"), ("OLD", "opening")):
        world.truth.born(lot, "SEAL", sound=True)
        arrived = Arrived(
            at=NOON, lot=lot, material="SEAL", quantity=Decimal(5), place="A.STORE",
            because=because,
        )  # fmt: skip
        world.truth.happens(arrived)

    def reckoned() -> tuple[int, int]:
        found = compare(supply.happened(world.truth), supply.booked(erp))
        return found.lost, found.doubled

    assert reckoned() == (1, 0)
    item = {
        "GoodsMovementType": "101", "Material": "SEAL", "Batch": "S1", "PurchaseOrder": order,
        "PurchaseOrderItem": "00010", "QuantityInEntryUnit": Decimal(5),
    }  # fmt: skip
    erp.company.movements.post({}, [item], "ANDON")
    assert reckoned() == (0, 0)
    erp.company.movements.post({}, [item], "ANDON")
    assert reckoned() == (0, 1)
