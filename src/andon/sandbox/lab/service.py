"""Field service: each part used is out of the books once, each case heard its results once."""

__all__ = ["Issued", "booked", "complaints", "happened", "heard"]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.field_service import FieldService
from andon.sandbox.systems.qms import Qms
from andon.sandbox.truth import Truth, Used

_VERDICTS = {"justified": "ACCEPTED", "not justified": "DECLINED"}


class Issued(msgspec.Struct, frozen=True):
    """An amount of a spare part that went into a customer's piece."""

    visit: str
    """With its case: `FS-100001/V-5001`."""
    lot: str
    quantity: Decimal


def happened(truth: Truth) -> Iterator[Issued]:
    """As technicians built them in."""
    for fact in truth.facts:
        if isinstance(fact, Used):
            yield Issued(f"{fact.case}/{fact.visit}", fact.lot, fact.quantity)


def booked(erp: Erp) -> Iterator[Issued]:
    """As the books have it: what went to a cost center; a reversal is a fault here."""
    headers = erp.company.books.rows("A_MaterialDocumentHeader")
    for key, row in erp.company.books.rows("A_MaterialDocumentItem").items():
        if row["GoodsMovementType"] in ("201", "202"):
            text = headers[key[:2]]["MaterialDocumentHeaderText"]
            yield Issued(text, row["Batch"], row["QuantityInEntryUnit"])


def complaints(field: FieldService, qms: Qms) -> Reckoned:
    """Each case is one complaint."""
    return compare(field.cases, (one.case for one in qms.complaints.all.values()))


def heard(field: FieldService, qms: Qms) -> Reckoned:
    """Each case heard once that quality has it, what quality said, and which visits are booked."""
    must: list[tuple[str, str, str]] = []
    for case in field.cases.values():
        must += ((case.number, "PARTS_BOOKED", v.number) for v in case.visits if v.parts)
    for one in qms.complaints.all.values():
        must.append((one.case, "IN_QUALITY", ""))
        if one.verdict:
            must.append((one.case, _VERDICTS[one.verdict], ""))
    does = (
        (one.case, one.state, one.text if one.state == "PARTS_BOOKED" else "")
        for one in field.updates
    )
    return compare(must, does)
