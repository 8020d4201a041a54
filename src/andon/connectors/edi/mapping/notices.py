"""856 and DESADV: what a supplier has sent, on which pallets, of which lots."""

__all__ = ["ANNOUNCED", "Line", "Notice", "announced", "edifact_line", "notice"]

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from andon.connectors.edi.documents import Document
from andon.connectors.edi.mapping.values import amount_at, dtm, moment_of, packed_at, zone_of
from andon.connectors.edi.segments import Segment
from andon.core.connector import Item
from andon.core.mapping import Inbound, Known, Said
from andon.core.quantity import Quantity
from andon.model.inventory import LotCreated


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One material on its way, as far down as the sender says where it is packed."""

    materials: dict[str, str]
    """Qualifier -> id: `BP` (buyer's), `VP` (vendor's), `UP`, `EN`, `SRV`, `IN`, `SA`."""
    quantity: Quantity | None = None
    order: str = ""
    lots: tuple[str, ...] = ()
    sscc: tuple[str, ...] = ()
    """Of the units it is packed in, the outer one first."""
    at: int = 0
    """Place of its first segment."""

    @property
    def material(self) -> str:
        """The buyer's id before all others, since that is what our systems know."""
        for qualifier in ("BP", "IN", "UP", "EN", "SRV", "VP", "VN", "SA"):
            if self.materials.get(qualifier):
                return self.materials[qualifier]
        return next(iter(self.materials.values()), "")


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One shipment."""

    shipment: str
    partner: str
    shipped_at: datetime | None = None
    expected_at: datetime | None = None
    lines: tuple[Line, ...] = ()
    replaces: str = ""
    """The return in whose place it comes: REF*RZ of the shipment or of its order, or RFF+ALQ."""


class _Way(msgspec.Struct, frozen=True):
    """What the levels above say of all below them."""

    order: str = ""
    sscc: tuple[str, ...] = ()


def notice(document: Document, known: Known) -> Notice:
    """A shipment notice in either standard. Raises MappingError with the place."""
    zone = zone_of(known, document.partner)
    head = {"partner": document.partner}
    if document.standard == "x12":
        shipment = next(document.all("HL"), Segment("HL"))
        dates = [*document.all("DTM"), *shipment.all("DTM")]
        at = {d.text(1): moment_of(d, 2, zone, time=3, code=4) for d in dates}
        return Notice(
            **head,
            shipment=document.first("BSN").text(2),
            shipped_at=at.get("011"),
            expected_at=at.get("017") or at.get("067"),
            lines=tuple(_x12(document.all("HL"), _Way())),
            replaces=_replaced((shipment, *shipment.all("HL"))),
        )
    at = {d.text(1): dtm(d, zone) for d in document.all("DTM")}
    order = next((one.text(1, 2) for one in document.all("RFF", "ON")), "")
    return Notice(
        **head,
        shipment=document.first("BGM").text(2),
        shipped_at=at.get("11"),
        expected_at=at.get("17") or at.get("132"),
        lines=tuple(_edifact(document.all("CPS"), _Way(order))),
        replaces=next((one.text(1, 2) for one in document.all("RFF", "ALQ")), ""),
    )


def announced(item: Item, known: Known) -> Iterable[Said]:
    """The lots that are on their way. Where the shipment itself is news, call
    `notice` in a mapping of your own."""
    document = item.read(Document)
    seen: set[str] = set()
    for line in notice(document, known).lines:
        for lot in line.lots:
            if lot not in seen and line.material:
                seen.add(lot)
                yield LotCreated(lot_id=lot, material_id=line.material)


ANNOUNCED = (Inbound("856", announced), Inbound("DESADV", announced))


def _replaced(levels: Iterable[Segment]) -> str:
    found = (one.text(2) for level in levels for one in level.all("REF", "RZ"))
    return next(found, "")


def _x12(levels: Iterable[Segment], way: _Way) -> Iterator[Line]:
    for level in levels:
        order = level.first("PRF").text(1) or way.order
        marks = [mark.text(2) for mark in level.all("MAN", "GM")]
        here = _Way(order, (*way.sscc, *marks))
        if (line := next(level.all("LIN"), None)) is not None:
            shipped = next(level.all("SN1"), None)
            materials = line.pairs(2)
            lots = [materials.pop("LT")] if materials.get("LT") else []
            lots += [one.text(2) for one in level.all("REF") if one.text(1) in ("LT", "BT")]
            yield Line(
                materials=materials,
                quantity=amount_at(shipped, 2, 3) if shipped else None,
                order=here.order,
                lots=tuple(dict.fromkeys(lots)),
                sscc=here.sscc,
                at=level.at,
            )
        yield from _x12(level.all("HL"), here)


def _edifact(levels: Iterable[Segment], way: _Way) -> Iterator[Line]:
    for level in levels:
        marks = [
            number
            for pack in level.all("PAC")
            for sign in pack.all("PCI")
            for number in _numbers(sign, "BJ")
        ]
        here = _Way(way.order, (*way.sscc, *marks))
        for line in level.all("LIN"):
            yield edifact_line(line, here.order, here.sscc)
        yield from _edifact(level.all("CPS"), here)


def edifact_line(line: Segment, order: str = "", sscc: tuple[str, ...] = ()) -> Line:
    """What LIN and the segments of its loop say, in whichever message they stand."""
    materials = {line.text(3, 2): line.text(3)} if line.text(3) else {}
    for more in line.all("PIA"):
        for n in range(2, len(more.elements) + 1):
            if more.text(n):
                materials.setdefault(more.text(n, 2), more.text(n))
    lots = [materials.pop("NB")] if materials.get("NB") else []
    lots += _numbers(line, "BX")
    lots += [lot for sign in line.all("PCI") for lot in _numbers(sign, "BX")]
    sent = next((q for q in line.all("QTY") if q.text(1) in ("12", "1")), None)
    order = next((one.text(1, 2) for one in line.all("RFF", "ON")), order)
    return Line(
        materials=materials,
        quantity=packed_at(sent) if sent else None,
        order=order,
        lots=tuple(dict.fromkeys(lots)),
        sscc=sscc,
        at=line.at,
    )


def _numbers(segment: Segment, qualifier: str) -> list[str]:
    """What GIN says of one kind of number: SSCCs (BJ), lots (BX)."""
    return [
        gin.text(n, c)
        for gin in segment.all("GIN", qualifier)
        for n in range(2, len(gin.elements) + 1)
        for c in (1, 2)
        if gin.text(n, c)
    ]
