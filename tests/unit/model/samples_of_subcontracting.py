"""Samples of messages about what suppliers process for us, with everything they can say."""

from andon.core.message import Message
from andon.model.processing import (
    ComponentsScrapped,
    ConsumedLot,
    LotProcessed,
    PostProcessed,
    PostProvidedScrap,
    ProcessedCounted,
    ProcessedLot,
    ProcessingReported,
    RequestStop,
)
from andon.model.production import NeededComponent
from andon.model.subcontracting import (
    ComponentsProvided,
    PostProvision,
    ProvidedLot,
    ProvidedStockReported,
    RequestProvision,
    SubcontractLine,
    SubcontractPlaced,
    UnblockProvided,
)
from andon.model.supply import PurchaseLine, ReceivedLot
from tests.unit.model.samples_of_supply import NOON, pcs

ORDER, SHOP = "4600000001", "17300004"
LINE = SubcontractLine(
    line="00010",
    material_id="SHAFT-ZN",
    quantity=pcs("5"),
    due_at=NOON,
    components=(NeededComponent(material_id="SHAFT", quantity=pcs("5")),),
)
NEEDED = PurchaseLine(line="00010", material_id="SHAFT", quantity=pcs("5"))
SHAFTS = ProvidedLot(line="00010", material_id="SHAFT", lot_id="F1", quantity=pcs("5"))
TAKEN = ConsumedLot(material_id="SHAFT", lot_id="F1", quantity=pcs("4"))
PLATED = ProcessedLot(
    line="00010", material_id="SHAFT-ZN", lot_id="P1", quantity=pcs("4"), consumed=(TAKEN,)
)
CAME = ReceivedLot(line="00010", material_id="SHAFT-ZN", lot_id="P1", quantity=pcs("4"))

FULL: tuple[Message, ...] = (
    SubcontractPlaced(order_id=ORDER, supplier_id=SHOP, lines=(LINE,), ordered_at=NOON),
    RequestProvision(order_id=ORDER, supplier_id=SHOP, needed=(NEEDED,)),
    ComponentsProvided(
        order_id=ORDER, provision_id="V1", supplier_id=SHOP, lots=(SHAFTS,), provided_at=NOON
    ),
    PostProvision(order_id=ORDER, provision_id="V1", supplier_id=SHOP, provided=(SHAFTS,)),
    UnblockProvided(order_id=ORDER, provision_id="V1", provided=(SHAFTS,)),
    ProvidedStockReported(
        lot_id="F1", material_id="SHAFT", supplier_id=SHOP, use="unrestricted", quantity=pcs("5")
    ),
    ProcessingReported(
        order_id=ORDER, supplier_id=SHOP, progress="started", lots=(SHAFTS,), reported_at=NOON
    ),
    LotProcessed(
        lot_id="P1",
        material_id="SHAFT-ZN",
        order_id=ORDER,
        line="00010",
        supplier_id=SHOP,
        good=pcs("4"),
        consumed=(TAKEN,),
        processed_at=NOON,
    ),
    ComponentsScrapped(
        order_id=ORDER,
        scrap_id="C1",
        supplier_id=SHOP,
        lots=(SHAFTS,),
        reason="burnt",
        scrapped_at=NOON,
    ),
    PostProvidedScrap(
        order_id=ORDER, scrap_id="C1", supplier_id=SHOP, scrapped=(SHAFTS,), reason="burnt"
    ),
    RequestStop(order_id=ORDER, held=("F1",)),
    ProcessedCounted(order_id=ORDER, shipment_id="S1", lots=(CAME,), counted_at=NOON),
    PostProcessed(order_id=ORDER, shipment_id="S1", received=(PLATED,)),
)
