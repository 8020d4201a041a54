"""Subcontracting: components are provided to a supplier, and consumed there by what it makes of
them."""

__all__ = ["SCRAPPINGS", "SUBCONTRACTED", "Subcontracting"]

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.connectors.odata.simulated.purchases import PROCESSED, PURCHASE_ITEMS, PURCHASES
from andon.connectors.odata.simulated.stocks import PROVIDED

if TYPE_CHECKING:
    from andon.connectors.odata.simulated.company import Company

SUBCONTRACTED = "A_POSubcontractingComponent"
SCRAPPINGS = ("551", "552")
"""Movement types that also scrap what is with a supplier, if their item says so."""
_PROVIDING = ("541", "542")
_CONSUMING = {"101": "543", "102": "544"}
"""The receipt of what was made, or its way back -> how it consumes its components."""


class Subcontracting:
    """Rules of its own: nothing is consumed without a receipt above it, and nothing is received
    that consumes nothing. More or less than the bill of material says is a clerk's to know."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._books = company.books

    def explode(self, item: Row) -> None:
        """What has to be provided for a line of an order."""
        number, line, amount = (
            item["PurchaseOrder"], item["PurchaseOrderItem"], item["OrderQuantity"],
        )  # fmt: skip
        parts = self._company.processed[item["Material"]]
        for n, (material, share) in enumerate(parts.items(), start=1):
            row: dict[str, Any] = {
                "PurchaseOrder": number,
                "PurchaseOrderItem": line,
                "ScheduleLine": "1",
                "ReservationItem": f"{n:04}",
                "RecordType": "",
                "Material": material,
                "Plant": "1710",
                "RequiredQuantity": share * amount,
                "WithdrawnQuantity": Decimal(0),
                "BaseUnit": self._company.units[material],
            }
            self._books.put(SUBCONTRACTED, (number, line, "1", f"{n:04}", ""), row)

    def whole(self, lines: Sequence[Row]) -> Sequence[Row]:
        """The lines of a document, with the supplier where an order says who that is. Raises
        RefusedCallError for one that may not stand as it is."""
        return [self._whole(line, lines) for line in lines]

    def consume(self, movement: Row, amount: Decimal) -> None:
        """So much of a component was consumed for a line; below zero it was not after all."""
        key = self._component(movement)
        assert key is not None
        taken = self._books.rows(SUBCONTRACTED)[key]["WithdrawnQuantity"] + amount
        self._books.put(SUBCONTRACTED, key, {"WithdrawnQuantity": taken})

    def _whole(self, line: Row, lines: Iterable[Row]) -> Row:
        kind, special = line["GoodsMovementType"], line["InventorySpecialStockType"]
        consumes, provides = kind in _CONSUMING.values(), kind in _PROVIDING
        if (consumes or provides) and special != PROVIDED:
            text = f"Movement type {kind} without special stock {PROVIDED} is not allowed"
            raise RefusedCallError("M7/162", text)
        if special and not (consumes or provides or kind in SCRAPPINGS):
            text = f"Special stock {special} is not allowed with movement type {kind}"
            raise RefusedCallError("M7/162", text)
        if consumes:
            return self._consuming(line, lines)
        if special and not line["Supplier"]:
            raise RefusedCallError("00/055", "Fill in all required entry fields: Supplier")
        if provides and line["PurchaseOrder"]:
            self._must_be_for(line, line["Supplier"])
        if kind in _CONSUMING and self._is_processed(line):
            self._must_consume(line, lines)
        return line

    def _consuming(self, line: Row, lines: Iterable[Row]) -> Row:
        parent = line["MaterialDocumentParentLine"]
        above = [one for one in lines if parent and one["MaterialDocumentLine"] == parent]
        if not above or _CONSUMING.get(above[0]["GoodsMovementType"]) != line["GoodsMovementType"]:
            text = f"Movement type {line['GoodsMovementType']} is not allowed without its receipt"
            raise RefusedCallError("M7/004", text)
        order = {name: above[0][name] for name in ("PurchaseOrder", "PurchaseOrderItem")}
        header = self._books.rows(PURCHASES).get((order["PurchaseOrder"],), {})
        whole = {**line, **order, "Supplier": header.get("Supplier", "")}
        self._must_be_for(whole, whole["Supplier"])
        if not line["Batch"]:
            raise RefusedCallError("M7/018", f"Enter Batch for component {line['Material']}")
        return whole

    def _must_be_for(self, line: Row, supplier: str) -> None:
        number, item = line["PurchaseOrder"], line["PurchaseOrderItem"]
        header = self._books.rows(PURCHASES).get((number,))
        if header is None or header["Supplier"] != supplier:
            raise RefusedCallError("M7/061", f"{number} is no purchase order of vendor {supplier}")
        if self._component(line) is None:
            text = f"{line['Material']} is no component of item {item} of {number}"
            raise RefusedCallError("M7/061", text)

    def _must_consume(self, line: Row, lines: Iterable[Row]) -> None:
        parent, consuming = line["MaterialDocumentLine"], _CONSUMING[line["GoodsMovementType"]]
        taken = {
            one["Material"]
            for one in lines
            if parent
            and one["GoodsMovementType"] == consuming
            and one["MaterialDocumentParentLine"] == parent
        }
        for material in self._company.processed[line["Material"]].keys() - taken:
            text = f"Enter the consumption of component {material} for {line['Material']}"
            raise RefusedCallError("M7/022", text)

    def _is_processed(self, line: Row) -> bool:
        key = line["PurchaseOrder"], line["PurchaseOrderItem"]
        row = self._books.rows(PURCHASE_ITEMS).get(key)
        return (
            row is not None
            and row["PurchaseOrderItemCategory"] == PROCESSED
            and row["Material"] == line["Material"]
        )

    def _component(self, line: Row) -> tuple[str, ...] | None:
        place = line["PurchaseOrder"], line["PurchaseOrderItem"]
        for key, row in self._books.rows(SUBCONTRACTED).items():
            if key[:2] == place and row["Material"] == line["Material"]:
                return key
        return None
