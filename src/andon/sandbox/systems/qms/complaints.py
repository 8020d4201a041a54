"""Complaints as the QMS keeps them: each asked for by a program, decided by an engineer."""

__all__ = ["Complaint", "Complaints"]

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer
from andon.sandbox.systems.qms.asking import AboutLot, asked


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


class _Asked(AboutLot, kw_only=True, forbid_unknown_fields=True):
    item: str
    customer: str
    defect: str
    case: str


class Complaints:
    """Asked twice under one reference it has two; none without a lot."""

    def __init__(self) -> None:
        self.all: dict[str, Complaint] = {}

    def asked(self, body: bytes) -> web.Response:
        """`POST /complaints`."""
        wanted = asked(body, _Asked)
        if isinstance(wanted, web.Response):
            return wanted
        id = f"CMP-{len(self.all) + 9001}"
        self.all[id] = Complaint(id=id, **msgspec.structs.asdict(wanted))
        return json_answer(self.all[id], status=201)

    def found(self, reference: str | None) -> web.Response:
        """`GET /complaints?reference=`."""
        found = [one for one in self.all.values() if one.reference == reference]
        return json_answer({"complaints": found})
