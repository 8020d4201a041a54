"""The list of what the dock gives to drivers for suppliers that process it."""

__all__ = ["Provided", "Provision", "Provisions"]

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer


class _Needed(msgspec.Struct, frozen=True):
    line: str
    item: str
    quantity: Decimal


class Provided(_Needed, frozen=True):
    """An amount of one lot, and the line of the order it is for."""

    lot: str


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    order: str
    supplier: str
    needed: tuple[_Needed, ...]
    reference: str = ""


class Provision(_Asked, kw_only=True):
    """Something for a driver to take along; `reference` is the host's word, kept and not looked
    at."""

    id: str
    state: Literal["open", "done"] = "open"


class Provisions:
    """Asked twice under one reference it sees two wishes."""

    def __init__(self) -> None:
        self.all: dict[str, Provision] = {}

    def open(self) -> Sequence[Provision]:
        """What nobody has taken yet, oldest first."""
        return [one for one in self.all.values() if one.state == "open"]

    def ask(self, body: bytes) -> web.Response:
        """`POST /provisions`."""
        try:
            asked = msgspec.json.decode(body, type=_Asked, strict=False)
        except msgspec.MsgspecError as error:
            return json_answer({"detail": str(error)}, status=400)
        if not asked.needed or any(one.quantity <= 0 for one in asked.needed):
            return json_answer({"detail": f"nothing goes out for {asked.order}"}, status=422)
        told = msgspec.structs.asdict(asked)
        listed = Provision(id=f"V{len(self.all) + 1:05}", **told)
        self.all[listed.id] = listed
        return json_answer(listed, status=201)

    def found(self, reference: str | None) -> web.Response:
        """`GET /provisions?reference=`."""
        mine = [one for one in self.all.values() if one.reference == reference]
        return json_answer({"provisions": mine})

    def gone(self, id: str, loaded: Iterable[Provided]) -> dict[str, object]:
        """A driver has signed for it; what is to be said of it."""
        one = self.all[id]
        one.state = "done"
        return {"id": id, "order": one.order, "supplier": one.supplier, "lots": list(loaded)}
