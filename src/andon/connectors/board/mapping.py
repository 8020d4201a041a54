"""Holds on Andon's own board."""

__all__ = ["MAPPINGS", "place_hold", "release_hold"]

from andon.core.connector import Request
from andon.core.mapping import Known, outbound
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


MAPPINGS = (place_hold, release_hold)
