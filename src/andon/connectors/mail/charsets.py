"""Bytes of mails as text: any charset there is, none that is a trap, and never an error."""

__all__ = ["decoded"]

import codecs
import encodings
import pkgutil
from encodings.aliases import aliases

_KNOWN = frozenset(
    (*aliases, *(module.name for module in pkgutil.iter_modules(encodings.__path__)))
)
"""Python remembers each name that it does not know for ever; a sender must not make it up."""
_TRAPS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
"""Codecs of Python that no mail means: they are slow on purpose-made input, or no charset."""


def decoded(raw: bytes, charset: str) -> tuple[str, str]:
    """The text, and what is wrong with its charset if anything is."""
    name = charset.strip().strip('"').lower()
    try:
        codec = codecs.lookup(name or "utf-8") if _is_known(name) else None
        text = bool(getattr(codec, "_is_text_encoding", True))
    except (LookupError, ValueError, UnicodeError):
        codec, text = None, False
    if codec is None or not text or codec.name.replace("_", "-") in _TRAPS:
        return _guessed(raw), f"the charset {charset[:40]!r} is not known"
    try:
        return raw.decode(codec.name), ""
    except (UnicodeError, ValueError):
        if codec.name == "ascii":
            return _guessed(raw), "there are signs beyond ASCII"
        return raw.decode(codec.name, "replace"), f"not all of it is {codec.name}"


def _is_known(name: str) -> bool:
    return not name or encodings.normalize_encoding(name) in _KNOWN


def _guessed(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
