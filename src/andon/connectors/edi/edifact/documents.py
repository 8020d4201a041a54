"""The EDIFACT messages this connector knows, and what their segments must hold."""

__all__ = ["DOCUMENTS", "SEGMENTS"]

from collections.abc import Mapping

from andon.connectors.edi.grammar import Grammar, grammar

_V = "D:96A:UN"
_NAD = "NAD(LOC RFF CTA)"
_LINES = f"LIN(PRI RFF LOC {_NAD} TDT ALC PAC PCI QVR)"

DOCUMENTS: Mapping[str, Grammar] = {
    "ORDERS": grammar(
        f"RFF {_NAD} CUX TDT(LOC) TOD {_LINES}",
        homes="UNS CNT",
        needs="BGM DTM",
        counts="LIN",
        version=_V,
    ),
    "ORDRSP": grammar(
        f"RFF AJT {_NAD} CUX TDT(LOC) TOD {_LINES}",
        homes="UNS CNT",
        needs="BGM",
        counts="LIN",
        version=_V,
    ),
    "DESADV": grammar(
        f"RFF {_NAD} TOD TDT(LOC) EQD CPS(PAC(PCI) {_LINES})",
        homes="CNT",
        needs="BGM",
        hierarchy="CPS",
        counts="LIN",
        version=_V,
    ),
    "RECADV": grammar(
        f"RFF {_NAD} TDT(LOC) CPS(PAC(PCI) {_LINES})",
        homes="CNT",
        needs="BGM",
        hierarchy="CPS",
        counts="LIN",
        version=_V,
    ),
    "INVRPT": grammar(
        f"RFF {_NAD} LIN(QTY INV RFF LOC {_NAD})",
        homes="UNS CNT",
        needs="BGM",
        counts="LIN",
        version=_V,
    ),
    "DELFOR": grammar(
        f"RFF {_NAD} GIS LIN(RFF LOC QTY SCC(QTY) {_NAD})",
        homes="UNS CNT",
        needs="BGM",
        counts="LIN",
        version=_V,
    ),
    "IFTSTA": grammar(
        "NAD(CTA) RFF CNI(LOC STS(RFF NAD TDT EQD GID))", homes="CNT", needs="BGM", version=_V
    ),
    "APERAK": grammar(f"DOC RFF {_NAD} ERC(RFF)", needs="BGM", version=_V),
    "CONTRL": grammar("UCM(UCS)", needs="UCI", version="3:1:UN"),
}

SEGMENTS: Mapping[str, str] = {
    "BGM": "O:1-3 O:1-35",
    "DTM": "M:1-3",
    "NAD": "M:1-3",
    "LIN": "O:1-6",
    "QTY": "M:1-3",
    "CPS": "M:1-12 O:1-12",
    "RFF": "M:1-3",
    "CNT": "M:1-3",
    "PCI": "O:1-3",
    "STS": "O:1-3",
    "CNI": "O:N",
    "ERC": "M:1-8",
    "UCI": "M:1-14 M:1-35 M:1-35 M:1-3",
    "UCM": "M:1-14 M:1-6 M:1-3",
    "UCS": "M:N",
    "UCD": "M:1-3 M:N",
}
"""Elements in order, by their first component, as for X12. QTY's amount is seen by the mapping."""
