"""Journal entries as `A_JournalEntryItemBasic` says them."""

__all__ = ["EntryRow", "journal_entry"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.connectors.odata.moments import moment
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.quantity import Quantity
from andon.model.finance import JournalEntryPosted
from andon.model.isa95 import MaterialUse


class EntryRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_JournalEntryItemBasic` we read: the offsetting line of a stock posting."""

    company_code: str
    fiscal_year: str
    accounting_document: str
    ledger_g_l_line_item: str = msgspec.field(name="LedgerGLLineItem")
    transaction_type_determination: str
    reference_document: str
    reference_document_item: str
    material: str
    quantity: Decimal
    base_unit: str
    amount_in_company_code_currency: Decimal
    company_code_currency: str
    order_id: str = msgspec.field(name="OrderID", default="")
    business_transaction_type: str = ""
    posting_date: datetime | None = None


_OFFSET = "GBB"
_PRODUCED = "RMWE"


@inbound("A_JournalEntryItemBasic")
def journal_entry(item: Item, known: Known) -> Iterator[Said]:
    """A line that stands against stock; its partner on the stock account says the same again."""
    row = item.read(EntryRow)
    if known.before(EntryRow) is not None or row.transaction_type_determination != _OFFSET:
        return
    # An order is credited with what it made and debited with what it took.
    made = row.business_transaction_type == _PRODUCED
    sign = -1 if made else 1
    use: MaterialUse = "Other"
    if row.order_id:
        use = "Material Produced" if made else "Material Consumed"
    document = row.company_code, row.fiscal_year, row.accounting_document
    movement = row.reference_document, row.fiscal_year, row.reference_document_item
    yield JournalEntryPosted(
        entry_id="-".join((*document, row.ledger_g_l_line_item)),
        movement_id="/".join(movement),
        material_id=row.material,
        quantity=Quantity(sign * row.quantity, row.base_unit),
        value=Quantity(sign * row.amount_in_company_code_currency, row.company_code_currency),
        use=use,
        order_id=row.order_id or None,
        posted_at=moment(row.posting_date, None, known),
    )
