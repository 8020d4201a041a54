"""Segments of the basic types that are written here: which may stand where, and which must.

Names as SAP gives them. A type that is not here is taken as it comes, and so are segments of
customers, whose names begin with Z.
"""

__all__ = ["BASIC_TYPES", "Place", "misplaced"]

from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from andon.core.errors import Fault


class Place(msgspec.Struct, frozen=True):
    """Where one segment may stand."""

    least: int = 0
    most: int = 99_999
    inside: "Mapping[str, Place]" = {}
    needs: tuple[str, ...] = ()
    """Fields without which SAP cannot post it."""


_GM_ITEM = Place(
    least=1,
    needs=("ENTRY_QNT", "MOVE_TYPE"),
    inside={"E1BP2017_GM_ITEM_CREATE1": Place(most=1)},
)
_GOODS_MOVEMENT = {
    "E1MBGMCR": Place(
        least=1,
        most=1,
        inside={
            "E1BP2017_GM_HEAD_01": Place(least=1, most=1, needs=("PSTNG_DATE",)),
            "E1BP2017_GM_CODE": Place(least=1, most=1, needs=("GM_CODE",)),
            "E1BP2017_GM_ITEM_CREATE": _GM_ITEM,
            "E1BP2017_GM_SERIALNUMBER": Place(),
            "E1BPPAREX": Place(),
        },
    )
}
_ORDER = {
    "E1AFKOL": Place(
        least=1,
        needs=("AUFNR",),
        inside={
            "E1JSTKL": Place(),
            "E1AFPOL": Place(inside={"E1JSTUL": Place()}),
            "E1AFFLL": Place(
                inside={
                    "E1AFVOL": Place(
                        inside={
                            "E1JSTVL": Place(),
                            "E1AFUVL": Place(),
                            "E1RESBL": Place(inside={"E1JSTRL": Place()}),
                        }
                    )
                }
            ),
        },
    )
}
_CONFIRMATION = {"E1CONF3": Place(least=1, needs=("AUFNR", "VORNR"), inside={"E1CONF4": Place()})}
_TRANSFER = {
    "E1MBXYH": Place(
        least=1, most=1, needs=("TCODE",), inside={"E1MBXYI": Place(least=1, needs=("BWART",))}
    )
}
_AUDIT = {
    "E1ADHDR": Place(
        least=1,
        most=1,
        inside={
            "E1STATE": Place(
                least=1, most=500, needs=("DOCNUM", "STATUS"), inside={"E1PRTOB": Place(most=1)}
            )
        },
    )
}
_STATUS = {"E1STATS": Place(least=1, needs=("DOCNUM", "STATUS"))}

BASIC_TYPES: Mapping[str, Mapping[str, Place]] = {
    "ALEAUD01": _AUDIT,
    "CONF32": _CONFIRMATION,
    "LOIPRO01": _ORDER,
    "MBGMCR03": _GOODS_MOVEMENT,
    "SYSTAT01": _STATUS,
    "WMMBID01": _TRANSFER,
    "WMMBID02": _TRANSFER,
}
"""By the name of the basic type."""


def misplaced(idoctyp: str, body: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything that does not fit the basic type; nothing for one that is not known here."""
    known = BASIC_TYPES.get(idoctyp)
    if known is None:
        return
    yield from _wrong(known, {k: v for k, v in body.items() if k != "EDI_DC40"}, "")


def _wrong(known: Mapping[str, Place], body: Mapping[str, Any], at: str) -> Iterator[Fault]:
    for name, part in body.items():
        if not isinstance(part, list | tuple):
            continue
        if name not in known and name.startswith("Z"):
            continue
        if name not in known:
            there = ", ".join(known) or "nothing"
            yield Fault(f"{at}/{name}", f"stands where only {there} may stand")
            continue
        for number, one in enumerate(cast("list[Any]", part)):
            place = f"{at}/{name}/{number}"
            if not isinstance(one, Mapping):
                continue  # whoever writes it says so
            fields = cast("Mapping[str, Any]", one)
            for field in known[name].needs:
                if fields.get(field) in (None, ""):
                    yield Fault(f"{place}/{field}", "is missing")
            yield from _wrong(known[name].inside, fields, place)
    for name, place in known.items():
        given = body.get(name, ())
        count = len(cast("list[Any]", given)) if isinstance(given, list | tuple) else 0
        if not place.least <= count <= place.most:
            says = f"stands {count} times, not {place.least} to {place.most}"
            yield Fault(f"{at}/{name}", says)
