"""How things stand there: the row a call changes, and the row a call has made."""

__all__ = ["Standing", "There", "number_of"]

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

import msgspec

from andon.connectors.odata.bodies import agrees, body_of
from andon.connectors.odata.calls import Call, key_fields, stamped
from andon.connectors.odata.catalogue import Catalogue, Place
from andon.connectors.odata.gateway import Gateway
from andon.connectors.odata.pages import etag_of, page_of, row_of
from andon.connectors.odata.refusals import StatusError
from andon.connectors.odata.settings import Action, ODataSettings
from andon.connectors.odata.values import literal, plain_row
from andon.core.connector import Receipt
from andon.core.errors import RejectedError

_ABSENT = 404
_QUOTE = "'"


class There(msgspec.Struct, frozen=True):
    """A row as it stands, and its version."""

    row: dict[str, Any]
    etag: str


class Standing:
    """Reads, for proof; changes nothing."""

    def __init__(self, gateway: Gateway, catalogue: Catalogue, settings: ODataSettings) -> None:
        self._gateway = gateway
        self._catalogue = catalogue
        self._version = settings.version
        self._actions = {action.target: action for action in settings.actions}

    async def there(self, call: Call) -> There | None:
        """The row a call changes; None for one that makes a new row, or where it is not there."""
        place, key = self.changed(call)
        if place is None:
            return None
        try:
            answer = await self._gateway.get(place.service, f"{place.name}{key}")
        except StatusError as error:
            if error.status != _ABSENT:
                raise
            if call.method == "DELETE":
                return None
            raise RejectedError(f"There is no {place.name}{key}. {error}", error.code) from error
        row = row_of(answer)
        return There(cast("dict[str, Any]", plain_row(row)), etag_of(row))

    def changed(self, call: Call) -> tuple[Place | None, str]:
        """The set and the key of the row a call changes, also where a function is told its key."""
        if not self.is_function(call):
            return (call.place, call.key) if call.key else (None, "")
        if call.action:
            return call.place, call.key
        function = call.place.function
        assert function is not None
        place = self._catalogue.set_of(call.place.service, function.acts_on)
        said = call.parameters()
        if place is None or place.kind is None or not set(place.kind.keys) <= said.keys():
            return None, ""
        keys = ",".join(f"{name}={quote(said[name], safe=_QUOTE)}" for name in place.kind.keys)
        return place, f"({keys})"

    def is_so(self, call: Call, body: Any, there: There) -> bool:
        """Whether the row already says what the call would make it say."""
        if call.method == "DELETE":
            return False
        wanted: Mapping[str, Any] = (
            self.holds(call) if self.is_function(call) else body_of(body, self._version)
        )
        place, _ = self.changed(call)
        kind = None if place is None else place.kind
        return bool(wanted) and kind is not None and agrees(there.row, wanted, kind)

    async def find_stamped(self, call: Call, key: str) -> Receipt | None:
        """The row that carries our key."""
        action, kind = self.action(call), call.place.kind
        assert action is not None
        assert kind is not None
        stamp = stamped(key, kind.properties[action.stamp].max_length)
        asked = quote(f"{action.stamp} eq {literal(stamp)}", safe="'")
        path = f"{call.place.name}?$filter={asked}&$top=2"
        answer = await self._gateway.get(call.place.service, path)
        rows = page_of(answer, call.place.name).rows
        return self.receipt(call, cast("dict[str, Any]", plain_row(rows[0]))) if rows else None

    async def find_named(self, call: Call, body: Mapping[str, Any]) -> Receipt | None:
        """The row whose key the body says, if it is as the body says."""
        kind = call.place.kind
        assert kind is not None
        key = ",".join(f"{name}={quote(literal(body[name]), safe=_QUOTE)}" for name in kind.keys)
        try:
            answer = await self._gateway.get(call.place.service, f"{call.place.name}({key})")
        except StatusError as error:
            if error.status == _ABSENT:
                return None
            raise
        row = cast("dict[str, Any]", plain_row(row_of(answer)))
        wanted = body_of(body, self._version)
        return self.receipt(call, row) if agrees(row, wanted, kind) else None

    def receipt(
        self, call: Call, row: Mapping[str, Any], headers: Mapping[str, str] = {}
    ) -> Receipt:
        """The document number and the row; an answer without a row has an address at least."""
        action = self.action(call)
        named = action.reference if action is not None else ()
        place, _ = self.changed(call)
        kind = call.place.kind if place is None else place.kind
        fields = named or (kind.keys if kind is not None else ())
        numbers = [str(row[field]) for field in fields if row.get(field) is not None]
        if len(numbers) < len(fields) or not fields:
            address = headers.get("location") or headers.get("odata-entityid") or ""
            return Receipt(reference=address.rpartition("/")[2] or number_of(call), body=dict(row))
        return Receipt(reference="/".join(numbers), body=dict(row))

    def action(self, call: Call) -> Action | None:
        """What the settings say about such a call."""
        service = f"{call.method} {call.place.service}/{call.says.partition(' ')[2]}"
        return self._actions.get(call.says) or self._actions.get(service)

    def holds(self, call: Call) -> Mapping[str, str]:
        """What a function leaves behind, as the settings say."""
        action = self.action(call)
        return {} if action is None else action.holds

    def is_function(self, call: Call) -> bool:
        """Whether it calls something by name, and not a row."""
        return call.place.function is not None or bool(call.action)

    def makes(self, call: Call) -> bool:
        """Whether it makes a new row."""
        return call.method == "POST" and not call.key and not self.is_function(call)

    def is_stamped(self, call: Call) -> bool:
        """Whether a new row carries our key."""
        action = self.action(call)
        return action is not None and bool(action.stamp)

    def can_be_found(self, call: Call, body: Any) -> bool:
        """Whether anything proves that it happened."""
        if self.makes(call):
            return self.is_stamped(call) or _names_itself(call, body)
        return bool(self.holds(call)) if self.is_function(call) else bool(call.key)


def _names_itself(call: Call, body: Any) -> bool:
    keys = call.place.kind.keys if call.place.kind is not None else ()
    return bool(keys) and isinstance(body, Mapping) and all(name in body for name in keys)


def number_of(call: Call) -> str | None:
    """The key of the row a call names, as a document number."""
    return "/".join(key_fields(call).values()) or None
