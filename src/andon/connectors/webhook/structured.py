"""As much of structured fields (RFC 9651) as signatures and digests need."""

__all__ = ["Item", "Member", "members"]

import binascii
import re
from base64 import b64decode
from collections.abc import Mapping

import msgspec

Bare = str | int | bytes | bool

_KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_INTEGER = re.compile(r"-?\d{1,15}(?![\d.])")
_BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
_BOOLEAN = re.compile(r"\?([01])")
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~:/\w]*")


class Item(msgspec.Struct, frozen=True):
    """One value and what is said about it."""

    value: Bare
    parameters: Mapping[str, Bare]


class Member(msgspec.Struct, frozen=True):
    """One member of a dictionary: an item, or a list of items in brackets."""

    items: tuple[Item, ...]
    parameters: Mapping[str, Bare]
    text: str
    """As it was written; that is what was signed."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[1] if pattern.groups else found[0]

    def sign(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False

    def spaces(self, signs: str = " ") -> None:
        while self.at < len(self.text) and self.text[self.at] in signs:
            self.at += 1

    @property
    def ended(self) -> bool:
        return self.at >= len(self.text)


def members(text: str) -> Mapping[str, Member]:
    """A dictionary, `sig1=("@method");created=1, ...`. Raises ValueError."""
    reader = _Reader(text.strip(" "))
    found: dict[str, Member] = {}
    while not reader.ended:
        key = reader.take(_KEY)
        if key is None:
            raise ValueError(f"no name at {reader.at}")
        found[key] = _member(reader) if reader.sign("=") else _flag(reader)
        reader.spaces(" \t")
        if reader.ended:
            break
        if not reader.sign(","):
            raise ValueError(f"no comma at {reader.at}")
        reader.spaces(" \t")
        if reader.ended:
            raise ValueError("ends with a comma")
    return found


def _flag(reader: _Reader) -> Member:
    began = reader.at
    parameters = _parameters(reader)
    return Member((Item(True, {}),), parameters, reader.text[began : reader.at])


def _member(reader: _Reader) -> Member:
    began = reader.at
    items: list[Item] = []
    if reader.sign("("):
        reader.spaces()
        while not reader.sign(")"):
            items.append(Item(_bare(reader), _parameters(reader)))
            before = reader.at
            reader.spaces()
            if reader.at == before and not reader.text.startswith(")", reader.at):
                raise ValueError(f"no space at {reader.at}")
    else:
        items.append(Item(_bare(reader), {}))
    parameters = _parameters(reader)
    return Member(tuple(items), parameters, reader.text[began : reader.at])


def _parameters(reader: _Reader) -> Mapping[str, Bare]:
    found: dict[str, Bare] = {}
    while reader.sign(";"):
        reader.spaces()
        key = reader.take(_KEY)
        if key is None:
            raise ValueError(f"no name of a parameter at {reader.at}")
        found[key] = _bare(reader) if reader.sign("=") else True
    return found


def _bare(reader: _Reader) -> Bare:
    if (text := reader.take(_STRING)) is not None:
        return re.sub(r"\\(.)", r"\1", text)
    if (text := reader.take(_BYTES)) is not None:
        try:
            return b64decode(text, validate=True)
        except binascii.Error:
            raise ValueError("no base64 between colons") from None
    if (text := reader.take(_BOOLEAN)) is not None:
        return text == "1"
    if (text := reader.take(_INTEGER)) is not None:
        return int(text)
    if (text := reader.take(_TOKEN)) is not None:
        return text
    raise ValueError(f"no value at {reader.at}")
