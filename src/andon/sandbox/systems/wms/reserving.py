"""What a host asks to be reserved, of components and of goods alike."""

__all__ = ["Line", "lines_asked"]

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of one item."""

    item: str
    quantity: Decimal


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lines: tuple[Line, ...]


def lines_asked(body: bytes, nothing: str) -> Sequence[Line] | web.Response:
    """The lines, or the refusal: 400 for what does not read, 422 and `nothing` for lines that ask
    for nothing."""
    try:
        asked = msgspec.json.decode(body, type=_Asked, strict=False)
    except msgspec.MsgspecError as error:
        return json_answer({"error": str(error)}, status=400)
    if not asked.lines or any(line.quantity <= 0 for line in asked.lines):
        return json_answer({"error": nothing}, status=422)
    return asked.lines
