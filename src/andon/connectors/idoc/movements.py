"""Goods movements in the two ways SAP has for them: MBGMCR, and the older WMMBXY."""

__all__ = ["Movement", "Where", "movement", "place_of"]

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal, TypedDict, cast

import msgspec

from andon.connectors.idoc.settings import IdocSettings
from andon.connectors.idoc.writing import TODAY
from andon.core.connector import Request
from andon.core.mapping import Known

Code = Literal["02", "03", "04", "05"]
"""Receipt for an order, issue, transfer, other receipt."""
_TRANSACTIONS: dict[Code, str] = {"02": "MB31", "03": "MB1A", "04": "MB1B", "05": "MB1C"}
"""The transaction by which a person would post it; WMMBXY names it instead of the code."""


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a material document. What is empty is not said."""

    kind: str
    """Movement type: 101, 201, 261 ..."""
    material: str
    batch: str
    plant: str
    store: str
    """Storage location."""
    amount: Decimal
    unit: str
    order: str = ""
    cost_center: str = ""
    to: str = ""
    """Storage location to which it goes."""
    for_order: Literal["F", ""] = ""
    """F: a receipt for the order."""


class Where(TypedDict):
    """A place of the plant's."""

    plant: str
    store: str


def movement(code: Code, lines: Sequence[Movement], known: Known) -> Request:
    """One document: all lines are posted, or none."""
    match cast("IdocSettings", known.settings).movements:
        case "MBGMCR":
            return _mbgmcr(code, lines)
        case "WMMBXY":
            return _wmmbxy(code, lines)


def place_of(known: Known) -> Where:
    """Plant and storage location of the settings."""
    settings = cast("IdocSettings", known.settings)
    return {"plant": settings.plant, "store": settings.storage_location}


def _mbgmcr(code: Code, lines: Sequence[Movement]) -> Request:
    inside = {
        "E1BP2017_GM_HEAD_01": [{"PSTNG_DATE": TODAY, "DOC_DATE": TODAY}],
        "E1BP2017_GM_CODE": [{"GM_CODE": code}],
        "E1BP2017_GM_ITEM_CREATE": [
            _said(
                MATERIAL=one.material,
                PLANT=one.plant,
                STGE_LOC=one.store,
                BATCH=one.batch,
                MOVE_TYPE=one.kind,
                ENTRY_QNT=one.amount,
                ENTRY_UOM=one.unit,
                ORDERID=one.order,
                COSTCENTER=one.cost_center,
                MOVE_STLOC=one.to,
                MVT_IND=one.for_order,
            )
            for one in lines
        ],
    }
    body = {"EDI_DC40": {"MESTYP": "MBGMCR"}, "E1MBGMCR": [inside]}
    return Request(target="MBGMCR03", body=body)


def _wmmbxy(code: Code, lines: Sequence[Movement]) -> Request:
    header = {
        "BLDAT": TODAY,
        "BUDAT": TODAY,
        "TCODE": _TRANSACTIONS[code],
        "E1MBXYI": [
            _said(
                BWART=one.kind,
                MATNR=one.material,
                WERKS=one.plant,
                LGORT=one.store,
                CHARG=one.batch,
                ERFMG=one.amount,
                ERFME=one.unit,
                AUFNR=one.order,
                KOSTL=one.cost_center,
                UMLGO=one.to,
                KZBEW=one.for_order,
            )
            for one in lines
        ],
    }
    return Request(target="WMMBID02", body={"EDI_DC40": {"MESTYP": "WMMBXY"}, "E1MBXYH": [header]})


def _said(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value != ""}
