"""Dispositions as the QMS keeps them: what becomes of a held lot, decided by whoever may."""

__all__ = ["Disposition", "DispositionAsked", "Dispositions", "Usage"]

from datetime import datetime
from typing import Literal

import msgspec
from aiohttp import web

from andon.sandbox.systems.qms.asking import AboutLot, found

Usage = Literal["release", "rework", "scrap"]


class Disposition(msgspec.Struct, frozen=True, kw_only=True):
    """One decision; `reference` is the host's word, kept and not looked at."""

    id: str
    lot: str
    usage: Usage
    reason: str
    inspection: str
    """The host's word for the inspection that it closes; empty where none is open."""
    reference: str
    decided_at: datetime


class DispositionAsked(AboutLot, kw_only=True, forbid_unknown_fields=True):
    """To be decided so."""

    usage: Usage
    reason: str = ""


class Dispositions:
    """All of them, oldest first. What is scrapped once stays scrapped."""

    def __init__(self) -> None:
        self.all: list[Disposition] = []

    def scrapped(self, lot: str) -> bool:
        """Whether nothing else can become of it."""
        return any(one.lot == lot and one.usage == "scrap" for one in self.all)

    def closed(self, inspection: str) -> bool:
        """Whether a decision has closed the inspection."""
        return any(one.inspection == inspection for one in self.all)

    def found(self, reference: str | None) -> web.Response:
        """`GET /dispositions?reference=`."""
        return found("dispositions", self.all, reference)
