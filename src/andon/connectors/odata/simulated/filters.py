"""`$filter` and `$orderby`: the part of them that a gateway's own services answer."""

__all__ = ["Condition", "condition", "ordered", "place_of"]

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from andon.connectors.odata.metadata import EntityType
from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.connectors.odata.values import instant_of

Condition = Callable[[Row], bool]
Operand = Callable[[Row], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<typed>datetimeoffset|datetime|guid)?'(?P<text>(?:[^']|'')*)'"
    r"|(?P<moment>\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?)|(?P<number>-?\d+(?:\.\d+)?)[mMdDfFlL]?"
    r"|(?P<name>[A-Za-z_][\w/]*)|(?P<mark>[(),]))"
)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a is not None and b is not None and a > b,
    "ge": lambda a, b: a is not None and b is not None and a >= b,
    "lt": lambda a, b: a is not None and b is not None and a < b,
    "le": lambda a, b: a is not None and b is not None and a <= b,
}
_ASK: Mapping[str, Callable[[Any, Any], bool]] = {
    "substringof": lambda part, whole: part in (whole or ""),
    "contains": lambda whole, part: part in (whole or ""),
    "startswith": lambda whole, part: (whole or "").startswith(part),
    "endswith": lambda whole, part: (whole or "").endswith(part),
}


def condition(text: str, kind: EntityType) -> Condition:
    """Reads a filter; what it does not know it refuses, as a gateway does."""
    if not text.strip():
        return lambda _: True
    reader = _Reader(text, kind)
    found = reader.either()
    reader.end()
    return found


def ordered(rows: Iterable[Row], order: str, kind: EntityType) -> list[Row]:
    """Rows in the order asked for; nothing comes before something."""
    found = list(rows)
    for part in reversed([one for one in order.split(",") if one.strip()]):
        name, _, way = part.strip().partition(" ")
        if name not in kind.properties:
            raise _unknown(name, kind)
        found.sort(key=lambda row: place_of(row.get(name)), reverse=way.strip() == "desc")
    return found


def place_of(value: Any) -> tuple[bool, Any]:
    """Where a value stands among those of its field."""
    return (value is not None, "" if value is None else value)


class _Reader:
    """Recursive descent over the tokens of one filter."""

    def __init__(self, text: str, kind: EntityType) -> None:
        self._kind = kind
        self._text = text
        self._tokens: list[re.Match[str]] = []
        at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._wrong(at)
            self._tokens.append(found)
            at = found.end()
        self._n = 0

    def end(self) -> None:
        """Nothing may be left."""
        if self._n < len(self._tokens):
            raise self._wrong(self._tokens[self._n].start())

    def either(self) -> Condition:
        """Alternatives."""
        found = [self._both()]
        while self._takes("or"):
            found.append(self._both())
        return found[0] if len(found) == 1 else lambda row: any(one(row) for one in found)

    def _both(self) -> Condition:
        found = [self._one()]
        while self._takes("and"):
            found.append(self._one())
        return found[0] if len(found) == 1 else lambda row: all(one(row) for one in found)

    def _one(self) -> Condition:
        if self._takes("not"):
            inner = self._one()
            return lambda row: not inner(row)
        if self._takes("("):
            inner = self.either()
            self._needs(")")
            return inner
        word = self._peek()
        if word in _ASK:
            return self._asked(word)
        return self._compared(self._operand())

    def _asked(self, name: str) -> Condition:
        self._n += 1
        self._needs("(")
        first = self._operand()
        self._needs(",")
        second = self._operand()
        self._needs(")")
        ask = _ASK[name]

        def found(row: Row) -> bool:
            return ask(first(row), second(row))

        if self._peek() in _COMPARE:
            return self._compared(found)
        return found

    def _compared(self, left: Operand) -> Condition:
        word = self._peek()
        compare = _COMPARE.get(word)
        if compare is None:
            raise self._wrong(self._at())
        self._n += 1
        right = self._operand()
        return lambda row: compare(left(row), right(row))

    def _operand(self) -> Operand:
        if self._n >= len(self._tokens):
            raise self._wrong(len(self._text))
        token = self._tokens[self._n]
        self._n += 1
        if (name := token["name"]) is not None:
            known = {"true": True, "false": False, "null": None}
            if name in known:
                return lambda _: known[name]
            if name not in self._kind.properties:
                raise _unknown(name, self._kind)
            return lambda row: row.get(name)
        if token["mark"] is not None:
            raise self._wrong(token.start())
        value = _literal(token)
        return lambda _: value

    def _peek(self) -> str:
        if self._n >= len(self._tokens):
            return ""
        token = self._tokens[self._n]
        return token["name"] or token["mark"] or ""

    def _takes(self, word: str) -> bool:
        if self._peek() == word:
            self._n += 1
            return True
        return False

    def _needs(self, word: str) -> None:
        if not self._takes(word):
            raise self._wrong(self._at())

    def _at(self) -> int:
        rest = self._tokens[self._n :]
        return rest[0].start() if rest else len(self._text)

    def _wrong(self, at: int) -> RefusedCallError:
        return RefusedCallError(
            "/IWCOR/CX_OD_FILTER", f"Invalid filter expression at position {at}: {self._text[:80]}"
        )


def _literal(token: re.Match[str]) -> str | Decimal | datetime | None:
    if token["number"] is not None:
        return Decimal(token["number"])
    if token["moment"] is not None:
        return instant_of(token["moment"])
    text = token["text"].replace("''", "'")
    return instant_of(text) if token["typed"] in ("datetime", "datetimeoffset") else text


def _unknown(name: str, kind: EntityType) -> RefusedCallError:
    last = kind.name.rpartition(".")[2]
    return RefusedCallError("/IWBEP/CM_MGW_RT/021", f"Property {name} not found in type '{last}'")
