"""What the journal must hold: all that went into orders of plant A, and all that came out."""

__all__ = ["booked", "happened"]

from collections.abc import Sequence

from andon.sandbox.lab.production import happened
from andon.sandbox.lab.reckoning import Posting
from andon.sandbox.systems.erp import Erp


def booked(erp: Erp) -> Sequence[Posting]:
    """In the order of its entries. An entry names its movement, and the movement names the lot."""
    moved = erp.company.books.rows("A_MaterialDocumentItem")
    found: list[Posting] = []
    for line in erp.company.ledger.lines():
        if not line["OrderID"]:
            continue  # what goes to customers or cost centers is others' business
        item = moved[line["FiscalYear"], line["ReferenceDocument"], line["ReferenceDocumentItem"]]
        posting = Posting(
            item["GoodsMovementType"], line["OrderID"], item["Batch"], abs(line["Quantity"])
        )
        found.append(posting)
    return found
