"""Holds as the QMS keeps them: inspectors place them, and so do those who may from outside."""

__all__ = ["Hold", "HoldAsked", "Holds"]

from datetime import datetime

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer
from andon.sandbox.systems.qms.asking import AboutLot


class Hold(msgspec.Struct, kw_only=True):
    """A lot that nobody may use."""

    lot: str
    reason: str
    placed_at: datetime
    heard_at: datetime | None = None
    """When Andon had taken the word of it; no clock of the QMS says so."""
    released_at: datetime | None = None
    """The same, when it bound no more."""
    id: str = ""
    reference: str = ""
    """The host's word for having asked for it, kept and not looked at."""
    released_under: str = ""
    """The same for its release."""


class HoldAsked(AboutLot, kw_only=True, forbid_unknown_fields=True):
    """To be placed, or to be released."""

    reason: str = ""


class Holds:
    """All of them, oldest first. A lot is held once."""

    def __init__(self) -> None:
        self.all: list[Hold] = []

    def now(self, lot: str) -> Hold | None:
        """The hold that binds it now."""
        return next((one for one in self.all if one.lot == lot and not one.released_at), None)

    def place(self, lot: str, reason: str, at: datetime, reference: str = "") -> Hold:
        """A new one."""
        id = f"HLD-{len(self.all) + 301}"
        self.all.append(Hold(id=id, lot=lot, reason=reason, placed_at=at, reference=reference))
        return self.all[-1]

    def found(self, reference: str | None, released_under: str | None) -> web.Response:
        """All, or those that were asked for, or released, under a word."""
        found = [
            one
            for one in self.all
            if reference in (None, one.reference) and released_under in (None, one.released_under)
        ]
        return json_answer({"holds": found})
