"""Sending: one write or one method call, and the proof that it was done."""

__all__ = ["Order", "order_of"]

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from andon.connectors.opcua.calling import called
from andon.connectors.opcua.library import status, ua
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.values import Unfit, plain, variant
from andon.core.connector import Receipt, Request
from andon.core.errors import OutcomeUnknownError, RejectedError

_NODE = re.compile(r" (?=(?:nsu|ns|i|s|g|b)=)")  # a node id may hold spaces: s="DB"."my order"
_UNREADABLE = ("BadNotReadable", "BadUserAccessDenied")


class _Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    node: str
    value: Any


class Order(msgspec.Struct, frozen=True):
    """A request, read."""

    target: str
    node: str
    """The variable, or the object whose method it is."""
    method: str | None
    values: Sequence[Any]
    """What is written, or the arguments."""
    proof: _Proof | None
    """Which variable says that it was done. None for a write: the variable itself."""

    async def sent(self, session: Session) -> Receipt:
        """Writes or calls, and reads back. Raises RejectedError in the server's words."""
        node = session.node(await session.resolved(self.node))
        if self.method is not None:
            arguments = [_fit(self, one, None) for one in self.values]
            method = await session.resolved(self.method)
            told = await called(session, self.target, node.nodeid, method, arguments)
            body: dict[str, Any] = {"answer": plain(told)}
        else:
            if self.node not in session.types:
                session.types[self.node] = await _type(node)
            value = _fit(self, self.values[0], session.types[self.node])
            # Only the value: controllers refuse to have times and status written.
            await node.write_value(ua.DataValue(value, StatusCode=None))
            body = {}
        if self.method is not None and self.proof is None:
            return Receipt(reference=self.node, body=body)
        stands, wanted = await _stands(session, self)
        if stands is not _HIDDEN and stands != wanted:
            raise RejectedError(
                f"The server took {self.target}, and holds {stands!r} now, not {wanted!r}: its"
                " program limits or overwrites it. If it should, name another variable as proof.",
                "read-back-differs",
            )
        return Receipt(reference=self.node, body={**body, "read_back": stands is not _HIDDEN})

    async def proven(self, session: Session) -> Receipt | None:
        """Whether what the order should have made stands there."""
        if self.method is not None and self.proof is None:
            raise OutcomeUnknownError(
                f"Nobody can tell whether {self.target} was done. Look at the machine; next time,"
                " name a variable that shows it as `proof`."
            )
        stands, wanted = await _stands(session, self)
        if stands is _HIDDEN:
            raise OutcomeUnknownError(f"{self.node} cannot be read, so nobody can tell.")
        return Receipt(reference=self.node) if stands == wanted else None


def order_of(request: Request) -> Order:
    """A request as `write <node>` or `call <object> <method>` mean it. Raises RejectedError."""
    body, proof = request.body, None
    if isinstance(body, Mapping) and "proof" in body:
        table = dict(cast("Mapping[str, Any]", body))
        try:
            proof = msgspec.convert(table.pop("proof"), _Proof)
        except msgspec.ValidationError as error:
            raise RejectedError(f"The proof is not {{node, value}}: {error}", "proof") from error
        body = table.get("arguments") if table.keys() == {"arguments"} else table
        if table.keys() == {"value"}:
            body = table["value"]
    match _NODE.split(request.target):
        case ["write", node]:
            return Order(request.target, _node(node), None, [body], proof)
        case ["call", node, method]:
            if not isinstance(body, list | tuple | None):
                raise RejectedError(f"{request.target} needs a list of arguments.", "arguments")
            many = cast("Sequence[Any]", body or ())
            return Order(request.target, _node(node), _node(method), many, proof)
        case _:
            raise RejectedError(
                f"{request.target!r} is neither `write <node>`, `call <object> <method>` nor"
                " `job <receiver> <method>`.",
                "target-invalid",
            )


def _node(text: str) -> str:
    try:
        ua.NodeId.from_string(text)
    except (ua.UaError, ValueError) as error:
        raise RejectedError(f"{text!r} is no node id.", "node-invalid") from error
    return text


async def _type(node: Any) -> Any:
    """As it stands there; a variable without a good value says it in its data type."""
    held = await node.read_data_value(raise_on_bad_status=False)
    if held.Value is not None and held.Value.VariantType is not ua.VariantType.Null:
        return held.Value.VariantType
    return await node.read_data_type_as_variant_type()


_HIDDEN = object()


async def _stands(session: Session, order: Order) -> tuple[Any, Any]:
    proof = order.proof
    node = session.node(await session.resolved(proof.node if proof else order.node))
    read = await node.read_data_value(raise_on_bad_status=False)
    if status(read.StatusCode.value) in _UNREADABLE or read.Value is None:
        return _HIDDEN, None
    wanted = _fit(order, proof.value if proof else order.values[0], read.Value.VariantType)
    return plain(read.Value.Value), plain(_as_held(wanted, read.Value).Value)


def _as_held(wanted: Any, held: Any) -> Any:
    """A Float holds what fits into 32 bits: compared as the server holds it."""
    if held.VariantType is not ua.VariantType.Float:
        return wanted
    packed = ua.ua_binary.variant_to_binary(ua.Variant(wanted.Value, ua.VariantType.Float))
    return ua.ua_binary.variant_from_binary(ua.utils.Buffer(packed))


def _fit(order: Order, value: Any, known: Any) -> Any:
    try:
        return variant(value, known)
    except Unfit as error:
        raise RejectedError(f"{order.target} cannot be sent: {error}.", "value-invalid") from error
