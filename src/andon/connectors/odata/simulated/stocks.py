"""Book stock: how much lies where, and what it may be used for."""

__all__ = ["PROVIDED", "STOCKS", "Stock", "Stocks"]

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from andon.connectors.odata.simulated.books import Books, RefusedCallError
from andon.connectors.odata.simulated.movement_types import STOCK_TYPES, UNRESTRICTED

STOCKS = "A_MatlStkInAcctMod"
_AMOUNT = "MatlWrhsStkQtyInMatlBaseUnit"
_SPECIAL = (
    "Supplier", "Customer", "WBSElementInternalID", "SDDocument", "SDDocumentItem",
    "InventorySpecialStockType",
)  # fmt: skip
"""Key fields of special stock; here that is only what a supplier has of ours."""
PROVIDED = "O"
"""Special stock: provided to a supplier who processes it; ours, and in none of our stores."""


class Stock(msgspec.Struct, frozen=True):
    """Where an amount lies, and what it may be used for."""

    material: str
    plant: str
    store: str
    batch: str = ""
    stock_type: str = UNRESTRICTED
    supplier: str = ""
    """Who has it, if it is provided; it is in no store then."""


class Stocks:
    """Never below zero: what is not there cannot be taken."""

    def __init__(self, books: Books, units: Mapping[str, str]) -> None:
        self._books = books
        self._units = units

    def amount(self, where: Stock) -> Decimal:
        """How much lies there: what its documents sum up to."""
        row = self._books.rows(STOCKS).get(_key(where))
        return Decimal(0) if row is None else row[_AMOUNT]

    def all(self) -> Iterator[tuple[Stock, Decimal]]:
        """Every place that holds some, or has held some."""
        for key, row in self._books.rows(STOCKS).items():
            material, plant, store, batch, supplier = key[:5]
            yield Stock(material, plant, store, batch, key[-1], supplier), row[_AMOUNT]

    def put(self, where: Stock, amount: Decimal) -> None:
        """More lies there."""
        self._set(where, self.amount(where) + amount)

    def take(self, where: Stock, amount: Decimal) -> None:
        """Less lies there; refused with what is missing."""
        left = self.amount(where) - amount
        if left < 0:
            raise RefusedCallError(
                "M7/021",
                f"Deficit of {_kind(where)} {-left}"
                f" {self._units[where.material]} : {where.material} {where.plant}"
                f" {where.store or where.supplier} {where.batch}".rstrip(),
            )
        self._set(where, left)

    def _set(self, where: Stock, quantity: Decimal) -> None:
        row = {
            "Material": where.material,
            "Plant": where.plant,
            "StorageLocation": where.store,
            "Batch": where.batch,
            **dict(zip(_SPECIAL, _special(where), strict=True)),
            "InventoryStockType": where.stock_type,
            "MaterialBaseUnit": self._units.get(where.material, ""),
            _AMOUNT: quantity,
        }
        self._books.put(STOCKS, _key(where), row)


def _key(where: Stock) -> tuple[str, ...]:
    place = where.material, where.plant, where.store, where.batch
    return *place, *_special(where), where.stock_type


def _special(where: Stock) -> tuple[str, ...]:
    others = [""] * (len(_SPECIAL) - 2)
    return where.supplier, *others, PROVIDED if where.supplier else ""


def _kind(where: Stock) -> str:
    kind = STOCK_TYPES[where.stock_type]
    return f"BA Stock provided to vendor {kind}" if where.supplier else f"SL {kind}"
