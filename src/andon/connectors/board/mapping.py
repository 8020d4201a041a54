"""Holds, and what suppliers read of their orders, on Andon's own board."""

__all__ = [
    "MAPPINGS",
    "SUPPLIERS",
    "note_receipt",
    "place_hold",
    "release_hold",
    "request_expedite",
    "request_stop",
]

from andon.core.connector import Request
from andon.core.mapping import Known, outbound
from andon.model.advising import NoteReceipt
from andon.model.expediting import RequestExpedite
from andon.model.processing import RequestStop
from andon.model.quality import PlaceHold, ReleaseHold


@outbound(PlaceHold, proof="keyed")
def place_hold(command: PlaceHold, known: Known) -> Request:
    """Visible on the board at once."""
    del known
    return Request(target="hold.place", body={"lot": command.lot_id, "reason": command.reason})


@outbound(ReleaseHold, proof="keyed")
def release_hold(command: ReleaseHold, known: Known) -> Request:
    """Gone from the board at once."""
    del known
    return Request(target="hold.release", body={"lot": command.lot_id})


@outbound(RequestExpedite, proof="keyed")
def request_expedite(command: RequestExpedite, known: Known) -> Request:
    """With the order at once, for its supplier to read."""
    del known
    wanted = [f"{line.line} {line.material_id} {line.quantity}" for line in command.wanted]
    return Request(target="expedite", body={"order": command.order_id, "wanted": wanted})


@outbound(NoteReceipt, proof="keyed")
def note_receipt(command: NoteReceipt, known: Known) -> Request:
    """With the order at once, for its supplier to read."""
    del known
    judged = [shipment.shipment_id for shipment in command.judged]
    return Request(target="receipt", body={"order": command.order_id, "judged": judged})


@outbound(RequestStop, proof="keyed")
def request_stop(command: RequestStop, known: Known) -> Request:
    """With the order at once, for its supplier to read."""
    del known
    return Request(target="stop", body={"order": command.order_id, "held": list(command.held)})


MAPPINGS = (place_hold, release_hold)
"""Of holds."""
SUPPLIERS = (request_expedite, note_receipt, request_stop)
"""Of what suppliers that fetch their orders read with them."""
