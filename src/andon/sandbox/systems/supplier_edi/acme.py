"""A supplier that speaks X12: 850, 861 and 862 in, 855 and 856 out, 997 both ways."""

__all__ = ["Acme"]

from collections.abc import Iterator, Sequence
from decimal import Decimal

from andon.connectors.edi.simulated.program import Came
from andon.connectors.edi.simulated.x12 import X12Program
from andon.sandbox.systems.supplier_edi.office import Advised, Called, GivenBack, Office, Shipped
from andon.sandbox.zones import ACME

_DAMAGED, _SHORT = "01", "02"


class Acme(Office, X12Program):
    """ZZ:ACME."""

    def despatch(self, shipped: Shipped) -> bytes:
        """An 856."""
        now = self.now().astimezone(ACME)
        lines = [
            f"BSN*00*{shipped.shipment}*{now:%Y%m%d}*{now:%H%M}*0001",
            "HL*1**S",
            f"TD1*PLT*{len(shipped.lots)}",
            f"DTM*011*{now:%Y%m%d}*{now:%H%M}",
            "HL*2*1*O",
            f"PRF*{shipped.order}",
        ]
        if shipped.replaces:
            lines.append(f"REF*RZ*{shipped.replaces}")
        level = 2
        for material, lot, quantity in shipped.lots:
            lines += [
                f"HL*{level + 1}*2*P",
                f"MAN*GM*00{self.next_pallet()}",
                f"HL*{level + 2}*{level + 1}*I",
                f"LIN**BP*{material}*LT*{lot}",
                f"SN1**{quantity:f}*EA",
            ]
            level += 2
        return self.written("SH", [("856", [*lines, f"CTT*{level}"])])

    def told(self, came: Came) -> Sequence[Advised]:
        """An 861."""
        return list(_judged(came)) if came.document == "861" else ()

    def comes_back(self, came: Came) -> Sequence[GivenBack]:
        """An 861 that says how much was returned."""
        return list(_given_back(came)) if came.document == "861" else ()

    def calls(self, came: Came) -> Sequence[Called]:
        """An 862."""
        return list(_called(came)) if came.document == "862" else ()


def _called(came: Came) -> Iterator[Called]:
    """Each FST, of the LIN before it."""
    row, replaces = list[str](), ""
    for segment in came.segments:
        match segment[0]:
            case "LIN":
                row, replaces = [str(element) for element in segment], ""
            case "REF" if segment[1] == "RZ":
                replaces = str(segment[2])
            case "FST":
                named = dict(zip(row[2::2], row[3::2], strict=True))
                yield Called(
                    named["PO"], named["BP"], Decimal(str(segment[1])), day=str(segment[4]),
                    replaces=replaces,
                )  # fmt: skip
            case _:
                continue


def _judged(came: Came) -> Iterator[Advised]:
    """Of what was received."""
    for shipment, lot, row in _rows(came):
        if row[2]:
            doubts = {row[n + 2]: Decimal(row[n]) for n in range(6, len(row) - 2, 3)}
            yield Advised(
                shipment=shipment,
                lot=lot,
                accepted=Decimal(row[2]),
                damaged=doubts.get(_DAMAGED, Decimal(0)),
                missing=doubts.get(_SHORT, Decimal(0)),
            )


def _given_back(came: Came) -> Iterator[GivenBack]:
    """Of what was returned."""
    for shipment, lot, row in _rows(came):
        if len(row) > 4 and row[4]:
            yield GivenBack(shipment, lot, Decimal(row[4]))


def _rows(came: Came) -> Iterator[tuple[str, str, list[str]]]:
    """Shipment, lot, and RCD of each line: the LIN behind it names the lot."""
    shipment, row = "", [""]
    for segment in came.segments:
        match segment[0]:
            case "REF" if segment[1] == "SI":
                shipment = str(segment[2])
            case "RCD":
                row = [str(element) for element in segment]
            case "LIN":
                yield shipment, str(segment[5]), row
            case _:
                continue
