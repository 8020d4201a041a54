"""Complaints as the QMS keeps them: each asked for by a program, decided by an engineer."""

__all__ = ["Complaint", "Complaints"]

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer


class Complaint(msgspec.Struct, kw_only=True):
    """What a customer complains of; `case` and `reference` are the host's words."""

    id: str
    lot: str
    item: str
    customer: str
    defect: str
    case: str
    reference: str
    verdict: str = ""


class _Asked(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    lot: str
    item: str
    customer: str
    defect: str
    case: str
    reference: str = ""


class Complaints:
    """Asked twice under one reference it has two; none without a lot."""

    def __init__(self) -> None:
        self.all: dict[str, Complaint] = {}

    def asked(self, body: bytes) -> web.Response:
        """`POST /complaints`."""
        try:
            asked = msgspec.json.decode(body, type=_Asked)
        except msgspec.MsgspecError as error:
            return json_answer({"error": "invalid_request", "detail": str(error)}, status=400)
        if not asked.lot:
            return json_answer({"error": "invalid_request", "detail": "no lot"}, status=422)
        id = f"CMP-{len(self.all) + 9001}"
        self.all[id] = Complaint(id=id, **msgspec.structs.asdict(asked))
        return json_answer(self.all[id], status=201)

    def found(self, reference: str | None) -> web.Response:
        """`GET /complaints?reference=`."""
        found = [one for one in self.all.values() if one.reference == reference]
        return json_answer({"complaints": found})
