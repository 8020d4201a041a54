"""Stock categories of the WMS: a lot that is not free is taken off no shelf."""

__all__ = ["Category", "Lock", "Locks"]

from typing import Literal

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer

Category = Literal["Q", "R", "S"]


class Lock(msgspec.Struct, kw_only=True):
    """A lot that nobody may take: Q in quality, R to be reworked, S to be scrapped."""

    lot: str
    category: Category
    reason: str


class _Asked(msgspec.Struct, forbid_unknown_fields=True):
    category: Category
    reason: str


class Locks:
    """By lot. One to be reworked or scrapped must have been in quality before."""

    def __init__(self) -> None:
        self.all: dict[str, Lock] = {}

    def put(self, lot: str, body: bytes) -> tuple[web.Response, bool]:
        """`PUT /locks/LOT`; the answer, and whether the lot was free."""
        try:
            asked = msgspec.json.decode(body, type=_Asked)
            new = self.set(lot, asked.category, asked.reason)
        except msgspec.MsgspecError as error:
            return json_answer({"error": str(error)}, status=400), False
        except ValueError as error:
            return json_answer({"error": str(error)}, status=409), False
        return json_answer(self.all[lot], status=201 if new else 200), new

    def set(self, lot: str, category: Category, reason: str) -> bool:
        """Whether it was free until now. Raises ValueError where it must not be and is."""
        new = lot not in self.all
        if new and category != "Q":
            raise ValueError(f"lot {lot} is free stock: it must be in quality first")
        self.all[lot] = Lock(lot=lot, category=category, reason=reason)
        return new

    def found(self, lot: str, category: str | None) -> web.Response:
        """`GET /locks/LOT?category=`."""
        lock = self.all.get(lot)
        if lock is None or category not in (None, lock.category):
            return json_answer({"error": f"no lock on lot {lot}"}, status=404)
        return json_answer(lock)
