"""The cloud ERP: it releases orders, and is told what was made of what."""

__all__ = ["AREA"]

from collections.abc import Mapping
from datetime import timedelta

from andon.app.company.area import Area
from andon.app.company.service import issue_parts
from andon.capabilities.production import book_order
from andon.connectors import odata
from andon.connectors.odata import OData
from andon.core.connector import Request
from andon.core.errors import MappingError
from andon.core.mapping import Known, outbound
from andon.core.plant import Connection, Ownership, Route
from andon.model.inventory import PostTransfer
from andon.model.production import AssignLots, CompleteProduction, ConfirmOperation, ReceiveOutput

_STORES: Mapping[str, str] = {"production": "171A", "warehouse": "171W"}
"""Our storage locations, as the ERP numbers them."""


@outbound(PostTransfer, proof="findable")
def _transfer(command: PostTransfer, _: Known) -> Request:
    """Movement 311: from storage location to storage location, in one step."""
    unknown = {command.origin, command.destination} - _STORES.keys()
    if unknown:
        raise MappingError(f"The ERP has no storage location for {', '.join(sorted(unknown))}")
    item = {
        "Plant": "1710",
        "StorageLocation": _STORES[command.origin],
        "IssuingOrReceivingStorageLoc": _STORES[command.destination],
        "Material": command.material_id,
        "Batch": command.lot_id.rpartition(":")[2],
        "GoodsMovementType": "311",
        "QuantityInEntryUnit": command.quantity.amount,
        "EntryUnit": command.quantity.unit,
    }
    body = {"GoodsMovementCode": "04", "to_MaterialDocumentItem": [item]}
    return Request(target="POST A_MaterialDocumentHeader", body=body)


AREA = Area(
    connections=(Connection("erp", OData, (*odata.mappings, _transfer, issue_parts)),),
    workflows=(book_order,),
    routes=tuple(
        Route(command, "erp")
        for command in (
            AssignLots,
            ConfirmOperation,
            ReceiveOutput,
            CompleteProduction,
            PostTransfer,
        )
    ),
    ownership=(
        Ownership(
            subject="production-order",
            attribute="planned",
            owner="erp",
            followers={"mes-a": timedelta(minutes=1)},
            steward="planning",
        ),
    ),
)
