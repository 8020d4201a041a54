"""A hold that somebody asks for by mail: quality is told, answers on the board, the lot is held."""

__all__ = ["TellQuality", "andon", "tell", "tell_quality"]

from typing import ClassVar

from andon.app import Andon
from andon.capabilities.quality import confirm_proposed_hold
from andon.connectors.board import Board
from andon.connectors.board.mapping import MAPPINGS as BOARD
from andon.connectors.mail import Mail, hold_proposals
from andon.core.connector import Request
from andon.core.mapping import Known, outbound
from andon.core.message import Command
from andon.core.plant import Connection, Route
from andon.core.workflow import Run, workflow
from andon.model.quality import HoldProposed, PlaceHold


class TellQuality(Command, frozen=True, kw_only=True):
    """A mail to quality; a word of this plant, not of the canonical model."""

    TYPE: ClassVar[str] = "holds.lot.tell-quality.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: str
    reason: str
    by: str


@outbound(TellQuality, proof="none", local=True)
def tell(command: TellQuality, known: Known) -> Request:
    """The template says what stands in the mail."""
    body = {"lot": known.local, "reason": command.reason, "by": command.by}
    return Request(target="asked", body=body)


@workflow(on=HoldProposed)
async def tell_quality(run: Run, proposed: HoldProposed) -> None:
    """Who is asked does not sit before the board all day."""
    await run.send(TellQuality(lot_id=run.subject, reason=proposed.reason, by=proposed.proposed_by))


andon = Andon(
    "holds",
    site="plant-h",
    connections=[
        Connection("post", Mail, [hold_proposals, tell]),
        Connection("andon", Board, BOARD),
    ],
    workflows=[confirm_proposed_hold, tell_quality],
    routes=[Route(PlaceHold, "andon"), Route(TellQuality, "post")],
    messages=[TellQuality],
    shared={"material-lot": "post"},  # lot numbers mean the same everywhere
)
