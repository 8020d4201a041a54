"""What a request's target means: which service, which entity or function, which method."""

__all__ = ["BATCH", "Call", "called", "key_fields", "lacking", "stamped"]

import re
from base64 import b32encode
from collections.abc import Iterable
from hashlib import blake2b
from urllib.parse import parse_qsl, unquote

import msgspec

from andon.connectors.odata.catalogue import Catalogue, Place
from andon.connectors.odata.settings import Action
from andon.core.connector import Proof
from andon.core.errors import DefectError, Fault

_TARGET = re.compile(
    r"(?P<method>POST|PUT|PATCH|MERGE|DELETE) "
    r"(?P<name>[\w/.;=,-]*?[\w.]+)"
    r"(?P<key>\((?:[^()']|'(?:[^']|'')*')*\))?"
    r"(?:/(?P<action>[\w.]+))?"
    r"(?:\?(?P<query>.*))?"
)
BATCH = "POST $batch"
"""Several calls as one change set; the body is a tuple of requests."""
_LONGEST_STAMP = 26
"""Base 32 of 16 bytes, without its padding."""


class Call(msgspec.Struct, frozen=True):
    """One call on one entity, set or function."""

    method: str
    place: Place
    key: str = ""
    """`('1')` behind a set's name."""
    action: str = ""
    """What OData 4 binds to an entity: the segment behind it."""
    query: str = ""

    @property
    def path(self) -> str:
        """Below the service's root."""
        tail = f"/{self.action}" if self.action else ""
        query = f"?{self.query}" if self.query else ""
        return f"{self.place.name}{self.key}{tail}{query}"

    @property
    def says(self) -> str:
        """The target in the words of the settings."""
        return f"{self.method} {self.action.rpartition('.')[2] or self.place.name}"

    def parameters(self) -> dict[str, str]:
        """A function's parameters as their literals, `{"ManufacturingOrder": "'1'"}`."""
        return dict(parse_qsl(self.query))


def called(target: str, catalogue: Catalogue) -> Call:
    """Reads a target. Raises DefectError when it is none, or names what the system has not."""
    found = _TARGET.fullmatch(target)
    if found is None:
        raise DefectError(
            f"{target!r} is no target. Write POST, PATCH, MERGE, PUT or DELETE and a set or a"
            " function: POST A_MaterialDocumentHeader, MERGE A_ProductionOrder_2('1')."
        )
    place = catalogue.place(found["name"])
    if isinstance(place, Fault):
        raise DefectError(f"{target}: {place.says}")
    if place.function is not None and place.function.method != found["method"]:
        raise DefectError(f"{target}: {place.name} is called with {place.function.method}")
    action = found["action"] or ""
    if action and action.rpartition(".")[2] not in catalogue.of(place.service).functions:
        raise DefectError(f"{target}: the service has no action {action}")
    return Call(found["method"], place, found["key"] or "", action, found["query"] or "")


def lacking(target: str, proof: Proof, actions: Iterable[Action]) -> str | None:
    """What `actions` do not say about a call whose outcome is looked for. A row that is named by
    its own keys needs nothing, and the words alone do not tell it from a function without any."""
    found = _TARGET.fullmatch(target)
    if found is None:
        return None if target == BATCH else f"{target!r} is no target"
    function = found["query"] or found["action"]
    makes = found["method"] == "POST" and not found["key"] and proof == "findable"
    if proof not in ("findable", "state") or not (function or makes):
        return None
    needs = "holds" if function else "stamp"
    called = _last(found["action"] or found["name"])
    for action in actions:
        method, _, named = action.target.partition(" ")
        if method == "POST" and _last(named) == called and (action.stamp or action.holds):
            return None
    return f"`actions` has no 'POST {called}' with its `{needs}`: nothing tells whether it happened"


def _last(name: str) -> str:
    """Without the service, and without the namespace of an action."""
    return name.rpartition("/")[2].rpartition(".")[2]


def key_fields(call: Call) -> dict[str, str]:
    """Key fields and their values from `('1')` or `(A='1',B='2')`, quotes taken off."""
    kind = call.place.kind
    if kind is None or not call.key:
        return {}
    inner = unquote(call.key[1:-1])
    parts = re.findall(r"(?:(\w+)=)?('(?:[^']|'')*'|[^,']+)", inner)
    if len(parts) == 1 and not parts[0][0]:
        return {kind.keys[0]: _bare(parts[0][1])}
    return {name: _bare(value) for name, value in parts}


def _bare(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def stamped(key: str, longest: int | None) -> str:
    """Our key as a field of that length keeps it: capitals and digits, for some fields have no
    small letters. 16 characters tell a billion keys apart, 25 all there will ever be."""
    digest = b32encode(blake2b(key.encode(), digest_size=16).digest()).decode().rstrip("=")
    return digest[: min(longest or _LONGEST_STAMP, _LONGEST_STAMP)]
