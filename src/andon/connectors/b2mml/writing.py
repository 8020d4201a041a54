"""A request as a document of V0700. Pure. What breaks the schema is refused, with its places."""

__all__ = ["Envelope", "document_of", "written"]

from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from lxml import etree

from andon.connectors._xml import Element
from andon.connectors.b2mml.schema import schema_faults
from andon.connectors.b2mml.shape import Json, element_of
from andon.connectors.b2mml.words import VERBS, split
from andon.core.connector import Request
from andon.core.errors import RejectedError


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What the application area of one document says."""

    bod: str
    sender: str
    receiver: str = ""
    created_at: datetime
    wants: str = "Never"

    def area(self, *, confirm: str = "OnError") -> Json:
        """As JSON, in the order of the schema. Where an answer is wanted, a ConfirmBOD is, too:
        by default for an error alone."""
        sender: Json = {"LogicalID": self.sender}
        if self.wants != "Never":
            sender["ConfirmationCode"] = confirm
        area: Json = {"Sender": sender}
        if self.receiver:
            area["Receiver"] = [{"LogicalID": self.receiver}]
        at = self.created_at.astimezone(UTC).isoformat(timespec="milliseconds")
        return {**area, "CreationDateTime": at.replace("+00:00", "Z"), "BODID": self.bod}


def document_of(request: Request, envelope: Envelope, *, judged: bool) -> bytes:
    """`target` is verb and noun, `body` the nouns as `shape` reads them. Raises RejectedError."""
    parts = split(request.target)
    if parts is None:
        known = ", ".join(VERBS)
        raise RejectedError(
            f"{request.target!r} is no verb and noun such as ProcessOperationsSchedule; verbs"
            f" are {known}",
            "no-verb",
        )
    verb, noun = parts
    body: Any = msgspec.to_builtins(request.body, str_keys=True)
    nouns = cast("Json", body) if isinstance(body, dict) else {}
    if not nouns.get(noun):
        raise RejectedError(f"{request.target} without any {noun} says nothing", "no-noun")
    asks = {"Process": "acknowledgeCode", "Change": "responseCode"}.get(verb)
    said: Json = cast("Json", nouns.pop(verb, {}))
    if asks and envelope.wants != "Never":
        said = {f"@{asks}": envelope.wants, **said}
    data: Json = {verb: said, **nouns}
    root: Json = {
        "@releaseID": "V0700",
        # these have no answering verb: a ConfirmBOD is all that can say that it was done
        "ApplicationArea": envelope.area(
            confirm=envelope.wants if verb in ("Cancel", "Sync") else "OnError"
        ),
        "DataArea": data,
    }
    return written(element_of(request.target, root), judged=judged)


def written(root: Element, *, judged: bool) -> bytes:
    """The bytes of a document. Raises RejectedError with every place where it breaks the schema."""
    faults = schema_faults(root) if judged else []
    if faults:
        said = "\n  ".join(map(str, faults))
        raise RejectedError(f"The document breaks the schema of V0700:\n  {said}", "schema")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
