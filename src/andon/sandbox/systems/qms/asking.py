"""What programs send to the QMS: JSON of an exact shape about one lot."""

__all__ = ["AboutLot", "Referred", "asked", "found"]

from collections.abc import Iterable
from typing import Protocol, TypeVar

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer


class AboutLot(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Parent of all that is asked; `reference` is the host's word, kept and not looked at."""

    lot: str
    reference: str = ""


_Asked = TypeVar("_Asked", bound=AboutLot)


def asked(body: bytes, shape: type[_Asked]) -> _Asked | web.Response:
    """What somebody outside wants, or what is wrong with it."""
    try:
        wanted = msgspec.json.decode(body, type=shape)
    except msgspec.MsgspecError as error:
        return json_answer({"error": "invalid_request", "detail": str(error)}, status=400)
    if not wanted.lot:
        return json_answer({"error": "invalid_request", "detail": "no lot"}, status=422)
    return wanted


class Referred(Protocol):
    """What keeps the host's word for having asked for it."""

    @property
    def reference(self) -> str:
        """That word."""
        ...


def found(name: str, rows: Iterable[Referred], reference: str | None) -> web.Response:
    """Those of this reference, or all without one."""
    return json_answer({name: [one for one in rows if reference in (None, one.reference)]})
