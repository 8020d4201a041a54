"""factorysemantics-mes: it fetches orders from us, acknowledges them and posts confirmations."""

__all__ = ["Fsmes", "FsmesSettings"]

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from andon.connectors.fsmes.confirmations import Envelope
from andon.core.connector import (
    Acknowledge,
    Acknowledgment,
    Arrival,
    Connector,
    Door,
    Item,
    Offer,
    Offered,
    Push,
    Settings,
)
from andon.core.errors import Fault, MappingError
from andon.core.faults import UNREADABLE, decode_faults

_decode = msgspec.json.Decoder(Envelope).decode


class FsmesSettings(Settings, frozen=True, kw_only=True):
    """How to read an MES that says neither units nor zones."""

    unit: str = "u"
    """What it counts products in."""
    units: Mapping[str, str] = {}
    """What it measures other materials in, by material: `{"RAW-SUGAR": "kg"}`."""
    time_zone: str = "UTC"
    """Zone of the times it writes without one; the MES itself keeps UTC."""

    def unit_of(self, material: str) -> str:
        """What the MES means by a bare number of this material."""
        return self.units.get(material, self.unit)


class Fsmes(Connector[FsmesSettings]):
    """The ERP face one MES talks to. It holds no connection of its own: the MES always calls.

    An order stays on offer until it is acknowledged. The MES updates a repeat while the order is
    planned there, and ignores it later.
    """

    settings_type = FsmesSettings

    def doors(self) -> Sequence[Door]:
        """Orders to fetch, their acknowledgment, and the way in for confirmations."""
        return (
            Offer("GET", "/orders", _new_orders, self._doubt),
            Acknowledge("POST", "/orders/{code}/ack", _acknowledged),
            Push("POST", "/confirmations", _confirmation, b'{"received":true}', 201),
        )

    def _doubt(self, one: Offered) -> str | None:
        """One row that the MES cannot read would stop its whole exchange."""
        row: dict[str, Any] = one.request.body
        code, material, unit = row["code"], row["material"], row["unit"]
        if any(sign in code for sign in "/?#% "):
            # It puts the code into an address as it is; the acknowledgment would get lost.
            return f"The MES cannot acknowledge an order called {code!r}. Rename it."
        if unit != self.settings.unit_of(material):
            return (
                f"The MES would take {unit} of {material} for {self.settings.unit_of(material)}."
                " Say in the settings what it counts this material in."
            )
        return None


def _new_orders(arrival: Arrival, offered: Sequence[Offered]) -> bytes:
    """A JSON list of all that is not acknowledged."""
    if arrival.query.get("status", "new") != "new":
        return b"[]"
    return msgspec.json.encode([one.request.body for one in offered])


def _acknowledged(arrival: Arrival) -> Acknowledgment:
    code = unquote(arrival.path["code"])
    return Acknowledgment(names=code, reference=code)


def _confirmation(arrival: Arrival) -> Sequence[Item]:
    try:
        said = _decode(arrival.body)
    except UNREADABLE as error:
        if not arrival.body.strip():
            empty = [Fault("", "expected a confirmation")]
            raise MappingError("The body is empty", empty) from error
        faults = decode_faults(arrival.body, Envelope, error)
        raise MappingError(
            "This is no confirmation with kind, message_key and order", faults
        ) from error
    return (Item(kind=said.kind, key=said.message_key, raw=arrival.body),)
