"""Our commands in Tryton's words, and what proves each one."""

__all__ = [
    "POSTINGS",
    "assign_components",
    "assign_lots",
    "cancel_order",
    "complete_production",
    "confirm_operation",
    "create_lot",
    "decide_inspection",
    "receive_output",
    "record_inspection",
    "record_operation",
    "request_inspection",
    "start_operation",
    "start_production",
]

from decimal import Decimal

from andon.connectors.tryton.asked import (
    Ask,
    AskInspection,
    AskLot,
    AskLots,
    AskOperation,
    AskOutput,
    AskPoints,
    AskReference,
    AskTime,
    Component,
)
from andon.core.connector import Request
from andon.core.mapping import Known, Outbound, outbound
from andon.model.inventory import CreateLot
from andon.model.production import (
    AssignComponents,
    AssignLots,
    CancelOrder,
    CompleteProduction,
    ConfirmOperation,
    ReceiveOutput,
    RecordOperation,
    StartOperation,
    StartProduction,
)
from andon.model.quality import DecideInspection, RecordInspection, RequestInspection, Result


@outbound(AssignLots, proof="state", local=True)
def assign_lots(command: AssignLots, known: Known) -> Request:
    """The movements into the order, with lot and quantity, while it waits."""
    components = tuple(
        Component(
            product=part.material_id,
            lot=_local(part.lot_id),
            quantity=None if part.quantity is None else part.quantity.amount,
            unit=None if part.quantity is None else part.quantity.unit,
        )
        for part in command.components
    )
    return Request(
        target="production.lots", body=AskLots(number=known.local, components=components)
    )


@outbound(AssignComponents, proof="state", local=True)
def assign_components(_: AssignComponents, known: Known) -> Request:
    """Reserves from stock."""
    return Request(target="production.assign_try", body=Ask(number=known.local))


@outbound(StartProduction, proof="state", local=True)
def start_production(_: StartProduction, known: Known) -> Request:
    """Books what goes in."""
    return Request(target="production.run", body=Ask(number=known.local))


@outbound(StartOperation, proof="state", local=True)
def start_operation(command: StartOperation, known: Known) -> Request:
    """Opens a cycle of the work."""
    return Request(
        target="production.work.start",
        body=AskOperation(number=known.local, operation=command.operation),
    )


@outbound(RecordOperation, proof="state", local=True)
def record_operation(command: RecordOperation, known: Known) -> Request:
    """Writes the time into the running cycle; Tryton would write its own otherwise."""
    seconds = command.machine_time.total_seconds()
    ask = AskTime(number=known.local, operation=command.operation, seconds=seconds)
    return Request(target="production.work.time", body=ask)


@outbound(ConfirmOperation, proof="state", local=True)
def confirm_operation(command: ConfirmOperation, known: Known) -> Request:
    """Ends the cycle. Tryton keeps no quantities per operation."""
    return Request(
        target="production.work.stop",
        body=AskOperation(number=known.local, operation=command.operation),
    )


@outbound(CreateLot, proof="findable", local=True)
def create_lot(command: CreateLot, known: Known) -> Request:
    """A lot under its own number; found again by number and product."""
    return Request(
        target="stock.lot",
        body=AskLot(lot=known.local, product=command.material_id),
        names=known.local,
    )


@outbound(ReceiveOutput, proof="state", local=True)
def receive_output(command: ReceiveOutput, known: Known) -> Request:
    """Lot and quantity of what comes out."""
    ask = AskOutput(
        number=known.local,
        product=command.material_id,
        quantity=command.good.amount,
        unit=command.good.unit,
        lot=None if command.lot_id is None else _local(command.lot_id),
    )
    return Request(target="production.output", body=ask)


@outbound(RequestInspection, proof="findable", local=True)
def request_inspection(command: RequestInspection, known: Known) -> Request:
    """Opens an inspection under our id as its reference."""
    ask = AskInspection(
        reference=known.local, number=_local(command.order_id), product=command.material_id
    )
    return Request(target="quality.inspection", body=ask, names=known.local)


@outbound(RecordInspection, proof="state", local=True)
def record_inspection(command: RecordInspection, known: Known) -> Request:
    """Fills in the points."""
    points = {result.characteristic: _figure(result) for result in command.results}
    ask = AskPoints(reference=known.local, points=points)
    return Request(target="quality.inspection.points", body=ask)


def _local(name: str) -> str:
    """The id inside a full name such as `material-lot/mes:L77`; another id as it is."""
    kind, _, rest = name.partition("/")
    issued = kind in (CreateLot.KIND, StartProduction.KIND) and ":" in rest
    return rest.partition(":")[2] if issued else name


def _figure(result: Result) -> bool | Decimal:
    return bool(result.conforms) if result.measured is None else result.measured


@outbound(DecideInspection, proof="state", local=True)
def decide_inspection(_: DecideInspection, known: Known) -> Request:
    """Lets Tryton judge."""
    return Request(target="quality.inspection.process", body=AskReference(reference=known.local))


@outbound(CompleteProduction, proof="state", local=True)
def complete_production(_: CompleteProduction, known: Known) -> Request:
    """Books what came out and ends the order."""
    return Request(target="production.do", body=Ask(number=known.local))


@outbound(CancelOrder, proof="state", local=True)
def cancel_order(_: CancelOrder, known: Known) -> Request:
    """Ends the order unmade."""
    return Request(target="production.cancel", body=Ask(number=known.local))


POSTINGS: tuple[Outbound, ...] = (
    assign_lots,
    assign_components,
    start_production,
    start_operation,
    record_operation,
    confirm_operation,
    create_lot,
    receive_output,
    request_inspection,
    record_inspection,
    decide_inspection,
    complete_production,
    cancel_order,
)
"""In the order of a posting."""
