"""Every command that brings a released order of the seeded ERP to its end, in their order."""

from datetime import timedelta
from decimal import Decimal

from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.inventory import CreateLot
from andon.model.production import (
    AssignComponents,
    AssignLots,
    CompleteProduction,
    ComponentLot,
    ConfirmOperation,
    ReceiveOutput,
    RecordOperation,
    StartOperation,
    StartProduction,
)
from andon.model.quality import DecideInspection, RecordInspection, RequestInspection, Result


def posting(
    order: str,
    *,
    good: str,
    product: str = "FG-COLA",
    brix: str = "10.4",
    sugar: str = "LOT-SUGAR-001",
) -> list[Command]:
    """For ten FG-COLA: sugar from two lots, an inspection. For FG-WATER neither."""
    made = Quantity(Decimal(good), "u")
    lot = f"{order}-FG"
    inspected = product == "FG-COLA"
    return [
        AssignLots(order_id=order, components=_parts(sugar) if inspected else _flavor()),
        AssignComponents(order_id=order),
        StartProduction(order_id=order),
        *_operation(order, "Mix", made),
        *_operation(order, "Pack", made),
        CreateLot(lot_id=lot, material_id=product, order_id=order),
        ReceiveOutput(order_id=order, material_id=product, good=made, lot_id=lot),
        *(_inspection(order, lot, product, brix) if inspected else []),
        CompleteProduction(order_id=order),
    ]


def _flavor() -> tuple[ComponentLot, ...]:
    return (ComponentLot(material_id="RAW-FLAVOR", lot_id="LOT-FLAVOR-001"),)


def _parts(sugar: str) -> tuple[ComponentLot, ...]:
    lots = [(sugar, "3"), ("LOT-SUGAR-002", "2.5")]
    return (
        *(
            ComponentLot(
                material_id="RAW-SUGAR", lot_id=lot, quantity=Quantity(Decimal(amount), "kg")
            )
            for lot, amount in lots
        ),
        *_flavor(),
    )


def _operation(order: str, name: str, made: Quantity) -> list[Command]:
    nothing = Quantity(Decimal(0), made.unit)
    took = timedelta(seconds=61.5)
    return [
        StartOperation(order_id=order, operation=name),
        RecordOperation(order_id=order, operation=name, machine_time=took),
        ConfirmOperation(order_id=order, operation=name, good=made, scrap=nothing),
    ]


def _inspection(order: str, lot: str, product: str, brix: str) -> list[Command]:
    check = f"{order}/{lot}"
    results = (
        Result(characteristic="visual_ok", conforms=True),
        Result(characteristic="brix", measured=Decimal(brix)),
    )
    return [
        RequestInspection(inspection_id=check, material_id=product, order_id=order, lot_id=lot),
        RecordInspection(inspection_id=check, results=results),
        DecideInspection(inspection_id=check),
    ]
