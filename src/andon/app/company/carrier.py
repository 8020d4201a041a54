"""A carrier behind an EDI mailbox: loads by 204 and 990, milestones by 214."""

__all__ = ["AREA"]

from collections.abc import Iterator, Mapping

from andon.app.company.area import Area
from andon.capabilities.fulfilment import tender_load
from andon.connectors import edi
from andon.connectors.edi import Document, Edi
from andon.connectors.edi.mapping import milestones
from andon.core.connector import Item, Request
from andon.core.errors import MappingError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Finding
from andon.core.plant import Connection, Route
from andon.model.fulfilment import LoadAnswered, Milestone, MilestonePassed, TenderLoad

_STATUS: Mapping[str, Milestone] = {"AF": "departed", "X1": "arrived", "D1": "delivered"}


def _delivery(number: str) -> str:
    """The carrier writes our delivery's number on its papers."""
    return f"delivery/erp:{number}"


@inbound("214")
def _status(item: Item, known: Known) -> Iterator[Said]:
    """A status that is none of our milestones is for shipping to see."""
    for one in milestones(item.read(Document), known):
        milestone = _STATUS.get(one.status)
        if milestone is None or one.at is None:
            yield Finding("carrier-status", f"The carrier says {one.status} of {one.consignment}.")
        else:
            yield MilestonePassed(
                delivery_id=_delivery(one.consignment), milestone=milestone, passed_at=one.at
            )


@inbound("990")
def _answered(item: Item, _: Known) -> Iterator[Said]:
    """`A` takes it, `D` does not."""
    head = item.read(Document).first("B1")
    if head.text(4) not in ("A", "D"):
        raise MappingError(f"B1 says {head.text(4)!r}, which is neither A nor D")
    yield LoadAnswered(delivery_id=_delivery(head.text(2)), accepted=head.text(4) == "A")


@outbound(TenderLoad, proof="findable", local=True)
def _tender(_: TenderLoad, known: Known) -> Request:
    """One load is one interchange: from our dock to the customer."""
    segments = [
        ["B2", "", "ROAD", "", known.local, "", "PP"],
        ["B2A", "00", "LT"],
        ["S5", "1", "CL"],
        ["S5", "2", "CU"],
    ]
    return Request(target="road", body={"document": "204", "segments": segments})


AREA = Area(
    connections=(Connection("carrier", Edi, (_status, _answered, _tender, *edi.mappings)),),
    workflows=(tender_load,),
    routes=(Route(TenderLoad, "carrier"),),
)
