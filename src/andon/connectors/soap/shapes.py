"""What a WSDL says about its messages: which fields there are, of which kind, how often."""

__all__ = ["OPEN", "Leaf", "Member", "Shape", "Shapes", "near", "pointer_fault"]

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal

import msgspec
from lxml import etree
from zeep import xsd as _zeep_xsd
from zeep.xsd import elements as _zeep_elements
from zeep.xsd import types as _zeep_types

from andon.connectors._pointer import Pointer

_xsd: Any = _zeep_xsd
_elements: Any = _zeep_elements
_types: Any = _zeep_types

Leaf = Literal[
    "text", "boolean", "integer", "decimal", "float", "moment", "date", "time", "duration", "bytes",
    "list",
]  # fmt: skip

_LEAVES: tuple[tuple[Any, Leaf], ...] = (
    (_xsd.Boolean, "boolean"),
    (_xsd.Integer, "integer"),
    (_xsd.Decimal, "decimal"),
    (_xsd.Float, "float"),
    (_xsd.Double, "float"),
    (_xsd.DateTime, "moment"),
    (_xsd.Date, "date"),
    (_xsd.Time, "time"),
    (_xsd.Duration, "duration"),
    (_xsd.Base64Binary, "bytes"),
    (_types.ListType, "list"),
)
"""Integers are decimals to zeep, so they come first."""


class Member(msgspec.Struct, frozen=True):
    """One field of a message."""

    name: str
    type: Any
    """As zeep has it; its shape is asked for when it is needed, since types may hold themselves."""
    many: bool
    required: bool
    nillable: bool = False


class Shape(msgspec.Struct, frozen=True):
    """One type: a leaf, or fields and attributes."""

    leaf: Leaf | None = None
    members: Mapping[str, Member] = {}
    attributes: Mapping[str, Member] = {}
    text: Any = None
    """Type of the text between the tags, where there are attributes besides."""
    open: bool = False
    """Whether it may hold what the WSDL does not name."""

    @property
    def names(self) -> list[str]:
        """Everything it can hold."""
        own = ["_value_1"] if self.text is not None else []
        return [*self.members, *self.attributes, *own]


OPEN = Shape(open=True)
"""Anything."""


class Shapes:
    """Shapes of one WSDL, each made once."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._known: dict[int, tuple[Any, Shape]] = {}

    def of(self, type: Any) -> Shape:
        """The shape of a type as zeep has it."""
        known = self._known.get(id(type))
        if known is None:
            known = self._known[id(type)] = (type, _shape(type))
        return known[1]

    def named(self, prefixed: str, namespaces: Mapping[str | None, str]) -> Shape | None:
        """The shape of what an element says it is (`xsi:type`); None when nobody knows it."""
        prefix, _, name = prefixed.strip().rpartition(":")
        try:
            qname = etree.QName(namespaces.get(prefix or None), name)
            return self.of(self._schema.get_type(qname))
        except Exception:  # zeep raises many kinds for a name it does not know
            return None


def _shape(type: Any) -> Shape:
    if isinstance(type, _xsd.AnySimpleType):
        kinds: list[Leaf] = [leaf for kind, leaf in _LEAVES if isinstance(type, kind)]
        return Shape(leaf=kinds[0] if kinds else "text")
    if not isinstance(type, _xsd.ComplexType):
        return OPEN
    made: Any = type
    attributes = {
        name: Member(name, attribute.type, many=False, required=bool(attribute.required))
        for name, attribute in made.attributes
        if attribute.name is not None
    }
    nested = made.elements_nested
    if len(nested) == 1 and isinstance(nested[0][1], _xsd.Element):
        # Text with attributes: its own type stands where the fields would.
        return Shape(attributes=attributes, text=nested[0][1].type)
    members: dict[str, Member] = {}
    loose = any(attribute.name is None for _, attribute in made.attributes)
    for _, part in nested:
        for member in _members(part, many=False, required=True):
            if member is None:
                loose = True
            elif member.name in members:
                twice = members[member.name]
                members[member.name] = Member(
                    member.name, twice.type, many=True, required=False, nillable=True
                )
                loose = True
            else:
                members[member.name] = member
    return Shape(members=members, attributes=attributes, open=loose)


def _members(part: Any, *, many: bool, required: bool) -> Iterator[Member | None]:
    """Every element below; None for what nobody can name."""
    if isinstance(part, _elements.Any):
        yield None
        return
    if isinstance(part, _xsd.Element):
        yield Member(
            part.name,
            part.type,
            many=many or part.max_occurs not in (0, 1),
            required=required and part.min_occurs > 0 and part.default is None,
            nillable=bool(part.nillable),
        )
        return
    if part.max_occurs not in (0, 1):
        yield None  # a group that repeats is written as a list of its own
    inner = required and part.min_occurs > 0 and not isinstance(part, _elements.Choice)
    for one in part:
        yield from _members(one, many=many or part.max_occurs not in (0, 1), required=inner)


def pointer_fault(shapes: Shapes, shape: Shape, pointer: Pointer) -> str | None:
    """Why nothing can ever stand at this place; None when something can."""
    many = False
    for part in pointer:
        if many and part.isdecimal():
            many = False
            continue
        if many:
            return f"{part!r} stands inside a list; say which one, or end the pointer at the list"
        member = shape.members.get(part) or shape.attributes.get(part)
        if member is None:
            if shape.open or (part == "_value_1" and shape.text is not None):
                return None
            return f"{part!r} is not there{near(part, shape.names)}"
        shape, many = shapes.of(member.type), member.many
    return None


def near(name: str, names: list[str]) -> str:
    """What may have been meant."""
    close = get_close_matches(name, names, n=3, cutoff=0.5)
    if close:
        return f"; near it: {', '.join(close)}"
    return f"; there are: {', '.join(sorted(names)[:20])}" if names else "; nothing is"
