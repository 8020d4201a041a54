"""What a service says about itself: its entity sets, their fields and keys, and its functions."""

__all__ = ["Described", "EntityType", "Function", "Navigation", "Property", "described"]

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from andon.connectors._xml import Element, attribute, below, local, said, tree_of
from andon.core.errors import Fault, MappingError


class Property(msgspec.Struct, frozen=True):
    """One field."""

    name: str
    type: str
    """`Edm.String`, `Edm.Decimal` ..."""
    max_length: int | None = None
    shows: str = ""
    """SAP's hint how to show it: `Date` for a moment of which only the day counts."""


class Navigation(msgspec.Struct, frozen=True):
    """A way from one entity to others."""

    name: str
    target: str
    """Full name of the type at its end."""
    many: bool
    joins: Sequence[tuple[str, str]] = ()
    """Own field and the field at the end that hold the same, where the service says so."""


class EntityType(msgspec.Struct, frozen=True):
    """Keys, fields and ways of the rows of a set."""

    name: str
    """With its namespace."""
    keys: Sequence[str]
    properties: Mapping[str, Property]
    navigations: Mapping[str, Navigation]


class Function(msgspec.Struct, frozen=True):
    """A function import, or an action of OData 4."""

    name: str
    method: str
    parameters: Mapping[str, str]
    """Name -> type."""
    acts_on: str | None = None
    """Full name of the type it changes."""


class Described(msgspec.Struct, frozen=True):
    """One service."""

    namespace: str
    types: Mapping[str, EntityType]
    """By full name."""
    sets: Mapping[str, EntityType]
    """By the set's name."""
    functions: Mapping[str, Function]

    def set_of(self, type_name: str) -> str | None:
        """The set that holds rows of a type."""
        return next((name for name, kind in self.sets.items() if kind.name == type_name), None)


def described(document: bytes) -> Described:
    """Reads `$metadata`, of OData 2 or 4. Raises MappingError with the place of the mistake.

    A document type is refused, so no entity is ever looked at.
    """
    root = tree_of(document, "$metadata")
    schemas = list(below(root, "Schema"))
    if not schemas:
        raise MappingError("$metadata has no Schema", [Fault("", f"is <{local(root)}>")])
    return _Reader(schemas).read()


class _Reader:
    """Gathers what stands in several schemas and refers to each other."""

    def __init__(self, schemas: Sequence[Element]) -> None:
        self._schemas = schemas
        self._aliases = {
            alias: said(schema, "Namespace")
            for schema in schemas
            if (alias := schema.get("Alias")) is not None
        }
        self._raw = {
            f"{said(schema, 'Namespace')}.{said(node, 'Name')}": node
            for schema in schemas
            for node in below(schema, "EntityType")
        }
        self._associations = {
            f"{said(schema, 'Namespace')}.{said(node, 'Name')}": node
            for schema in schemas
            for node in below(schema, "Association")
        }

    def read(self) -> Described:
        types = {name: self._type(name, node) for name, node in self._raw.items()}
        sets: dict[str, EntityType] = {}
        for node in self._all("EntitySet"):
            kind = types.get(self._full(said(node, "EntityType")))
            if kind is None:
                raise MappingError(
                    f"$metadata: the set {said(node, 'Name')} has an unknown type",
                    [Fault(f"line {node.sourceline}", said(node, "EntityType"))],
                )
            sets[said(node, "Name")] = kind
        functions = {
            function.name: function
            for node in (*self._all("FunctionImport"), *self._all("Action"))
            if (function := self._function(node)) is not None
        }
        namespace = said(self._schemas[-1], "Namespace")
        return Described(namespace=namespace, types=types, sets=sets, functions=functions)

    def _all(self, name: str) -> Iterator[Element]:
        for schema in self._schemas:
            yield from below(schema, name)

    def _full(self, name: str) -> str:
        space, _, last = name.rpartition(".")
        return f"{self._aliases.get(space, space)}.{last}"

    def _type(self, name: str, node: Element) -> EntityType:
        properties: dict[str, Property] = {}
        navigations: dict[str, Navigation] = {}
        keys: list[str] = []
        for one in self._lineage(name, node):
            for found in below(one, "Property"):
                length = found.get("MaxLength") or ""
                properties[said(found, "Name")] = Property(
                    said(found, "Name"),
                    found.get("Type") or "Edm.String",
                    int(length) if length.isdigit() else None,
                    attribute(found, "display-format") or "",
                )
            for found in below(one, "NavigationProperty"):
                way = self._navigation(found)
                navigations[way.name] = way
            for key in below(one, "Key"):
                keys += [said(ref, "Name") for ref in below(key, "PropertyRef")]
        return EntityType(name, tuple(keys), properties, navigations)

    def _lineage(self, name: str, node: Element) -> list[Element]:
        """The type after those it is derived from; a circle ends where it began."""
        line = [node]
        seen = {name}
        while (parent := line[0].get("BaseType")) is not None:
            full = self._full(parent)
            if full in seen or full not in self._raw:
                break
            seen.add(full)
            line.insert(0, self._raw[full])
        return line

    def _navigation(self, node: Element) -> Navigation:
        name = said(node, "Name")
        target = node.get("Type")
        if target is not None:
            many = target.startswith("Collection(")
            inner = target.removeprefix("Collection(").removesuffix(")")
            joins = tuple(
                (said(rule, "ReferencedProperty"), said(rule, "Property"))
                for rule in below(node, "ReferentialConstraint")
            )
            return Navigation(name, self._full(inner), many, joins)
        association = self._associations.get(self._full(node.get("Relationship") or ""))
        role = node.get("ToRole")
        if association is not None:
            for end in below(association, "End"):
                if end.get("Role") == role:
                    many = end.get("Multiplicity") == "*"
                    joins = _joins(association, node.get("FromRole") or "")
                    return Navigation(name, self._full(said(end, "Type")), many, joins)
        raise MappingError(
            f"$metadata: nothing says where {name} leads",
            [Fault(f"line {node.sourceline}", node.get("Relationship") or "")],
        )

    def _function(self, node: Element) -> Function | None:
        if local(node) == "FunctionImport" and node.get("Function") is not None:
            return None  # OData 4: a question, which changes nothing
        parameters = {said(one, "Name"): one.get("Type") or "" for one in below(node, "Parameter")}
        acts_on = attribute(node, "action-for")
        if node.get("IsBound") == "true" and parameters:
            acts_on = parameters.pop(next(iter(parameters)))
        return Function(
            name=said(node, "Name"),
            method=attribute(node, "HttpMethod") or "POST",
            parameters=parameters,
            acts_on=None if acts_on is None else self._full(acts_on),
        )


def _joins(association: Element, own: str) -> tuple[tuple[str, str], ...]:
    sides: dict[str, list[str]] = {}
    for rule in below(association, "ReferentialConstraint"):
        for side in (*below(rule, "Principal"), *below(rule, "Dependent")):
            role = side.get("Role") or ""
            sides[role] = [said(ref, "Name") for ref in below(side, "PropertyRef")]
    here = sides.pop(own, [])
    there = next(iter(sides.values()), list[str]())
    return tuple(zip(here, there, strict=False))
