"""Every parser of what others send, under atheris: no crash, no hang, no growth.

``python -m fuzz [CONNECTOR ...] --seconds 300``; a connector's parsers stand in ``fuzz/parsers``.
"""

__all__ = ["Parser"]

from collections.abc import Callable, Iterable

import msgspec


class Parser(msgspec.Struct, frozen=True):
    """One function that reads bytes of another system: it returns, or raises an AndonError."""

    name: str
    parse: Callable[[bytes], object]
    seeds: Iterable[bytes] = ()
    """Documents to begin from; the real ones are found by nobody's luck."""
