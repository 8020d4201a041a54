"""The workflows whose journals lie here, as a project for `andon check --journals`."""

from andon.app import Andon
from andon.capabilities.finance import compare_with_journal
from andon.capabilities.master import distribute_revision
from andon.capabilities.production import book_order, post_order, release_order
from andon.capabilities.quality import confirm_proposed_hold, hold_rejected_lot

__all__ = ["andon"]

andon = Andon(
    "journals",
    site="riverside",
    workflows=[
        release_order,
        post_order,
        hold_rejected_lot,
        confirm_proposed_hold,
        book_order,
        distribute_revision,
        compare_with_journal(of="erp"),
    ],
)
