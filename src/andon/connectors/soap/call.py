"""One operation with an effect, and how its outcome is told and found out."""

__all__ = ["Call", "Find", "Verdict"]

from collections.abc import Mapping
from typing import Any

import msgspec

from andon.connectors._template import placeholders
from andon.connectors.soap.mistakes import refuse, wrong_pointers, wrong_template


class Verdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an answer that is no fault says all the same that nothing was done, as SAP's RETURN."""

    at: str
    """Pointer to the message, or to the list of messages."""
    field: str
    """Field of a message that holds its kind."""
    refused: tuple[str, ...]
    """Kinds that mean refused: `E`, `A`, `false`."""
    words: str
    """Field that holds the words."""
    code: str | None = None
    """Field that holds the code."""

    def __post_init__(self) -> None:
        """Raises ValueError with every mistake."""
        refuse([*wrong_pointers(self.at), *([] if self.refused else ["refused names no kind"])])


class Find(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A query operation that tells whether a call was done."""

    operation: str
    """Name in the WSDL."""
    arguments: dict[str, Any]
    """`{key}` is our key; any other name is a field of the request."""
    found: str = ""
    """Pointer to what was found; a list that is empty or nothing there means absent."""
    key: str | None = None
    """Pointer inside what was found to our key, where the query may find others, too."""
    reference: str | None = None
    """Pointer inside what was found to the document number."""
    absent: tuple[str, ...] = ()
    """Fault codes by which the service says that there is none."""

    def __post_init__(self) -> None:
        """Raises ValueError with every mistake."""
        wrong = [
            *wrong_pointers(self.found, self.key, self.reference),
            *wrong_template(self.arguments),
        ]
        if not wrong and not placeholders(self.arguments):
            wrong.append("arguments must hold {key} or a field of the request, else it finds any")
        refuse(wrong)


class Call(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One operation with an effect. `{name}` is a field of the request, `{key}` is our key."""

    operation: str
    """Name in the WSDL."""
    arguments: dict[str, Any]
    """What it is given; a text that is one placeholder keeps the field's type."""
    reference: str | None = None
    """Pointer to the document number; an answer without it has an unknown outcome."""
    keep: Mapping[str, str] = {}
    """What else a later step needs: names and pointers."""
    verdict: Verdict | None = None
    """How an answer refuses without a fault; else the connection's `verdict`."""
    find: Find | None = None
    """How to find out what this call did."""

    def __post_init__(self) -> None:
        """Raises ValueError with every mistake."""
        refuse(
            [
                *wrong_pointers(self.reference, *self.keep.values()),
                *wrong_template(self.arguments),
            ]
        )
