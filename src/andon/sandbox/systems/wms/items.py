"""The item master of the WMS: how each revision is stored, and from which day on."""

__all__ = ["Items", "Version"]

from collections.abc import Callable
from datetime import date, datetime

import msgspec
from aiohttp import web

from andon.sandbox.system import json_answer

UNIT = "PCE"
"""All that lies in its bins is counted in pieces."""
_FIRST = date(2020, 1, 1)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A revision as the host gave it; `reference` is the host's word, kept and not looked at."""

    item: str
    revision: str
    valid_from: date
    unit: str = UNIT
    shelf_life_days: int | None = None
    reference: str = ""


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    item: str
    revision: str
    valid_from: date
    unit: str
    shelf_life_days: int | None = None
    reference: str = ""


class Items:
    """It adds what it is given: asked twice under one reference it has two versions."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.cases = {"HOUSING": 24, "PUMP": 6, "SEAL": 500}
        """How many pieces of an item make a case: the warehouse's own to say."""
        self.versions: list[Version] = [
            Version(item="HOUSING", revision="01", valid_from=_FIRST),
            Version(item="PUMP", revision="01", valid_from=_FIRST),
            Version(item="SEAL", revision="01", valid_from=_FIRST, shelf_life_days=1825),
        ]
        self._now = now

    def add(self, body: bytes) -> web.Response:
        """`POST /item-versions`."""
        try:
            asked = msgspec.json.decode(body, type=_Asked)
        except msgspec.MsgspecError as error:
            return json_answer({"error": str(error)}, status=400)
        if asked.item not in self.cases:
            return json_answer({"error": f"item {asked.item} is not stored here"}, status=422)
        if asked.unit != UNIT:
            return json_answer({"error": f"bins count in {UNIT}, not {asked.unit}"}, status=422)
        self.versions.append(Version(**msgspec.structs.asdict(asked)))
        return json_answer({"version": f"V{len(self.versions)}"}, status=201)

    def found(self, reference: str | None) -> web.Response:
        """`GET /item-versions?reference=`."""
        rows = [
            {"version": f"V{n}"}
            for n, one in enumerate(self.versions, start=1)
            if one.reference == reference
        ]
        return json_answer({"versions": rows})

    def effective(self, item: str) -> Version:
        """What counts today."""
        today = self._now().date()
        counting = [one for one in self.versions if one.item == item and one.valid_from <= today]
        return max(counting, key=lambda one: one.valid_from)

    def listed(self) -> web.Response:
        """`GET /items`: each item as it is stored today."""
        rows = [
            {
                "item": item,
                "pieces_per_case": pieces,
                "revision": (counts := self.effective(item)).revision,
                "shelf_life_days": counts.shelf_life_days,
            }
            for item, pieces in self.cases.items()
        ]
        return json_answer({"items": rows})
