"""Parties: the companies we deal with, as those who look after them keep them."""

__all__ = ["PartyChanged", "PartyRole"]

from typing import ClassVar, Literal

from andon.core.message import Claims, Event
from andon.model.terms import Name

PartyRole = Literal["customer", "supplier"]


class PartyChanged(Event, frozen=True, kw_only=True):
    """A company is known by this name, and dealt with in this role."""

    TYPE: ClassVar[str] = "andon.master.party.changed.v1"
    KIND: ClassVar[str] = "party"
    KEY: ClassVar[str] = "party_id"

    party_id: Name
    name: Name
    role: PartyRole

    def claims(self) -> Claims:
        """Name and role."""
        return {"name": self.name, "role": self.role}
