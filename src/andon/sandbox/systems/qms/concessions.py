"""Concessions as the QMS keeps them: a lot that may be used though a held one is in it."""

__all__ = ["Concession", "ConcessionAsked", "Concessions"]

from datetime import datetime

import msgspec
from aiohttp import web

from andon.sandbox.systems.qms.asking import AboutLot, found


class Concession(msgspec.Struct, kw_only=True):
    """Of one hold, named by its id; `reference` is the host's word, kept and not looked at."""

    id: str
    lot: str
    held: str
    hold: str
    reason: str
    reference: str
    granted_at: datetime


class ConcessionAsked(AboutLot, kw_only=True, forbid_unknown_fields=True):
    """To be granted for the hold that binds `held` now."""

    held: str
    reason: str = ""


class Concessions:
    """All of them, oldest first. One lot passes one hold once."""

    def __init__(self) -> None:
        self.all: list[Concession] = []

    def of(self, lot: str, hold: str) -> Concession | None:
        """The one by which the lot passes the hold."""
        return next((one for one in self.all if (one.lot, one.hold) == (lot, hold)), None)

    def found(self, reference: str | None) -> web.Response:
        """`GET /concessions?reference=`."""
        return found("concessions", self.all, reference)
