"""Movement types: what each takes from and puts into, and which one takes it back."""

__all__ = [
    "BLOCKED",
    "GR_BLOCKED",
    "IN_INSPECTION",
    "MOVES",
    "STOCK_TYPES",
    "UNRESTRICTED",
    "USABILITY",
    "Move",
    "Side",
]

from collections.abc import Mapping

import msgspec

UNRESTRICTED, IN_INSPECTION, BLOCKED = "01", "02", "07"
STOCK_TYPES: Mapping[str, str] = {
    UNRESTRICTED: "Unrestricted-use",
    IN_INSPECTION: "Quality inspection",
    BLOCKED: "Blocked",
}
"""Stock types and their names on the screen."""
USABILITY: Mapping[str, str] = {"X": IN_INSPECTION, "S": BLOCKED}
"""What an item may say instead, and the dialogs call stock type too; nothing is unrestricted."""
GR_BLOCKED = "GR"
"""Came for a purchase order and is not taken: in its history, in nobody's stock, of no value."""


class Side(msgspec.Struct, frozen=True):
    """One end of a movement."""

    stock_type: str = UNRESTRICTED
    """Empty: the one that the item names."""
    elsewhere: bool = False
    """At the item's other storage location."""
    provided: bool = False
    """With the item's supplier, who processes it: special stock O."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """What one movement type does."""

    undo: str
    """The movement type that takes it back."""
    takes: Side | None = None
    puts: Side | None = None
    code: str
    """Its goods movement code, where nobody says one."""
    needs: str = ""
    """A field that the item must have."""

    @property
    def moves(self) -> bool:
        """Whether its two ends are at two storage locations."""
        return any(side is not None and side.elsewhere for side in (self.takes, self.puts))


_HERE, _THERE, _ANY = Side(), Side(elsewhere=True), Side("")
_INSPECTED, _THERE_TOO = Side(IN_INSPECTION), Side(IN_INSPECTION, True)
_OTHER = "IssuingOrReceivingStorageLoc"
_PROVIDED = Side(provided=True)
_DOOR, _WHY = Side(GR_BLOCKED), "GoodsMovementReasonCode"

MOVES: Mapping[str, Move] = {
    "101": Move(undo="102", puts=_ANY, code="02"),
    "102": Move(undo="101", takes=_ANY, code="02"),
    "103": Move(undo="104", puts=_DOOR, code="01"),
    "104": Move(undo="103", takes=_DOOR, code="01"),
    "124": Move(undo="125", takes=_DOOR, code="01", needs=_WHY),
    "125": Move(undo="124", puts=_DOOR, code="01"),
    "201": Move(undo="202", takes=_HERE, code="03", needs="CostCenter"),
    "202": Move(undo="201", puts=_HERE, code="03", needs="CostCenter"),
    "261": Move(undo="262", takes=_HERE, code="03"),
    "262": Move(undo="261", puts=_HERE, code="03"),
    "311": Move(undo="312", takes=_HERE, puts=_THERE, code="04", needs=_OTHER),
    "312": Move(undo="311", takes=_THERE, puts=_HERE, code="04", needs=_OTHER),
    "321": Move(undo="322", takes=_INSPECTED, puts=_HERE, code="04"),
    "322": Move(undo="321", takes=_HERE, puts=_INSPECTED, code="04"),
    "323": Move(undo="324", takes=_INSPECTED, puts=_THERE_TOO, code="04", needs=_OTHER),
    "324": Move(undo="323", takes=_THERE_TOO, puts=_INSPECTED, code="04", needs=_OTHER),
    "325": Move(undo="326", takes=Side(BLOCKED), puts=Side(BLOCKED, True), code="04", needs=_OTHER),
    "326": Move(undo="325", takes=Side(BLOCKED, True), puts=Side(BLOCKED), code="04", needs=_OTHER),
    "343": Move(undo="344", takes=Side(BLOCKED), puts=_HERE, code="04"),
    "344": Move(undo="343", takes=_HERE, puts=Side(BLOCKED), code="04"),
    "349": Move(undo="350", takes=Side(BLOCKED), puts=_INSPECTED, code="04"),
    "350": Move(undo="349", takes=_INSPECTED, puts=Side(BLOCKED), code="04"),
    "501": Move(undo="502", puts=_HERE, code="05"),
    "502": Move(undo="501", takes=_HERE, code="05"),
    "541": Move(undo="542", takes=_HERE, puts=_PROVIDED, code="04", needs="Supplier"),
    "542": Move(undo="541", takes=_PROVIDED, puts=_HERE, code="04", needs="Supplier"),
    "543": Move(undo="544", takes=_PROVIDED, code="01"),
    "544": Move(undo="543", puts=_PROVIDED, code="01"),
    "551": Move(undo="552", takes=_ANY, code="03", needs="CostCenter"),
    "552": Move(undo="551", puts=_ANY, code="03", needs="CostCenter"),
    "553": Move(undo="554", takes=_INSPECTED, code="03", needs="CostCenter"),
    "554": Move(undo="553", puts=_INSPECTED, code="03", needs="CostCenter"),
    "555": Move(undo="556", takes=Side(BLOCKED), code="03", needs="CostCenter"),
    "556": Move(undo="555", puts=Side(BLOCKED), code="03", needs="CostCenter"),
    "601": Move(undo="602", takes=_HERE, code="03"),
    "602": Move(undo="601", puts=_HERE, code="03"),
    "701": Move(undo="702", puts=_ANY, code="05"),
    "702": Move(undo="701", takes=_ANY, code="03"),
    "711": Move(undo="712", takes=_ANY, code="03"),
    "712": Move(undo="711", puts=_ANY, code="05"),
}
"""One more movement type is one more line."""
