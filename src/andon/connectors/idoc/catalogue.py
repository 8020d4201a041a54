"""Segments of the basic types that are written here: which may stand where, and which must.

Names as SAP gives them. A type that is not here is taken as it comes, and so are segments of
customers, whose names begin with Z. Lengths are checked where a type lists them.
"""

__all__ = ["BASIC_TYPES", "misplaced"]

from collections.abc import Iterator, Mapping
from typing import Any

from andon.connectors.idoc.place import Place, wrong
from andon.core.errors import Fault

_MANY = 99_999


def _unseen(most: Mapping[str, int]) -> dict[str, Place]:
    """Segments that may stand, with whatever stands inside them."""
    return {name: Place(most=count, inside=None) for name, count in most.items()}


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
_WAREHOUSE = {
    "E1MBXYH": Place(
        least=1,
        most=1,
        needs=("BUDAT", "TCODE"),
        lengths={"BLDAT": 8, "BUDAT": 8, "XBLNR": 16, "BKTXT": 25, "TCODE": 20},
        inside={
            "E1MBXYI": Place(
                least=1,
                needs=("BWART", "ERFMG"),
                lengths={
                    "BWART": 3, "MATNR": 18, "WERKS": 4, "LGORT": 4, "CHARG": 10, "ERFMG": 15,
                    "ERFME": 3, "AUFNR": 12, "KOSTL": 10, "KZBEW": 1, "UMWRK": 4, "UMLGO": 4,
                    "UMCHA": 10, "GRUND": 4, "SGTXT": 50,
                },
                inside={"E1MBXYJ": Place(inside=None)},
            )
        },
    )
}  # fmt: skip
_DELIVERY_ITEM = Place(
    needs=("POSNR", "MATNR", "LFIMG"),
    lengths={
        "POSNR": 6, "MATNR": 18, "ARKTX": 40, "WERKS": 4, "LGORT": 4, "CHARG": 10, "LFIMG": 15,
        "VRKME": 3, "LGMNG": 15, "MEINS": 3, "HIPOS": 6,
    },
    inside={
        "E1EDL19": Place(most=99, needs=("QUALF",), lengths={"QUALF": 3}),
        "E1EDL43": Place(most=99, needs=("QUALF",), lengths={"QUALF": 1, "BELNR": 35, "POSNR": 6}),
        **_unseen(
            {
                "E1EDL25": 1, "E1EDL26": 1, "E1EDL52": _MANY, "E1EDL53": _MANY, "E1EDD10": _MANY,
                "E1EDD14": 1, "E1EDL11": _MANY, "E1EDL15": _MANY, "E1EDL35": 1, "E1EDL41": 2,
                "E1TXTH9": 99, "E1EDL12": _MANY,
            }
        ),
    },
)  # fmt: skip
_DELIVERY = {
    "E1EDL20": Place(
        least=1,
        needs=("VBELN",),
        lengths={"VBELN": 10, "VSTEL": 4, "VKORG": 4, "LGNUM": 3, "ROUTE": 6, "LIFEX": 35},
        inside={
            "E1EDL18": Place(most=99, needs=("QUALF",), lengths={"QUALF": 3}),
            "E1ADRM1": Place(
                most=99, lengths={"PARTNER_Q": 3, "PARTNER_ID": 17, "NAME1": 40}, inside=None
            ),
            "E1EDT13": Place(
                most=99,
                needs=("QUALF",),
                lengths={"QUALF": 3, "NTANF": 8, "NTEND": 8, "ISDD": 8, "IEDD": 8},
            ),
            "E1EDL24": _DELIVERY_ITEM,
            **_unseen(
                {
                    "E1EDL22": 1, "E1EDL21": 1, "E1EDL51": _MANY, "E1EDD01": 1, "E1EDL55": 99,
                    "E1TXTH8": 99, "E1EDDH2": 99, "E1EDL33": 1, "E1EDL28": 1, "E1EDL47": 1,
                    "E1EDL37": _MANY, "E1EDL54": _MANY,
                }
            ),
        },
    )
}  # fmt: skip
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
    "DELVRY03": _DELIVERY,
    "LOIPRO01": _ORDER,
    "MBGMCR03": _GOODS_MOVEMENT,
    "SYSTAT01": _STATUS,
    "WMMBID01": _WAREHOUSE,
    "WMMBID02": _WAREHOUSE,
}
"""By the name of the basic type."""


def misplaced(idoctyp: str, body: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything that does not fit the basic type; nothing for one that is not known here."""
    known = BASIC_TYPES.get(idoctyp)
    if known is None:
        return
    yield from wrong(known, {k: v for k, v in body.items() if k != "EDI_DC40"})
