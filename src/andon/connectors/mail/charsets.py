"""Bytes of mails as text: any charset there is, none that is a trap, and never an error."""

__all__ = ["decoded"]

import codecs

_TRAPS = {"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
"""Codecs of Python that no mail means: they are slow on purpose-made input, or no charset."""


def decoded(raw: bytes, charset: str) -> tuple[str, str]:
    """The text, and what is wrong with its charset if anything is."""
    name = charset.strip().strip('"').lower()
    try:
        codec = codecs.lookup(name or "utf-8")
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


def _guessed(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
