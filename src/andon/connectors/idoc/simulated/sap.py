"""The books of an SAP system: orders and deliveries it sends, what it posts, its audits."""

__all__ = ["PARTNERS", "Sap"]

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from andon.connectors.idoc.catalogue import misplaced
from andon.connectors.idoc.document import Idoc, Unread, idocs_in
from andon.connectors.idoc.simulated.deliveries import Deliveries
from andon.connectors.idoc.simulated.movements import by_bapi, by_warehouse, check
from andon.connectors.idoc.values import amount, day
from andon.core.errors import MappingError

PARTNERS = {
    "client": "100",
    "sender": {"port": "ANDON", "number": "ANDON"},
    "receiver": {"port": "SAPS4H", "number": "S4HCLNT100"},
}
"""Settings by which it knows us."""
_PROFILE = {
    "CONF32": "CONF32", "MBGMCR": "MBGMCR03", "WMMBXY": "WMMBID02", "WHSCON": "DELVRY03",
    "SHPCON": "DELVRY03", "ALEAUD": "ALEAUD01", "STATUS": "SYSTAT01",
}  # fmt: skip
"""Message types it takes from us, each with its basic type (WE20)."""


class Sap:
    """Knows the orders it has sent; answers every IDoc by an ALEAUD, if it could read it."""

    def __init__(self) -> None:
        self.orders: set[str] = set()
        self.deliveries = Deliveries()
        self.done: list[str] = []
        """What was posted, by the text that each confirmation carries."""
        self.told: dict[str, str] = {}
        """What we said of its own IDocs: number and status."""
        self.idocs: list[Idoc] = []
        """Everything that was added, with errors or without."""
        self._numbers = itertools.count(4_711_000)

    def orders_document(self, texts: Sequence[str]) -> bytes:
        """One file with a LOIPRO for each text, which is the order's description."""
        parts = [self.order_idoc(text) for text in texts]
        return _file("LOIPRO01", parts)

    def order_idoc(self, text: str, *, status: str = "I0002", amount_text: str = "5.000") -> str:
        """One released order."""
        number = next(self._numbers)
        order = f"{number:012}"
        self.orders.add(order)
        inside = (
            f'<E1AFKOL SEGMENT="1"><AUFNR>{order}</AUFNR><AUART>PP01</AUART>'
            "<MATNR>000000000000004711</MATNR><WERKS>1710</WERKS>"
            f"<GAMNG>{amount_text}</GAMNG><GMEIN>PCE</GMEIN>"
            "<GLTRP>20260131</GLTRP><GLUZP>240000</GLUZP>"
            f"<KTEXT>{escape(text)}</KTEXT>"
            f'<E1JSTKL SEGMENT="1"><STAT>{status}</STAT></E1JSTKL>'
            '<E1AFPOL SEGMENT="1"><POSNR>0001</POSNR></E1AFPOL>'
            '<E1AFFLL SEGMENT="1"><PLNFL>000000</PLNFL>'
            '<E1AFVOL SEGMENT="1"><VORNR>0010</VORNR><LTXA1>Turn</LTXA1></E1AFVOL>'
            '<E1AFVOL SEGMENT="1"><VORNR>0020</VORNR><LTXA1>Test</LTXA1></E1AFVOL>'
            "</E1AFFLL></E1AFKOL>"
        )
        return self._idoc("LOIPRO01", "LOIPRO", number, inside)

    def delivery_document(
        self, text: str, *, mestyp: str = "WHSORD", picking: bool = False
    ) -> bytes:
        """One file with one delivery, which has to be picked before its goods issue or not."""
        return _file("DELVRY03", [self.delivery_idoc(text, mestyp=mestyp, picking=picking)])

    def delivery_idoc(self, text: str, *, mestyp: str = "WHSORD", picking: bool = False) -> str:
        """One new delivery of two batches."""
        inside = self.deliveries.new(text, picking=picking)
        return self._idoc("DELVRY03", mestyp, next(self._numbers), inside)

    def take(self, document: bytes) -> list[bytes]:
        """Adds the IDocs of a document; an ALEAUD for each that it can answer. Raises MappingError
        for what is no IDoc, of which it adds nothing."""
        found = list(idocs_in(BytesIO(document)))
        for one in found:
            if isinstance(one, Unread):
                raise MappingError(one.says)
        answers: list[bytes] = []
        for one in found:
            assert isinstance(one, Idoc)
            self.idocs.append(one)
            if one.control["MESTYP"] in ("ALEAUD", "STATUS"):
                self._hear(one.body)
                continue
            status, text, made = self._posted(one)
            answers.append(self._audit(one, status, text, made))
        return answers

    def _posted(self, one: Idoc) -> tuple[str, str, str]:
        control = one.control
        expected = {
            "MANDT": "100", "SNDPRN": "ANDON", "SNDPRT": "LS", "RCVPRN": "S4HCLNT100",
            "RCVPOR": "SAPS4H", "DIRECT": "2",
        }  # fmt: skip
        wrong = [name for name, text in expected.items() if control.get(name) != text]
        if wrong or _PROFILE.get(control["MESTYP"]) != control["IDOCTYP"]:
            said = ", ".join(wrong) or f"{control['MESTYP']} {control['IDOCTYP']}"
            return "56", f"EDI: Partner profile not available ({said})", ""
        if faults := list(misplaced(control["IDOCTYP"], one.body)):
            return "60", f"Syntax error in {faults[0].at}: {faults[0].says}", ""
        try:
            return self._post(control["MESTYP"], one.body)
        except ValueError as error:
            return "51", str(error), ""

    def _post(self, mestyp: str, body: Mapping[str, Any]) -> tuple[str, str, str]:
        if mestyp == "CONF32":
            for line in body["E1CONF3"]:
                order = self._order(line["AUFNR"])
                if (amount(line.get("LMNGA", "")) or 0) < 0:
                    raise ValueError("Enter a yield that is not negative")
                day(line.get("BUDAT", ""))
                self.done.append(line.get("LTXA1", order))
            return "53", "Confirmation was saved", f"{len(self.done):010}"
        if mestyp in ("WHSCON", "SHPCON"):
            said = self.deliveries.post(body)
            self.done += said
            return "53", f"{', '.join(said)}: saved", body["E1EDL20"][0]["VBELN"]
        text, lines = by_bapi(body) if mestyp == "MBGMCR" else by_warehouse(body)
        for line in lines:
            check(line, self.orders)
        self.done.append(text)
        return "53", "Material document was posted", f"49{len(self.done):08}2026"

    def _order(self, number: str) -> str:
        if len(number) != 12 or number not in self.orders:
            raise ValueError(f"Order {number} does not exist")
        return number

    def _hear(self, body: Mapping[str, Any]) -> None:
        for header in body.get("E1ADHDR", ()):
            for state in header["E1STATE"]:
                self.told[state["DOCNUM"]] = state["STATUS"]
        for state in body.get("E1STATS", ()):
            self.told[state["DOCNUM"]] = state["STATUS"]

    def _audit(self, one: Idoc, status: str, text: str, made: str) -> bytes:
        number = next(self._numbers)
        link = ""
        if made:
            told = f"<DOCNUM>{number:016}</DOCNUM><OBJKEY>{made}</OBJKEY>"
            link = f'<E1PRTOB SEGMENT="1">{told}</E1PRTOB>'
        kind = one.control["MESTYP"]
        inside = (
            f'<E1ADHDR SEGMENT="1"><MESTYP>{kind}</MESTYP><MESTYP_LNG>{kind}</MESTYP_LNG>'
            f'<E1STATE SEGMENT="1"><DOCNUM>{one.control["DOCNUM"]}</DOCNUM>'
            f"<STATUS>{status}</STATUS><STATXT>&amp;1</STATXT>"
            f"<STAPA1_LNG>{escape(text)}</STAPA1_LNG><STATYP>{'S' if status == '53' else 'E'}"
            f"</STATYP><STAMID>SIM</STAMID><STAMNO>0{status}</STAMNO>{link}</E1STATE></E1ADHDR>"
        )
        return _file("ALEAUD01", [self._idoc("ALEAUD01", "ALEAUD", number, inside)])

    def _idoc(self, idoctyp: str, mestyp: str, number: int, inside: str) -> str:
        now = datetime.now(UTC)
        return (
            '<IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><MANDT>100</MANDT>'
            f"<DOCNUM>{number:016}</DOCNUM><DOCREL>758</DOCREL><STATUS>30</STATUS>"
            f"<DIRECT>1</DIRECT><OUTMOD>2</OUTMOD><IDOCTYP>{idoctyp}</IDOCTYP>"
            f"<MESTYP>{mestyp}</MESTYP><SNDPOR>SAPS4H</SNDPOR><SNDPRT>LS</SNDPRT>"
            "<SNDPRN>S4HCLNT100</SNDPRN><RCVPOR>ANDON</RCVPOR><RCVPRT>LS</RCVPRT>"
            f"<RCVPRN>ANDON</RCVPRN><CREDAT>{now:%Y%m%d}</CREDAT><CRETIM>{now:%H%M%S}</CRETIM>"
            f"</EDI_DC40>{inside}</IDOC>"
        )


def _file(idoctyp: str, parts: Sequence[str]) -> bytes:
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<{idoctyp}>{"".join(parts)}</{idoctyp}>\n'
    return text.encode()
