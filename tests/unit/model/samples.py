"""One full message of every class, and one with nothing but what it must have."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from andon.core.message import Message, ReadBack
from andon.core.quantity import Quantity
from andon.model.components import (
    ComponentsChecked,
    FreeComponents,
    MissingComponent,
    ReserveComponents,
)
from andon.model.finance import JournalEntryPosted
from andon.model.fulfilment import (
    ArrivalExpected,
    ConfirmPick,
    DeliveryCreated,
    DeliveryLine,
    DeliveryPicked,
    LoadAnswered,
    MilestonePassed,
    PickDelivery,
    PostGoodsIssue,
    ResumePick,
    StopPick,
    TenderLoad,
)
from andon.model.inventory import (
    CreateLot,
    GoodsIssued,
    GoodsReceived,
    HandlingUnitPacked,
    HandlingUnitShipped,
    IssueGoods,
    LotCreated,
    PackedContent,
    PostAdjustment,
    PostScrap,
    PostTransfer,
    PutAway,
    ReceiveGoods,
    StockCounted,
    StockMoved,
    StockReported,
    StockScrapped,
)
from andon.model.location import LocationChanged
from andon.model.maintenance import (
    MaintenanceCompleted,
    MaintenanceScheduled,
    MaintenanceStarted,
    RaiseMaintenance,
)
from andon.model.master import (
    ChangeReleased,
    Component,
    DistributeRevision,
    DistributeStorage,
    ItemRevised,
    ReleaseRevision,
    RoutingOperation,
    UpdateBom,
    UpdateItem,
)
from andon.model.party import PartyChanged
from andon.model.plant import ConditionChanged, EquipmentRegistered, EquipmentStateChanged
from andon.model.production import (
    AssignComponents,
    AssignLots,
    CancelOrder,
    ChangeOrder,
    CompleteProduction,
    ComponentLot,
    ConfirmOperation,
    DistributeOrder,
    NeededComponent,
    OperationConfirmed,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    OrderReopened,
    OrderStarted,
    ReceiveOutput,
    RecordOperation,
    ReleaseOrder,
    StartOperation,
    StartProduction,
)
from andon.model.service import (
    CaseReported,
    ComplaintDecided,
    IssueParts,
    RaiseComplaint,
    UpdateCase,
    UsedPart,
    VisitCompleted,
)
from tests.unit.model import samples_of_planning as planning
from tests.unit.model import samples_of_quality as quality
from tests.unit.model import samples_of_sales as sales
from tests.unit.model import samples_of_subcontracting as subcontracting
from tests.unit.model import samples_of_supply as supply

A, PUMP, LOT, MIX, NOTE = "WO-1", "PUMP", "L77", "MIX01", "seal leaks"
CHECK, GONE, CASE = "WO-1/L77", "80000001", "FS-100001"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEP = RoutingOperation(operation="0010", work="assemble", per_piece=timedelta(seconds=20))
LATER = NOON + timedelta(hours=1, microseconds=5)


def pcs(amount: str) -> Quantity:
    return Quantity(Decimal(amount), "PCE")


BUILT_IN = UsedPart(material_id="SEAL", lot_id="S1", quantity=pcs("2"))

PALLET = "006965111000000010"

FULL: tuple[Message, ...] = (
    ReadBack(kind="production-order", object_id=A, holds={"status": "Running"}),
    OrderReleased(
        order_id=A, material_id=PUMP, planned=pcs("5"), due_at=NOON, sales_order_id="5000001"
    ),
    OrderChanged(order_id=A, material_id=PUMP, planned=pcs("7.50"), due_at=NOON),
    OrderCancelled(order_id=A, reason=NOTE),
    OrderReopened(order_id=A, reason=NOTE, reopened_at=NOON),
    OrderStarted(order_id=A, started_at=NOON),
    OperationConfirmed(
        order_id=A,
        operation="10",
        good=pcs("10.0"),
        scrap=pcs("0"),
        equipment=MIX,
        input=pcs("5"),
        wip=pcs("-5.0"),
        machine_time=timedelta(seconds=45, microseconds=160544),
        started_at=NOON,
        completed_at=LATER,
        consumed=(ComponentLot(material_id=PUMP, lot_id=LOT, quantity=pcs("2")),),
    ),
    OrderCompleted(
        order_id=A,
        material_id=PUMP,
        ordered=pcs("15"),
        good=pcs("16"),
        scrap=pcs("0"),
        over=pcs("1"),
        lot_id=LOT,
        started_at=NOON,
        completed_at=LATER,
    ),
    DistributeOrder(order_id=A, material_id=PUMP, quantity=pcs("5"), due_at=NOON),
    ReleaseOrder(order_id=A),
    ChangeOrder(order_id=A, material_id=PUMP, quantity=pcs("7.50"), due_at=NOON),
    CancelOrder(order_id=A, reason=NOTE),
    StartOperation(order_id=A, operation="10", equipment=MIX),
    RecordOperation(order_id=A, operation="10", machine_time=timedelta(seconds=45)),
    AssignComponents(order_id=A),
    AssignLots(
        order_id=A,
        components=(
            ComponentLot(material_id="SEAL", lot_id="S2", quantity=pcs("1")),
            ComponentLot(material_id="SEAL", lot_id="S1"),
        ),
    ),
    StartProduction(order_id=A, started_at=NOON),
    ConfirmOperation(
        order_id=A,
        operation="10",
        good=pcs("5"),
        scrap=pcs("0"),
        equipment=MIX,
        machine_time=timedelta(minutes=3),
        started_at=NOON,
        completed_at=LATER,
    ),
    ReceiveOutput(order_id=A, material_id=PUMP, good=pcs("5"), lot_id=LOT),
    CompleteProduction(order_id=A, completed_at=LATER),
    ReserveComponents(
        order_id=A, components=(NeededComponent(material_id="SEAL", quantity=pcs("10")),)
    ),
    ComponentsChecked(
        order_id=A,
        missing=(MissingComponent(material_id="SEAL", quantity=pcs("2")),),
        checked_at=NOON,
    ),
    FreeComponents(order_id=A),
    LotCreated(lot_id=LOT, material_id=PUMP, disposition="In-Process"),
    GoodsReceived(
        movement_id="MD1/1",
        material_id=PUMP,
        quantity=pcs("5"),
        use="Material Produced",
        lot_id=LOT,
        order_id=A,
        location="STORE-1",
        posted_at=NOON,
    ),
    GoodsIssued(movement_id="MD1/2", material_id="SEAL", quantity=pcs("5")),
    CreateLot(lot_id=LOT, material_id=PUMP, order_id=A),
    PutAway(lot_id=LOT, material_id=PUMP, quantity=pcs("5")),
    StockMoved(
        lot_id=LOT,
        material_id=PUMP,
        quantity=pcs("5"),
        origin="production",
        destination="warehouse",
        bin="W.07",
        moved_at=NOON,
    ),
    PostTransfer(
        lot_id=LOT, material_id=PUMP, quantity=pcs("5"), origin="shop", destination="warehouse"
    ),
    StockCounted(
        lot_id=LOT,
        material_id=PUMP,
        counted=pcs("4"),
        expected=pcs("5"),
        location="warehouse",
        bin="W.07",
        counted_at=NOON,
    ),
    PostAdjustment(lot_id=LOT, material_id=PUMP, difference=pcs("-1"), location="warehouse"),
    HandlingUnitPacked(
        unit_id=PALLET,
        contents=(PackedContent(material_id=PUMP, lot_id=LOT, quantity=pcs("5")),),
        location="warehouse",
        bin="W.DOCK",
        delivery_id="80000001",
        packed_at=NOON,
    ),
    HandlingUnitShipped(unit_id=PALLET, shipped_at=NOON),
    ReceiveGoods(lot_id=LOT, material_id=PUMP, quantity=pcs("5"), location="warehouse"),
    IssueGoods(
        lot_id=LOT, material_id=PUMP, quantity=pcs("5"), location="warehouse", cost_center="4711"
    ),
    StockReported(
        lot_id=LOT, material_id=PUMP, location="warehouse", use="blocked", quantity=pcs("5")
    ),
    StockScrapped(
        lot_id=LOT, material_id=PUMP, quantity=pcs("1"), location="W", reason=NOTE, scrapped_at=NOON
    ),
    PostScrap(lot_id=LOT, material_id=PUMP, quantity=pcs("1"), location="warehouse", reason=NOTE),
    *quality.FULL,
    EquipmentStateChanged(
        equipment_id=MIX, state="NotExecuting", level="WorkUnit", reason="jam", changed_at=NOON
    ),
    ConditionChanged(
        equipment_id=MIX,
        measured="vibration",
        condition="alert",
        value=Quantity(Decimal("4.7"), "mm/s"),
        limit=Quantity(Decimal("4.5"), "mm/s"),
        changed_at=NOON,
    ),
    DeliveryCreated(
        delivery_id=GONE,
        customer_id="17100001",
        lines=(DeliveryLine(material_id=PUMP, quantity=pcs("5"), lot_id=LOT),),
    ),
    *sales.FULL,
    MilestonePassed(delivery_id=GONE, milestone="departed", passed_at=NOON),
    MilestonePassed(delivery_id=GONE, milestone="arrived", passed_at=NOON),
    MilestonePassed(delivery_id=GONE, milestone="delivered", passed_at=NOON),
    ArrivalExpected(delivery_id=GONE, expected_at=NOON),
    PickDelivery(
        delivery_id=GONE,
        lines=(DeliveryLine(material_id=PUMP, quantity=pcs("4"), lot_id=LOT),),
    ),
    StopPick(delivery_id=GONE),
    ResumePick(delivery_id=GONE, lot_ids=(LOT,)),
    DeliveryPicked(delivery_id=GONE, picked_at=NOON),
    ConfirmPick(delivery_id=GONE),
    TenderLoad(delivery_id=GONE),
    LoadAnswered(delivery_id=GONE, accepted=True),
    PostGoodsIssue(delivery_id=GONE),
    *supply.FULL,
    *subcontracting.FULL,
    CaseReported(
        case_id=CASE,
        customer_id="17100001",
        material_id=PUMP,
        defect=NOTE,
        serial="A1-004",
        lot_id=LOT,
        delivery_id=GONE,
        reported_at=NOON,
    ),
    RaiseComplaint(case_id=CASE, customer_id="17100001", material_id=PUMP, defect=NOTE, lot_id=LOT),
    ComplaintDecided(
        case_id=CASE,
        verdict="justified",
        complaint_id="C-1",
        reason=NOTE,
        lot_id=LOT,
        held=True,
        decided_at=NOON,
    ),
    VisitCompleted(
        case_id=CASE,
        visit_id="V-1",
        outcome="repaired",
        parts=(BUILT_IN,),
        found=NOTE,
        completed_at=NOON,
    ),
    IssueParts(case_id=CASE, visit_id="V-1", parts=(BUILT_IN,)),
    UpdateCase(case_id=CASE, status="parts-posted", reference="4900000001", text=NOTE),
    EquipmentRegistered(equipment_id=MIX, register="cmms", asset_id="A-7"),
    MaintenanceScheduled(maintenance_id="M-1", equipment_id=MIX, starts_at=NOON, ends_at=LATER),
    MaintenanceStarted(maintenance_id="M-1", equipment_id=MIX, started_at=NOON),
    MaintenanceCompleted(maintenance_id="M-1", equipment_id=MIX, completed_at=LATER, found=NOTE),
    RaiseMaintenance(equipment_id=MIX, priority="breakdown", problem=NOTE, since=NOON),
    *planning.FULL,
    ChangeReleased(change_id="ECO-1", effective_at=NOON, items=(PUMP,), title=NOTE),
    ItemRevised(
        item_id=PUMP,
        revision="02",
        effective_at=NOON,
        components=(Component(material_id="SEAL", quantity=pcs("2")),),
        specification=NOTE,
        change_id="ECO-1",
        unit="PC",
        shelf_life=Quantity(Decimal(1825), "DAY"),
        routing=(STEP,),
    ),
    UpdateBom(
        item_id=PUMP,
        revision="02",
        effective_at=NOON,
        components=(Component(material_id="SEAL", quantity=pcs("2")),),
        change_id="ECO-1",
    ),
    DistributeRevision(
        item_id=PUMP, revision="02", effective_at=NOON, specification=NOTE, routing=(STEP,)
    ),
    DistributeStorage(
        item_id=PUMP,
        revision="02",
        effective_at=NOON,
        unit="PC",
        shelf_life=Quantity(Decimal(1825), "DAY"),
    ),
    ReleaseRevision(item_id=PUMP, revision="02", open_orders="finish"),
    UpdateItem(item_id=PUMP, revision="02"),
    PartyChanged(party_id="17100001", name="Riverside Water", role="customer"),
    LocationChanged(location_id="W.01", level="StorageUnit", part_of="warehouse"),
    JournalEntryPosted(
        entry_id="1710-2026-0100000001-000002",
        movement_id="4900000001/2026/0001",
        material_id=PUMP,
        quantity=pcs("5"),
        value=Quantity(Decimal("600.00"), "EUR"),
        use="Material Consumed",
        order_id=A,
        posted_at=NOON,
    ),
)

BARE: tuple[Message, ...] = (
    *sales.BARE,
    OrderReleased(order_id=A, material_id=PUMP, planned=pcs("5")),
    OrderChanged(order_id=A, material_id=PUMP, planned=pcs("5")),
    OrderStarted(order_id=A),
    OperationConfirmed(order_id=A, operation="20", good=pcs("0"), scrap=pcs("0")),
    OrderCompleted(
        order_id=A,
        material_id=PUMP,
        ordered=pcs("5"),
        good=pcs("0.0"),
        scrap=pcs("0"),
        over=pcs("0"),
    ),
    DistributeOrder(order_id=A, material_id=PUMP, quantity=pcs("5")),
    ReceiveOutput(order_id=A, material_id=PUMP, good=pcs("5")),
    LotCreated(lot_id=LOT, material_id=PUMP),
    CreateLot(lot_id=LOT, material_id=PUMP),
    *quality.BARE,
    *supply.BARE,
    CaseReported(case_id=CASE, customer_id="17100001", material_id=PUMP, defect=NOTE),
    VisitCompleted(case_id=CASE, visit_id="V-1", outcome="comes-again"),
    EquipmentStateChanged(equipment_id=MIX, state="Executing"),
)
