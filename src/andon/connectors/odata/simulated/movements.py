"""Goods movements: stock, periods, and what an order was given and has made."""

__all__ = ["Movements", "Stock"]

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from andon.connectors.odata.simulated.books import Books, RefusedCallError, Row
from andon.connectors.odata.simulated.movement_types import (
    GR_BLOCKED,
    MOVES,
    UNRESTRICTED,
    USABILITY,
    Side,
)
from andon.connectors.odata.simulated.stocks import PROVIDED, Stock, Stocks
from andon.connectors.odata.simulated.subcontracting import SCRAPPINGS

if TYPE_CHECKING:
    from andon.connectors.odata.simulated.company import Company

HEADERS = "A_MaterialDocumentHeader"
ITEMS = "A_MaterialDocumentItem"
_OF_DELIVERIES = ("601", "602")
"""Posted through the delivery alone."""
_OF_ORDERS = ("101", "102", "261", "262")
"""Posted for a production order; 101 and 102 for a purchase order, too."""
_RECEIPTS = ("101", "102", "103", "104", "124", "125")
_YEAR, _DOCUMENT, _ITEM = "MaterialDocumentYear", "MaterialDocument", "MaterialDocumentItem"


class Movements:
    """The material documents of a company."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._books: Books = company.books
        self.stocks = Stocks(company.books, company.units)
        self.open_from = date(1970, 1, 1)
        """First day of the oldest period in which may be posted."""
        self.locked: dict[str, str] = {}
        """Material -> who has it open on a screen."""

    def stock(self, where: Stock) -> Decimal:
        """How much lies there."""
        return self.stocks.amount(where)

    def stock_up(
        self, material: str, quantity: Decimal | int | str, batch: str = "", store: str = "171A"
    ) -> None:
        """Puts into a store without a document, as an initial load does."""
        self.stocks.put(Stock(material, "1710", store, batch), Decimal(quantity))

    def post(self, header: Row, items: Iterable[Row], user: str) -> Sequence[Row]:
        """One document with all its items, or none of them."""
        lines = self._company.subcontracting.whole(self._lines(items))
        if not lines:
            return ()
        now = self._books.now()
        day = header.get("PostingDate") or self._company.today()
        self._must_be_open(day)
        with self._books.together():
            return self._posted(header, lines, user, day, now)

    def cancel(self, year: str, document: str, user: str, item: str = "") -> Row:
        """The document that undoes another, or one item of it."""
        self._books.row(HEADERS, year, document)
        items = [
            row
            for key, row in self._books.rows(ITEMS).items()
            if key[:2] == (year, document)
            and item in ("", key[2])
            and not row["IsAutomaticallyCreated"]
        ]
        if not items or any(row["GoodsMovementIsCancelled"] for row in items):
            raise RefusedCallError("M7/122", f"Document {document} {year} is already cancelled")
        undo = [
            {
                **row,
                "GoodsMovementType": MOVES[row["GoodsMovementType"]].undo,
                "ReversedMaterialDocumentYear": year,
                "ReversedMaterialDocument": document,
                "ReversedMaterialDocumentItem": row[_ITEM],
            }
            for row in items
        ]
        with self._books.together():
            made = self.post({}, undo, user)
            for row in items:
                key = (year, document, row[_ITEM])
                self._books.put(ITEMS, key, {"GoodsMovementIsCancelled": True})
        return self._books.row(HEADERS, made[0][_YEAR], made[0][_DOCUMENT])

    def _posted(
        self, header: Row, lines: Sequence[Row], user: str, day: datetime, now: datetime
    ) -> Sequence[Row]:
        first = MOVES[lines[0]["GoodsMovementType"]]
        into = first.takes is None
        document = self._books.number(
            "receipt" if into else "issue", 5000000001 if into else 4900000001
        )
        year = str(day.year)
        values: dict[str, Any] = {
            "DocumentDate": day,
            "GoodsMovementCode": first.code,
            "MaterialDocumentHeaderText": "",
            "ReferenceDocument": "",
            **header,
            "PostingDate": day,
            "CreationDate": now.replace(hour=0, minute=0, second=0, microsecond=0),
            "CreationTime": timedelta(hours=now.hour, minutes=now.minute, seconds=now.second),
            "CreatedByUser": user,
            _YEAR: year,
            _DOCUMENT: document,
        }
        self._books.put(HEADERS, (year, document), values)
        made: list[Row] = []
        for at, line in enumerate(lines):
            for item in (line, *_automatic(line)):
                n = f"{len(made) + 1:04}"
                numbered = {**item, _YEAR: year, _DOCUMENT: document, _ITEM: n}
                made.append(self._books.put(ITEMS, (year, document, n), numbered))
            try:
                self._move(line)
            except RefusedCallError as error:
                error.item = at
                raise
        self._company.ledger.follow(made)
        return made

    def _lines(self, items: Iterable[Row]) -> Sequence[Row]:
        lines: list[Row] = []
        for item in items:
            try:
                lines.append(self._line(item))
            except RefusedCallError as error:
                error.item = len(lines)
                raise
        return lines

    def _line(self, item: Row) -> Row:
        """An item with all its fields, checked as far as that needs no stock."""
        kind, material = item.get("GoodsMovementType"), item.get("Material") or ""
        move = MOVES.get(kind or "")
        if move is None or (kind in _OF_DELIVERIES and "~delivery" not in item):
            raise RefusedCallError("M7/004", f"Movement type {kind or ''} is not allowed here")
        if material not in self._company.units:
            raise RefusedCallError("M3/305", f"The material {material} does not exist")
        quantity = item.get("QuantityInEntryUnit")
        if not isinstance(quantity, Decimal) or quantity <= 0:
            raise RefusedCallError("M7/022", "Enter a quantity")
        if item.get("EntryUnit", "") not in ("", self._company.units[material]):
            raise RefusedCallError("M7/324", f"Unit {item['EntryUnit']} cannot be converted")
        if move.needs and not item.get(move.needs):
            raise RefusedCallError("00/055", f"Fill in all required entry fields: {move.needs}")
        for store in (item.get("StorageLocation"), item.get("IssuingOrReceivingStorageLoc")):
            if store and store not in self._company.stores:
                text = f"Storage location {store} does not exist in plant 1710"
                raise RefusedCallError("M7/091", text)
        return {
            "Plant": "1710",
            "StorageLocation": "171A",
            "Batch": "",
            "GoodsMovementRefDocType": _reference(item),
            "InventoryUsabilityCode": "",
            "InventoryStockType": USABILITY.get(
                item.get("InventoryUsabilityCode", ""), UNRESTRICTED
            ),
            "IssuingOrReceivingPlant": "",
            "IssuingOrReceivingStorageLoc": "",
            "Supplier": "",
            "InventorySpecialStockType": "",
            "MaterialDocumentLine": "",
            "MaterialDocumentParentLine": "",
            "CostCenter": "",
            "GoodsMovementReasonCode": "",
            "ManufacturingOrder": item.get("OrderID", ""),
            "ManufacturingOrderItem": "1",
            "PurchaseOrder": "",
            "PurchaseOrderItem": "",
            "Delivery": "",
            "DeliveryItem": "",
            "EntryUnit": self._company.units[material],
            "ReversedMaterialDocumentYear": "",
            "ReversedMaterialDocument": "",
            "ReversedMaterialDocumentItem": "",
            **{name: value for name, value in item.items() if not name.startswith("~")},
            "DebitCreditCode": "S" if move.takes is None else "H",
            "IsAutomaticallyCreated": "",
            "GoodsMovementIsCancelled": False,
        }

    def _must_be_open(self, day: datetime) -> None:
        if day.astimezone(UTC).date() < self.open_from:
            raise RefusedCallError(
                "M7/053",
                f"Posting only possible in periods {self.open_from:%Y/%m} and later in"
                " company code 1710",
            )

    def _move(self, item: Row) -> None:
        kind, amount = item["GoodsMovementType"], item["QuantityInEntryUnit"]
        order, move = item["ManufacturingOrder"], MOVES[item["GoodsMovementType"]]
        bought = bool(item["PurchaseOrder"])
        if kind in _OF_ORDERS and not bought:
            self._company.must_be_released(order, "Goods movement")
        if (who := self.locked.get(item["Material"])) is not None:
            text = f"Valuation data for material {item['Material']} is currently locked by {who}"
            raise RefusedCallError("M3/024", text)
        if move.takes is not None:
            self._lay(item, move.takes, -amount)
        if move.puts is not None:
            self._lay(item, move.puts, amount)
        if bought and kind in ("101", "102"):
            self._company.purchases.receive(item, amount if kind == "101" else -amount)
        elif kind in ("101", "102"):
            self._delivered(order, amount if kind == "101" else -amount)
            if kind == "101":
                self._company.inspections.begin(item)
        elif kind in ("543", "544"):
            self._company.subcontracting.consume(item, amount if kind == "543" else -amount)
        elif kind in ("261", "262"):
            self._withdrawn(order, item["Material"], amount if kind == "261" else -amount)

    def _lay(self, item: Row, side: Side, amount: Decimal) -> None:
        """So much more lies at one end of a movement; below zero, less."""
        if side.stock_type == GR_BLOCKED:
            self._company.purchases.set_aside(item, amount)
        elif amount < 0:
            self.stocks.take(_end(item, side), -amount)
        else:
            self.stocks.put(_end(item, side), amount)

    def _delivered(self, number: str, amount: Decimal) -> None:
        row = self._company.order(number)
        made = row.get("~made", Decimal(0)) + amount
        whole = made >= row["TotalQuantity"]
        marks = {
            "OrderIsDelivered": "X" if whole else "",
            "OrderIsPartiallyDelivered": "X" if made > 0 and not whole else "",
        }
        self._company.change_order(number, {"~made": made, **marks})

    def _withdrawn(self, number: str, material: str, amount: Decimal) -> None:
        parts = self._books.rows("A_ProductionOrderComponent_4")
        for key in self._company.parts_of.get(number, ()):
            row = parts[key]
            if row["Material"] == material:
                taken = {"WithdrawnQuantity": row["WithdrawnQuantity"] + amount}
                self._books.put("A_ProductionOrderComponent_4", key, taken)
                return


def _reference(item: Row) -> str:
    """The kind of document that a receipt, or its way back, is posted for: B is a purchase order, F
    an order."""
    if item["GoodsMovementType"] not in _RECEIPTS:
        return ""
    return "B" if item.get("PurchaseOrder") else "F"


def _end(item: Row, side: Side) -> Stock:
    """Where one end of a movement lies."""
    if side.provided or (
        item["InventorySpecialStockType"] == PROVIDED and item["GoodsMovementType"] in SCRAPPINGS
    ):
        kind = side.stock_type or item["InventoryStockType"]
        return Stock(item["Material"], item["Plant"], "", item["Batch"], kind, item["Supplier"])
    store = item["IssuingOrReceivingStorageLoc"] if side.elsewhere else item["StorageLocation"]
    kind = side.stock_type or item["InventoryStockType"]
    return Stock(item["Material"], item["Plant"], store, item["Batch"], kind)


def _automatic(item: Row) -> Iterable[Row]:
    """The other side of a transfer is an item of its own, which the system adds."""
    if MOVES[item["GoodsMovementType"]].moves:
        yield {
            **item,
            "StorageLocation": item["IssuingOrReceivingStorageLoc"],
            "IssuingOrReceivingStorageLoc": item["StorageLocation"],
            "IsAutomaticallyCreated": "X",
            "DebitCreditCode": "S",
        }
