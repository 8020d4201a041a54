"""Documents as tests write them."""

from pathlib import Path
from typing import Any

import msgspec

from andon.connectors.b2mml.items import items_of
from andon.core.connector import Item

SAMPLES = Path(__file__).parents[3] / "samples" / "b2mml"
SPACE = "http://www.mesa.org/xml/B2MML"


def bod(
    verb: str, noun: str, data: str, *, id: str = "B-1", said: str = "", wants: str = ""
) -> bytes:
    """A document around what stands in its noun."""
    attribute = f' acknowledgeCode="{wants}"' if wants else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{verb}{noun} xmlns="{SPACE}" releaseID="V0700">'
        f"<ApplicationArea><Sender><LogicalID>MES-B</LogicalID></Sender>"
        f"<CreationDateTime>2026-11-25T06:00:00Z</CreationDateTime><BODID>{id}</BODID>"
        f"</ApplicationArea><DataArea><{verb}{attribute}>{said}</{verb}>"
        f"<{noun}>{data}</{noun}></DataArea></{verb}{noun}>"
    ).encode()


def request(order: str, *, amount: str = "10", state: str = "Released", more: str = "") -> str:
    """An OperationsRequest of 10 pumps."""
    return (
        f"<OperationsRequest><ID>{order}</ID><EndTime>2026-12-01T12:00:00+01:00</EndTime>{more}"
        f"<RequestState>{state}</RequestState><SegmentRequirement><ID>10</ID>"
        "<ProcessSegmentID>A</ProcessSegmentID><OperationsDefinitionID>A</OperationsDefinitionID>"
        "<OperationsSegmentID>A</OperationsSegmentID><MaterialRequirement><ID>1</ID>"
        "<MaterialDefinitionID>PUMP</MaterialDefinitionID><MaterialUse>Produced</MaterialUse>"
        f"<Quantity><QuantityString>{amount}</QuantityString><DataType>decimal</DataType>"
        "<UnitOfMeasure>PCE</UnitOfMeasure></Quantity></MaterialRequirement></SegmentRequirement>"
        "</OperationsRequest>"
    )


def item(document: bytes) -> Item:
    """The only one in it."""
    (found,) = items_of(document)
    return found


def said(one: Item) -> dict[str, Any]:
    return msgspec.json.decode(one.raw)
