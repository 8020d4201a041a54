"""What is agreed with a partner, spelled out: separators, versions, whose id is whose."""

__all__ = ["ACKS", "Agreement", "agreements_of"]

from collections.abc import Mapping

import msgspec

from andon.connectors.edi.checking import grammar_of
from andon.connectors.edi.delimiters import Delimiters
from andon.connectors.edi.edifact.documents import DOCUMENTS as EDIFACT_DOCUMENTS
from andon.connectors.edi.envelopes import charset_of
from andon.connectors.edi.segments import Flaw, Heading
from andon.connectors.edi.settings import EdiSettings, Partner
from andon.connectors.edi.x12.documents import DOCUMENTS as X12_DOCUMENTS

ACKS = {"997", "TA1", "CONTRL"}
"""Acknowledgments: always taken, always written, never acknowledged themselves."""


class Agreement(msgspec.Struct, frozen=True):
    """One partner by its name."""

    name: str
    partner: Partner

    @property
    def us(self) -> str:
        """Our id with its qualifier, as a heading holds it."""
        return _party(self.partner.our_qualifier, self.partner.our_id)

    @property
    def them(self) -> str:
        """Its id with its qualifier."""
        return _party(self.partner.qualifier, self.partner.id)

    @property
    def encoding(self) -> str:
        """Of what we write, and of X12 that we read."""
        if self.partner.standard == "x12":
            return self.partner.encoding
        return charset_of(self.interchange_version.partition(":")[0]) or "ascii"

    @property
    def interchange_version(self) -> str:
        """What ISA12 or UNB's first element says."""
        return self.partner.interchange_version or (
            "00401" if self.partner.standard == "x12" else "UNOC:3"
        )

    @property
    def signs(self) -> Delimiters:
        """By which our interchanges are cut."""
        one, version = self.partner, self.interchange_version
        if one.standard == "x12":
            repeats = version >= "00402"
            return Delimiters(
                element=one.element or "*",
                component=one.component or ">",
                segment=one.segment or "~",
                repetition=(one.repetition or "^") if repeats else "",
            )
        repeats = version.partition(":")[2] >= "4"
        return Delimiters(
            element=one.element or "+",
            component=one.component or ":",
            segment=one.segment or "'",
            repetition=(one.repetition or "*") if repeats else "",
            release="?",
        )

    def version_of(self, document: str) -> str:
        """Which version of a document we write."""
        rules = grammar_of(self.partner.standard, document)
        return self.partner.versions.get(document) or (rules.version if rules else "")

    def takes(self, document: str) -> bool:
        """Whether it may send us such a document."""
        return document in ACKS or not self.partner.reads or document in self.partner.reads

    def gives(self, document: str) -> bool:
        """Whether we may send it such a document."""
        known = X12_DOCUMENTS if self.partner.standard == "x12" else EDIFACT_DOCUMENTS
        return document in known and (
            document in ACKS or not self.partner.writes or document in self.partner.writes
        )

    def flaws_of(self, heading: Heading, document: str, version: str) -> list[Flaw]:
        """What speaks against a message that reads well."""
        flaws: list[Flaw] = []
        if grammar_of(self.partner.standard, document) is None:
            flaws.append(Flaw("not-supported", f"{document!r} is no document known here"))
        elif not self.takes(document):
            flaws.append(Flaw("not-agreed", f"{document} is not agreed with {self.name}"))
        elif document not in ACKS and not version.startswith(self.partner.accepts or ("",)):
            says = f"version {version} is not agreed with {self.name}"
            flaws.append(Flaw("version", says))
        if heading.mode != self.partner.mode:
            flaws.append(
                Flaw("not-agreed", f"it is marked {heading.mode}, {self.partner.mode} is agreed")
            )
        return flaws


def agreements_of(settings: EdiSettings) -> Mapping[tuple[str, str, str], Agreement]:
    """By standard, the partner's id and ours, as a heading holds them."""
    made = [Agreement(name, partner) for name, partner in settings.partners.items()]
    return {(one.partner.standard, one.them, one.us): one for one in made}


def _party(qualifier: str, identity: str) -> str:
    return f"{qualifier}:{identity}" if qualifier else identity
