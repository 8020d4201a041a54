"""What may be done through the services, and which rule of the company it comes to."""

__all__ = ["Deeds"]

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.connectors.odata.simulated.company import ORDERS, Company
from andon.connectors.odata.simulated.masters import PRODUCTS
from andon.connectors.odata.simulated.purchases import PURCHASE_ITEMS, SCHEDULES

_CHANGEABLE = {
    "TotalQuantity",
    "MfgOrderScheduledEndDate",
    "MfgOrderScheduledEndTime",
    "StorageLocation",
}


class Deeds:
    """Creating, changing and calling."""

    def __init__(self, company: Company) -> None:
        self._company = company

    def create(self, name: str, values: Row, behind: Mapping[str, Sequence[Row]], user: str) -> Row:
        """A new row with the rows behind it: a deep insert is one posting."""
        company = self._company
        items = [row for rows in behind.values() for row in rows]
        match name:
            case "A_ProductionOrder_2":
                due = values.get("MfgOrderScheduledEndDate")
                number = company.plan(
                    values.get("Material") or "",
                    values.get("TotalQuantity") or Decimal(1),
                    None if due is None else due.date(),
                )
                return company.books.row(ORDERS, number)
            case "A_SalesOrder":
                return company.sales.create(values, items)
            case "A_PurchaseOrder":
                return company.purchases.create(values, items)
            case "A_MaterialDocumentHeader":
                made = company.movements.post(values, items, user)
                if not made:
                    raise RefusedCallError("M7/095", "A document needs at least one item")
                year, number = made[0]["MaterialDocumentYear"], made[0]["MaterialDocument"]
                return company.books.row(name, year, number)
            case "ProdnOrdConf2":
                return company.confirm(values, items, user)
            case "MaterialBOM":
                return company.masters.add(values, items)
            case "A_InspLotUsageDecision":
                return company.inspections.decide(values, user)
            case _:
                text = f"Method POST not allowed for '{name}'"
                raise RefusedCallError("/IWFND/CM_CONSUMER/104", text, status=405)

    def change(self, name: str, row: Row, values: Mapping[str, Any]) -> None:
        """New values of an order, a material, a line of a purchase order or of its schedule."""
        if name == SCHEDULES:
            self._company.purchases.change(row, values)
            return
        if name == PURCHASE_ITEMS:
            self._company.purchases.complete(row, values)
            return
        if name == PRODUCTS:
            self._company.masters.revise(row["Product"], values)
            return
        if name != ORDERS:
            text = f"Method PATCH not allowed for '{name}'"
            raise RefusedCallError("/IWFND/CM_CONSUMER/104", text, status=405)
        if fixed := sorted(values.keys() - _CHANGEABLE):
            raise RefusedCallError("PP_ODATA_API_PRODORD/103", f"{fixed[0]} cannot be changed")
        self._company.order(row["ManufacturingOrder"])
        self._company.change_order(row["ManufacturingOrder"], values)

    def call(self, name: str, said: Mapping[str, str], user: str) -> Row:
        """A function import or an action."""
        company, order = self._company, said.get("ManufacturingOrder", "")
        match name:
            case "ReleaseOrder" | "OrderReleasedByMES":
                return company.set_released(order)
            case "TechlyCmpltOrder":
                return company.complete(order)
            case "CloseOrder":
                return company.close(order)
            case "PickAllItems":
                return company.deliveries.pick(said["DeliveryDocument"])
            case "PostGoodsIssue":
                return company.deliveries.issue(said["DeliveryDocument"], user)
            case "ReverseGoodsIssue":
                return company.deliveries.reverse(said["DeliveryDocument"], user)
            case "Cancel":
                year, document = said["MaterialDocumentYear"], said["MaterialDocument"]
                return company.movements.cancel(year, document, user)
            case "CancelItem":
                year, document = said["MaterialDocumentYear"], said["MaterialDocument"]
                made = company.movements.cancel(year, document, user, said["MaterialDocumentItem"])
                items = company.books.rows("A_MaterialDocumentItem")
                return items[made["MaterialDocumentYear"], made["MaterialDocument"], "0001"]
            case _:
                raise RefusedCallError("/IWBEP/CM_MGW_RT/020", f"No function {name}", status=404)
