"""Replacing: what went back is sent again, on a shipment of its own."""

__all__ = ["REPLACED_WITHIN", "await_replacement"]

from collections.abc import Collection, Sequence
from datetime import timedelta

from andon.capabilities.supply.advising import judgements
from andon.capabilities.supply.comparing import Shipments, advise, claim, missing
from andon.capabilities.supply.returning import words
from andon.core.errors import LateError
from andon.core.insisting import insist
from andon.core.workflow import Ask, Run, Workflow, workflow
from andon.model.advising import JudgedShipment, NoteReceipt
from andon.model.completing import PurchaseLinesCompleted
from andon.model.returning import RequestReplacement, ShipmentReturned
from andon.model.supply import ShipmentAnnounced, ShipmentCounted

REPLACED_WITHIN = timedelta(days=14)
"""What is not there after so long may have been forgotten."""
_SETTLED = "it is settled"
_HEARD = (ShipmentAnnounced, ShipmentCounted, PurchaseLinesCompleted)
_Heard = ShipmentAnnounced | ShipmentCounted | PurchaseLinesCompleted


def await_replacement(*, fetched_by: Collection[str] = ()) -> Workflow:
    """What went back for replacement is asked for and awaited, until as much has been announced and
    counted in its place, or the books expect nothing more of its lines. What comes is compared like
    any shipment, and what of it is not to be used is claimed anew. Suppliers that fetch everything
    at our API read there what they owe, and what became of it."""

    @workflow(on=ShipmentReturned, name="await_replacement", earlier=True)
    async def replacing(run: Run, went: ShipmentReturned) -> None:
        if went.instead != "replacement" or not went.returned:
            return
        written = went.supplier_id not in fetched_by
        if written:
            await _request(run, went)
        shipments = Shipments(went.returned, replaces=went.return_id)
        judged = list[JudgedShipment]()
        awaiting = _Awaiting(run, went)
        while shipments.open:
            compared = [one for said in await awaiting.said() for one in shipments.hear(said)]
            if awaiting.settled:
                return
            judged += judgements(compared)
            mine = [one for one in compared if shipments.meant(one[0])]
            if mine and not written:
                await run.send(NoteReceipt(order_id=run.subject, judged=tuple(judged)))
            for counted, lots in mine:
                if written:
                    await advise(run, went.supplier_id, counted, lots)
                await claim(run, went.supplier_id, counted, missing(lots))

    return replacing


class _Awaiting:
    """What is said of the order; when nothing was for too long, purchasing is asked, until it
    answers or what is awaited has come."""

    def __init__(self, run: Run, went: ShipmentReturned) -> None:
        self._run, self._went = run, went
        self._due = run.now + REPLACED_WITHIN
        self._asked: Ask | None = None
        self.settled = False
        """Whether purchasing says that it needs not be awaited."""

    async def said(self) -> Sequence[_Heard]:
        """What is said next, with all that is there already: what is noted with the order stands in
        place of what others noted meanwhile."""
        if self._asked is None:
            found = await self._there(max(self._due - self._run.now, timedelta()))
            if not found:
                self._asked = self._ask()
            return found
        place, answer = await self._run.first(self._asked, self._run.wait(*_HEARD))
        if place == 1:
            return [answer, *await self._there(timedelta())]
        self._asked, self._due = None, self._run.now + REPLACED_WITHIN
        self.settled = answer == _SETTLED
        return ()

    async def _there(self, within: timedelta) -> Sequence[_Heard]:
        found: list[_Heard] = []
        while True:
            try:
                found.append(await self._run.wait(*_HEARD, within=timedelta() if found else within))
            except LateError:
                return found

    def _ask(self) -> Ask:
        went = self._went
        return self._run.ask(
            "purchasing",
            f"{words(went.returned)} of {went.shipment_id} went back to supplier"
            f" {went.supplier_id} on {went.return_id}, and nothing has come in its place for"
            f" {REPLACED_WITHIN.days} days. Ask the supplier. This goes away once it has come, or"
            " its line is completed.",
            "wait on",
            _SETTLED,
        )


async def _request(run: Run, went: ShipmentReturned) -> None:
    await insist(
        run,
        RequestReplacement(
            order_id=run.subject,
            supplier_id=went.supplier_id,
            shipment_id=went.shipment_id,
            return_id=went.return_id,
            asked_at=run.now,
            returned=went.returned,
        ),
        team="purchasing",
        says=lambda error: (
            f"Supplier {went.supplier_id} cannot be asked to send again what went back on"
            f" {went.return_id}: {error} Mend the cause and send it again, or ask it otherwise."
        ),
        again="send again",
        by_hand="it is asked",
    )
