"""What EPCIS events mean to us, and our holds as EPCIS events (CBV 2.0: holding, accepting)."""

__all__ = ["MAPPINGS", "goods", "lot_of", "place_hold", "produced", "release_hold", "standing"]

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from andon.connectors.epcis.document import read_event
from andon.connectors.epcis.event import ObjectEvent, QuantityElement, TransformationEvent
from andon.core.connector import Item, Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.quantity import Quantity
from andon.model.inventory import GoodsIssued, GoodsReceived, LotCreated
from andon.model.quality import HoldPlaced, HoldReleased, PlaceHold, ReleaseHold

_PIECES = "C62"
"""UN/ECE Rec. 20: one. EPCIS counts pieces where no unit is said."""
_HELD = {"non_sellable_other", "non_conformant"}
_LET_GO = {"conformant", "available"}


def lot_of(epc_class: str) -> tuple[str, str] | None:
    """Material and lot of an LGTIN, as URN or as GS1 Digital Link; None for any other class."""
    if epc_class.startswith("urn:epc:class:lgtin:"):
        parts = epc_class.removeprefix("urn:epc:class:lgtin:").split(".", 2)
        return (".".join(parts[:2]), parts[2]) if len(parts) == 3 and all(parts) else None
    _, _, rest = epc_class.partition("/01/")
    gtin, _, lot_part = rest.partition("/10/")
    return (gtin, lot_part.partition("/")[0].partition("?")[0]) if gtin and lot_part else None


@inbound("ObjectEvent")
def standing(item: Item, known: Known) -> Iterator[Said]:
    """Lots that come to be, holds and their release, receipts and shipments by lot.

    Serialised objects and the other steps are no news to the log yet; they stay with the sender.
    """
    del known
    event = read_event(item)
    assert isinstance(event, ObjectEvent)
    if event.error_declaration is not None:
        raise MappingError(
            f"{event.event_id} was taken back by its sender. Andon takes nothing back by itself:"
            " correct what followed from it, then close this.",
            [Fault("/errorDeclaration", "stands")],
        )
    for n, amount in enumerate(event.quantity_list, 1):
        if (named := lot_of(amount.epc_class)) is not None:
            yield from goods(event, amount, *named, f"{item.key}/{n}")


def goods(
    event: ObjectEvent, amount: QuantityElement, material: str, lot: str, movement: str
) -> Iterator[Said]:
    """What one line of an object event says about its lot."""
    placed = event.read_point.id if event.read_point else None
    moved: Any = {
        "movement_id": movement,
        "material_id": material,
        "lot_id": lot,
        "order_id": _order(event),
        "location": placed,
        "posted_at": event.event_time,
    }
    match event.biz_step:
        case "commissioning" | "creating_class_instance" if event.action == "ADD":
            yield LotCreated(lot_id=lot, material_id=material)
        case "holding" | "inspecting" | "accepting":
            yield from _held(event, lot)
        case "receiving" if amount.quantity is not None:
            yield GoodsReceived(quantity=_quantity(amount), **moved)
        case "shipping" | "consigning" if amount.quantity is not None:
            yield GoodsIssued(quantity=_quantity(amount), **moved)
        case _:
            return


def _held(event: ObjectEvent, lot: str) -> Iterator[Said]:
    stands = event.persistent_disposition
    if stands is None:
        return
    if _HELD & set(stands.set):
        reason = f"{event.biz_step}: {', '.join(stands.set)}"
        yield HoldPlaced(lot_id=lot, reason=reason, placed_at=event.event_time)
    elif _HELD & set(stands.unset) and (_LET_GO & set(stands.set) or not stands.set):
        yield HoldReleased(lot_id=lot, released_at=event.event_time)


@inbound("TransformationEvent")
def produced(item: Item, known: Known) -> Iterator[Said]:
    """Inputs by lot are consumed, outputs by lot are made, for the order the event names."""
    del known
    event = read_event(item)
    assert isinstance(event, TransformationEvent)
    order = _order(event)
    sides: Sequence[tuple[Any, Sequence[QuantityElement], str]] = (
        (GoodsIssued, event.input_quantity_list, "Material Consumed"),
        (GoodsReceived, event.output_quantity_list, "Material Produced"),
    )
    for word, amounts, use in sides:
        for n, amount in enumerate(amounts, 1):
            named = lot_of(amount.epc_class)
            if named is not None and amount.quantity is not None:
                yield word(
                    movement_id=f"{item.key}/{use.rpartition(' ')[2]}/{n}",
                    material_id=named[0],
                    quantity=_quantity(amount),
                    use=use,
                    lot_id=named[1],
                    order_id=order,
                    posted_at=event.event_time,
                )


def _order(event: ObjectEvent | TransformationEvent) -> str | None:
    named = [one for one in event.biz_transaction_list if one.type == "prodorder"]
    return named[0].biz_transaction.rpartition("/")[2].rpartition(":")[2] if named else None


def _quantity(amount: QuantityElement) -> Quantity:
    assert amount.quantity is not None
    return Quantity(amount.quantity, amount.uom or _PIECES)


def _hold_event(lot: str, step: str, standing: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": step,
        "persistentDisposition": standing,
        "quantityList": [{"epcClass": lot}],
    }


@outbound(PlaceHold, proof="findable", local=True)
def place_hold(command: PlaceHold, known: Known) -> Request:
    """The partner's id of the lot must be its class, `urn:epc:class:lgtin:...`."""
    del command
    event = _hold_event(known.local, "holding", {"set": ["non_sellable_other"]})
    return Request(target="capture", body=event)


@outbound(ReleaseHold, proof="findable", local=True)
def release_hold(command: ReleaseHold, known: Known) -> Request:
    """Takes the hold back and says that the lot conforms."""
    del command
    event = _hold_event(
        known.local, "accepting", {"unset": ["non_sellable_other"], "set": ["conformant"]}
    )
    return Request(target="capture", body=event)


MAPPINGS = (standing, produced, place_hold, release_hold)
