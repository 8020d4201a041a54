"""A supplier that speaks EDIFACT: ORDERS, RECADV and DELFOR in, ORDRSP and DESADV out, CONTRL both
ways."""

__all__ = ["Beta"]

from collections.abc import Iterator, Sequence
from decimal import Decimal

from andon.connectors.edi.simulated.edifact import EdifactProgram
from andon.connectors.edi.simulated.program import Came
from andon.sandbox.systems.supplier_edi.office import Advised, Called, GivenBack, Office, Shipped

_ACCEPTED, _DAMAGED, _SHORT, _RETURNED = "194", "195", "119", "61"


class Beta(Office, EdifactProgram):
    """14:4000001."""

    def despatch(self, shipped: Shipped) -> bytes:
        """A DESADV, D.96A."""
        now = self.now()
        lines = [
            f"BGM+351+{shipped.shipment}+9",
            f"DTM+137:{now:%Y%m%d}:102",
            f"DTM+11:{now:%Y%m%d%H%M}:203",
            f"RFF+ON:{shipped.order}",
            *([f"RFF+ALQ:{shipped.replaces}"] if shipped.replaces else []),
            "NAD+SU+4000001::9",
            "CPS+1",
        ]
        for n, (material, lot, quantity) in enumerate(shipped.lots, 1):
            lines += [
                f"CPS+{n + 1}+1",
                "PAC+1++201::9",
                "PCI+33E",
                f"GIN+BJ+{self.next_pallet()}",
                f"LIN+{n}++{material}:IN",
                f"QTY+12:{quantity:f}:PCE",
                "PCI+36E",
                f"GIN+BX+{lot}",
            ]
        return self.written([("DESADV:D:96A:UN", [*lines, f"CNT+2:{len(shipped.lots)}"])])

    def told(self, came: Came) -> Sequence[Advised]:
        """A RECADV."""
        return list(_judged(came)) if came.document == "RECADV" else ()

    def comes_back(self, came: Came) -> Sequence[GivenBack]:
        """A RECADV that says how much was returned."""
        return list(_given_back(came)) if came.document == "RECADV" else ()

    def calls(self, came: Came) -> Sequence[Called]:
        """A DELFOR."""
        return list(_called(came)) if came.document == "DELFOR" else ()


def _called(came: Came) -> Iterator[Called]:
    """Each LIN, up to the DTM that names its day."""
    order, material, amount, replaces = "", "", Decimal(0), ""
    for segment in came.segments:
        match segment[0]:
            case "LIN":
                material, replaces = segment[3][0], ""
            case "RFF" if segment[1][0] == "ALQ":
                replaces = segment[1][1]
            case "RFF" if segment[1][0] == "ON":
                order = segment[1][1]
            case "QTY":
                amount = Decimal(segment[1][1])
            case "DTM" if segment[1][0] == "2":
                yield Called(order, material, amount, day=segment[1][1], replaces=replaces)
            case _:
                continue


def _judged(came: Came) -> Iterator[Advised]:
    """Of what was received."""
    for shipment, lot, amounts in _rows(came):
        if _ACCEPTED in amounts:
            yield Advised(
                shipment=shipment,
                lot=lot,
                accepted=amounts[_ACCEPTED],
                damaged=amounts.get(_DAMAGED, Decimal(0)),
                missing=amounts.get(_SHORT, Decimal(0)),
            )


def _given_back(came: Came) -> Iterator[GivenBack]:
    """Of what was returned."""
    for shipment, lot, amounts in _rows(came):
        if _RETURNED in amounts:
            yield GivenBack(shipment, lot, amounts[_RETURNED])


def _rows(came: Came) -> Iterator[tuple[str, str, dict[str, Decimal]]]:
    """Shipment, lot and amounts of each LIN, up to the GIN that names its lot."""
    shipment, amounts = "", dict[str, Decimal]()
    for segment in came.segments:
        match segment[0]:
            case "RFF" if segment[1][0] == "AAK":
                shipment = segment[1][1]
            case "LIN":
                amounts = {}
            case "QTY":
                amounts[segment[1][0]] = Decimal(segment[1][1])
            case "GIN":
                yield shipment, str(segment[2]), amounts
            case _:
                continue
