"""Between S/4HANA's words and ours: orders, goods movements, journal entries, inspections and bills
of material in, postings and revisions out."""

__all__ = ["mappings"]

from andon.connectors.odata.blocking import (
    block_inspected,
    block_stock,
    release_inspected,
    unblock_consumed,
    unblock_departed,
    unblock_stock,
)
from andon.connectors.odata.deliveries import (
    confirm_pick,
    outbound_delivery,
    post_goods_issue,
)
from andon.connectors.odata.documents import goods_movement
from andon.connectors.odata.inspections import decide_usage, inspection_lot
from andon.connectors.odata.journal import journal_entry
from andon.connectors.odata.masters import bill_of_material, update_bom, update_item
from andon.connectors.odata.orders import production_order
from andon.connectors.odata.postings import POSTINGS
from andon.connectors.odata.purchases import (
    complete_purchase_lines,
    confirm_purchase_order,
    post_receipt,
    post_return,
    purchase_order,
)
from andon.connectors.odata.sales import place_sales_order, sales_order
from andon.connectors.odata.subcontracting import SUBCONTRACTING
from andon.core.mapping import Inbound, Outbound

mappings: tuple[Inbound | Outbound, ...] = (
    production_order,
    goods_movement,
    inspection_lot,
    decide_usage,
    release_inspected,
    block_inspected,
    block_stock,
    unblock_stock,
    unblock_departed,
    unblock_consumed,
    outbound_delivery,
    confirm_pick,
    post_goods_issue,
    sales_order,
    place_sales_order,
    purchase_order,
    confirm_purchase_order,
    complete_purchase_lines,
    post_receipt,
    post_return,
    journal_entry,
    bill_of_material,
    update_bom,
    update_item,
    *SUBCONTRACTING,
    *POSTINGS,
)
"""Everything S/4HANA says and can be asked."""
