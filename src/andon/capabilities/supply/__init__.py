"""Supply: orders go to suppliers, what comes is posted, what is missing is claimed
or asked for sooner, what came damaged goes back."""

__all__ = [
    "await_replacement",
    "check_components",
    "claim_missing",
    "complete_credited",
    "expedite_missing",
    "note_receipts",
    "post_counted",
    "post_returned",
    "question_rejections",
    "question_shortage",
    "send_order",
]

from andon.capabilities.supply.advising import note_receipts
from andon.capabilities.supply.comparing import claim_missing
from andon.capabilities.supply.components import check_components, question_shortage
from andon.capabilities.supply.crediting import complete_credited
from andon.capabilities.supply.expediting import expedite_missing
from andon.capabilities.supply.ordering import send_order
from andon.capabilities.supply.receiving import post_counted
from andon.capabilities.supply.rejecting import question_rejections
from andon.capabilities.supply.replacing import await_replacement
from andon.capabilities.supply.returning import post_returned
