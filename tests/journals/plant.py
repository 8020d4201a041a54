"""The workflows whose journals lie here, as a project for `andon check --journals`."""

from andon.app import Andon
from andon.capabilities.finance import compare_with_journal
from andon.capabilities.fulfilment import (
    follow_readiness,
    pick_delivery,
    post_departed,
    tell_customer,
    tender_load,
    watch_promise,
)
from andon.capabilities.inventory import adjust_counted, post_moved, post_scrapped, put_away
from andon.capabilities.maintenance import get_it_running, keep_dates, schedule_released
from andon.capabilities.master import distribute_revision
from andon.capabilities.production import (
    book_order,
    book_reopened,
    post_order,
    release_order,
    steer_order,
)
from andon.capabilities.quality import (
    block_held_stock,
    close_inspection,
    confirm_proposed_hold,
    dispose_in_warehouse,
    dispose_on_floor,
    hold_complained_lot,
    hold_rejected_lot,
    inspect_output,
    judge_consumed,
    lock_held_stock,
    stop_held_use,
)
from andon.capabilities.service import answer_case, post_parts
from andon.capabilities.subcontracting import (
    claim_scrapped,
    post_processed,
    post_provided,
    provide_components,
    stop_processing,
    watch_promised,
)
from andon.capabilities.supply import (
    await_replacement,
    check_components,
    claim_missing,
    complete_credited,
    expedite_missing,
    note_receipts,
    post_counted,
    post_returned,
    question_shortage,
    send_order,
)

__all__ = ["andon"]

andon = Andon(
    "journals",
    site="riverside",
    workflows=[
        release_order,
        post_order,
        hold_rejected_lot,
        hold_complained_lot,
        confirm_proposed_hold,
        book_order,
        book_reopened,
        steer_order,
        distribute_revision,
        put_away,
        post_moved,
        adjust_counted,
        post_scrapped,
        inspect_output,
        judge_consumed,
        block_held_stock,
        stop_held_use,
        lock_held_stock,
        close_inspection,
        dispose_on_floor,
        dispose_in_warehouse,
        follow_readiness,
        pick_delivery,
        tender_load,
        post_departed,
        tell_customer,
        watch_promise,
        get_it_running,
        schedule_released,
        keep_dates(of={"erp"}),
        answer_case,
        post_parts,
        compare_with_journal(of="erp"),
        send_order(fetched_by={"17300002"}),
        post_counted,
        check_components,
        question_shortage,
        claim_missing(fetched_by={"17300002"}),
        post_returned(fetched_by={"17300002"}),
        complete_credited,
        await_replacement(fetched_by={"17300002"}),
        expedite_missing(fetched_by={"17300002"}),
        note_receipts(fetched_by={"17300002"}),
        provide_components,
        post_provided,
        post_processed,
        claim_scrapped,
        stop_processing,
        watch_promised,
    ],
)
