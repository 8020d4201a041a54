"""The X12 documents this connector knows, and what their segments must hold."""

__all__ = ["DOCUMENTS", "SEGMENTS"]

from collections.abc import Mapping

from andon.connectors.edi.grammar import Grammar, grammar

_V = "004010"

DOCUMENTS: Mapping[str, Grammar] = {
    "850": grammar(
        "N1 PO1(N1 SLN)", homes="CTT", needs="BEG PO1", counts="PO1", group="PO", version=_V
    ),
    "855": grammar(
        "N1 PO1(ACK N1)", homes="CTT", needs="BAK", counts="PO1", group="PR", version=_V
    ),
    "856": grammar(
        "HL(N1)", homes="CTT", hierarchy="HL", needs="BSN", counts="HL", group="SH", version=_V
    ),
    "860": grammar("N1 POC(N1)", homes="CTT", needs="BCH", counts="POC", group="PC", version=_V),
    "861": grammar("N1 RCD(N1)", homes="CTT", needs="BRA", counts="RCD", group="RC", version=_V),
    "862": grammar(
        "N1 LIN(N1 FST(JIT) SHP)", homes="CTT", needs="BSS", counts="LIN", group="SS", version=_V
    ),
    "940": grammar("N1 LX(W01)", homes="W76", needs="W05", group="OW", version=_V),
    "945": grammar("N1 LX(W12)", homes="W03", needs="W06", group="SW", version=_V),
    "947": grammar("N1 W19(N1)", needs="W15 W19", group="AW", version=_V),
    "204": grammar(
        "N1(L11 G61) N7 S5(N1(G61) L5 OID(L5))", homes="L3", needs="B2", group="SM", version=_V
    ),
    "990": grammar("S5", needs="B1", group="GF", version=_V),
    "214": grammar("N1(L11) LX(AT7)", needs="B10", group="QM", version=_V),
    "824": grammar("N1 OTI(TED)", needs="BGN OTI", group="AG", version=_V),
    "997": grammar("AK2(AK3)", homes="AK5=AK2 AK9", needs="AK1 AK9", group="FA", version=_V),
    "TA1": grammar("", needs="TA1"),
}

SEGMENTS: Mapping[str, str] = {
    "BEG": "M:2 M:2 M:1-22 - M:D",
    "BAK": "M:2 M:2 M:1-22 M:D",
    "BCH": "M:2 M:2 M:1-22 - - M:D",
    "BSN": "M:2 M:2-30 M:D M:T",
    "BRA": "M:1-30 M:D M:2 M:1-2",
    "BSS": "M:2 M:1-30 M:D M:2 M:D M:D",
    "BGN": "M:2 M:1-50 M:D",
    "B10": "- - M:2-4",
    "B1": "O:2-4 M:1-30",
    "W05": "M:1 M:1-22",
    "W06": "M:1 O:1-22 O:D",
    "W15": "M:D",
    "HL": "M:1-12 O:1-12 M:1-2",
    "LIN": "- M:2 M:1-80",
    "SN1": "- M:N M:2",
    "PO1": "O:1-20 O:N O:2 O:N",
    "POC": "O:1-20 M:2 O:N O:N",
    "ACK": "M:2 O:N O:2 O:3 O:D",
    "RCD": "O:1-20 O:N",
    "FST": "M:N M:1 M:1 M:D",
    "W01": "M:N M:2",
    "W12": "M:2 O:N O:N O:N O:2",
    "W19": "M:2 M:N M:2",
    "N1": "M:2-3 O:1-60 O:1-2 O:2-80",
    "REF": "M:2-3 O:1-80",
    "DTM": "M:3 O:D O:T",
    "G62": "M:2 O:D",
    "MAN": "M:1-2 M:1-48",
    "LX": "M:N",
    "AT7": "O:2 O:2 O:2 O:2 O:D O:T O:2",
    "CTT": "M:N O:N",
    "OTI": "M:1-2 M:2-3 M:1-80",
    "TED": "M:1-3",
    "AK1": "M:2 M:1-9",
    "AK2": "M:3 M:4-9",
    "AK3": "M:2-3 M:N",
    "AK4": "M:N O:N M:1-3",
    "AK5": "M:1",
    "AK9": "M:1 M:N M:N M:N",
    "TA1": "M:9 M:6 M:4 M:1 M:3",
}
"""Elements in order: M mandatory, O optional; N a number, D a date, T a time, or lengths."""
