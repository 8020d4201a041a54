"""Contracts: a message that breaks its type is refused, with every fault and its place.

Unknown fields of an event are ignored, so a newer speaker may say more within one major version.
Unknown fields of a command are refused: acting on half of what was asked is worse than not acting.
"""

__all__ = ["Contracts"]

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any

import msgspec

from andon.core.errors import Fault, InvalidError, SettingsError
from andon.core.faults import UNREADABLE, decode_faults, raw_faults, schema_of
from andon.core.message import Message
from andon.governance.bounds import bound_of

_NAME = re.compile(r"andon(\.[a-z][a-z0-9-]*){2,3}\.v[1-9][0-9]*|[a-z][a-z0-9.-]*\.v[1-9][0-9]*")
_UNWRITABLE = (TypeError, ValueError, ArithmeticError, RecursionError)


class _Contract:
    """One message class, made ready: nothing is built while messages flow."""

    __slots__ = ("bound", "decode", "shape")

    def __init__(self, shape: type[Message]) -> None:
        self.shape = shape
        self.decode: Callable[[bytes], Message] = msgspec.json.Decoder(shape).decode
        self.bound = bound_of(shape)

    def read(self, raw: bytes) -> Message:
        try:
            message = self.decode(raw)
        except UNREADABLE as error:
            raise self._refusal(decode_faults(raw, self.shape, error)) from error
        if self.bound is not None and not self.bound(message):
            beyond = ValueError("an amount or a time is out of bounds")
            raise self._refusal(decode_faults(raw, self.shape, beyond))
        # The quick test also meets a harmless text that spells out the escape.
        if b"\\u0000" in raw and (faults := raw_faults(raw, self.shape)):
            raise self._refusal(faults)
        return message

    def _refusal(self, faults: Sequence[Fault]) -> InvalidError:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        return InvalidError(
            f"{self.shape.TYPE} cannot be recorded: {count}. Correct the places named and send it "
            "again; nothing was changed.",
            faults,
        )


class Contracts:
    """The message classes of this plant by their contract names; safe to share between tasks."""

    def __init__(self, shapes: Iterable[type[Message]]) -> None:
        shapes = tuple(shapes)
        if faults := _mistakes(shapes):
            raise SettingsError("The vocabulary cannot be used. Correct the classes named.", faults)
        self._by_type = {shape.TYPE: _Contract(shape) for shape in shapes}
        self._encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode

    @property
    def shapes(self) -> tuple[type[Message], ...]:
        """Every class, in the order given."""
        return tuple(contract.shape for contract in self._by_type.values())

    def shape(self, type_name: str) -> type[Message]:
        """The class of a contract name; InvalidError for an unknown name or major version."""
        return self._contract(type_name).shape

    def encode(self, message: Message) -> bytes:
        """The JSON of a message that keeps its contract; what it returns, `decode` accepts."""
        contract = self._contract(message.TYPE)
        if contract.shape is not type(message):
            raise InvalidError(
                f"{message.TYPE} is {contract.shape.__qualname__} here, and this is another class "
                f"{type(message).__qualname__}. Give one of them a name of its own."
            )
        try:
            raw = self._encode(message)
        except _UNWRITABLE as error:
            raise InvalidError(
                f"{message.TYPE} cannot be written as JSON: {error}. Correct its mapping.",
                (Fault("", str(error)),),
            ) from error
        contract.read(raw)
        return raw

    def decode(self, type_name: str, raw: bytes) -> Message:
        """The message; raises InvalidError with every fault, or naming the types that are known."""
        return self._contract(type_name).read(raw)

    def schema(self, type_name: str) -> dict[str, Any]:
        """The JSON Schema 2020-12 that accepts exactly what `decode` accepts, yours to change."""
        shape = self._contract(type_name).shape
        return {"$id": f"urn:{type_name.replace('.', ':')}", **deepcopy(schema_of(shape))}

    def digest(self, raw: bytes) -> bytes:
        """32 bytes, equal for equal JSON: key order, spaces, escapes, 1.0 and 1 make no difference.

        What is not JSON is digested as it is.
        """
        try:
            canonical = _CANONICAL.encode(_ANY.decode(raw))
        except (*UNREADABLE, *_UNWRITABLE):
            canonical = raw
        return hashlib.sha256(canonical).digest()

    def _contract(self, type_name: str) -> _Contract:
        contract = self._by_type.get(type_name)
        if contract is None:
            raise self._unknown(type_name)
        return contract

    def _unknown(self, type_name: str) -> InvalidError:
        family = type_name.rpartition(".v")[0]
        versions = [name for name in self._by_type if family and name.rpartition(".v")[0] == family]
        says = "unknown major version" if versions else "unknown type"
        known = ", ".join(sorted(versions or self._by_type)) or "none"
        return InvalidError(
            f"{type_name[:200]!r} cannot be read: {says}. Known: {known}. "
            "Use one of these, or add the class to the vocabulary.",
            (Fault("/type", says),),
        )


def _mistakes(shapes: Sequence[type[Message]]) -> tuple[Fault, ...]:
    faults: list[Fault] = []
    taken: dict[str, str] = {}
    for shape in shapes:
        where = f"{shape.__module__}.{shape.__qualname__}"
        missing = [name for name in ("TYPE", "KIND", "KEY") if not hasattr(shape, name)]
        faults += [Fault(where, f"says no {name}") for name in missing]
        if missing:
            continue
        if not _NAME.fullmatch(shape.TYPE):
            faults.append(
                Fault(where, f"{shape.TYPE} does not read as <domain>.<object>.<word>.v1")
            )
        if shape.KEY not in shape.__struct_fields__:
            faults.append(Fault(where, f"has no field {shape.KEY} to be its key"))
        if other := taken.get(shape.TYPE):
            faults.append(Fault(where, f"{shape.TYPE} is already {other}"))
        taken[shape.TYPE] = where
    return tuple(faults)


_EXACT = Context(prec=1_000_000, Emax=MAX_EMAX, Emin=MIN_EMIN)


def _number(text: str) -> int | Decimal:
    number = Decimal(text).normalize(_EXACT)
    if number.as_tuple().exponent >= 0 and number.adjusted() < 4300:  # type: ignore[operator]
        return int(number)
    return number


_ANY: Any = msgspec.json.Decoder(Any, float_hook=_number)
_CANONICAL: Any = msgspec.json.Encoder(order="sorted", decimal_format="number")
