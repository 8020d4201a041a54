"""What an acknowledgment says of one of our interchanges."""

__all__ = ["Verdict"]

from typing import Literal

import msgspec


class Verdict(msgspec.Struct, frozen=True):
    """Of one interchange that we sent."""

    number: str
    """Its control number, as the partner writes it."""
    word: Literal["accepted", "partly", "refused"]
    says: str
    of: Literal["documents", "interchange"] = "documents"
    """A TA1 speaks of the interchange alone: documents are still to be acknowledged."""
