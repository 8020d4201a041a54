"""What stands aside on the dock, and the list of what goes back of it."""

__all__ = ["Return", "Returned", "Returns"]

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer

_NOTHING = Decimal(0)


class Returned(msgspec.Struct, frozen=True):
    """An amount of one lot, by the line for which it came."""

    line: str
    item: str
    lot: str
    quantity: Decimal


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    order: str
    shipment: str
    supplier: str
    instead: Literal["replacement", "credit"]
    lots: tuple[Returned, ...]
    reference: str = ""


class Return(_Asked, kw_only=True):
    """Something for a driver to take back; `reference` is the host's word, kept and not looked
    at."""

    id: str
    state: Literal["open", "done"] = "open"


class Returns:
    """Of a lot no more goes on it than clerks have set aside. Asked twice under one reference it
    sees two wishes."""

    def __init__(self) -> None:
        self.all: dict[str, Return] = {}
        self._aside: dict[str, Decimal] = {}

    def set_aside(self, lot: str, amount: Decimal) -> None:
        """A clerk has counted so much of it as damaged."""
        self._aside[lot] = self._aside.get(lot, _NOTHING) + amount

    def open(self) -> Iterable[Return]:
        """What nobody has taken yet, oldest first."""
        return [one for one in self.all.values() if one.state == "open"]

    def ask(self, body: bytes) -> web.Response:
        """`POST /returns`."""
        try:
            asked = msgspec.json.decode(body, type=_Asked, strict=False)
        except msgspec.MsgspecError as error:
            return json_answer({"detail": str(error)}, status=400)
        if not asked.lots or any(one.quantity <= 0 for one in asked.lots):
            return json_answer({"detail": f"nothing of {asked.shipment} goes back"}, status=422)
        for one in asked.lots:
            aside = self._aside.get(one.lot, _NOTHING)
            if one.quantity > aside:
                text = f"{one.quantity:f} of lot {one.lot} cannot go back: {aside:f} stand aside"
                return json_answer({"detail": text}, status=409)
        for one in asked.lots:
            self._aside[one.lot] -= one.quantity
        listed = Return(id=f"R{len(self.all) + 1:05}", **msgspec.structs.asdict(asked))
        self.all[listed.id] = listed
        return json_answer(listed, status=201)

    def found(self, reference: str | None) -> web.Response:
        """`GET /returns?reference=`."""
        mine = [one for one in self.all.values() if one.reference == reference]
        return json_answer({"returns": mine})

    def gone(self, id: str, loaded: Mapping[str, Decimal]) -> Mapping[str, object]:
        """A driver has signed for so much of each lot; what is to be said of it."""
        one = self.all[id]
        one.state = "done"
        went = [(lot, loaded.get(lot.lot, _NOTHING)) for lot in one.lots]
        return {
            "id": id,
            "order": one.order,
            "shipment": one.shipment,
            "supplier": one.supplier,
            "instead": one.instead,
            "lots": [_so_much(lot, amount) for lot, amount in went if amount],
            "absent": [
                _so_much(lot, lot.quantity - amount)
                for lot, amount in went
                if amount < lot.quantity
            ],
        }


def _so_much(lot: Returned, amount: Decimal) -> Returned:
    return msgspec.structs.replace(lot, quantity=amount)
