"""The deliveries of a simulated SAP: sent as DELVRY, verified by WHSCON or SHPCON."""

__all__ = ["Deliveries"]

import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from andon.connectors.idoc.values import amount

_ITEMS = {"900001": ("SEAL-A", Decimal(4)), "900002": ("SEAL-A", Decimal(2))}


class Deliveries:
    """Each of one item of six, split over two batches."""

    def __init__(self) -> None:
        self.picked: dict[str, bool] = {}
        """Those without a goods issue, and whether nothing has to be picked any more."""
        self.issued: set[str] = set()
        self._numbers = itertools.count(80_000_001)

    def new(self, text: str, *, picking: bool) -> str:
        """A delivery as segments; its external number is the text."""
        number = f"{next(self._numbers):010}"
        self.picked[number] = not picking
        order = (
            '<E1EDL43 SEGMENT="1"><QUALF>C</QUALF><BELNR>0000004500</BELNR>'
            "<POSNR>000010</POSNR></E1EDL43>"
        )
        parts = "".join(
            _item(item, material, f"{count}.000", batch=f"L{item[-1]}")
            for item, (material, count) in _ITEMS.items()
        )
        return (
            f'<E1EDL20 SEGMENT="1"><VBELN>{number}</VBELN><VSTEL>1710</VSTEL>'
            f"<LIFEX>{escape(text)}</LIFEX>"
            '<E1EDL21 SEGMENT="1"><LFART>LF</LFART></E1EDL21>'
            '<E1EDL18 SEGMENT="1"><QUALF>ORI</QUALF></E1EDL18>'
            '<E1ADRM1 SEGMENT="1"><PARTNER_Q>AG</PARTNER_Q><PARTNER_ID>0000001000</PARTNER_ID>'
            "</E1ADRM1>"
            '<E1ADRM1 SEGMENT="1"><PARTNER_Q>WE</PARTNER_Q><PARTNER_ID>0000001001</PARTNER_ID>'
            "<NAME1>Harbour Pumps</NAME1></E1ADRM1>"
            f"{_item('000010', 'SEAL-A', '0.000', inside=order)}{parts}</E1EDL20>"
        )

    def post(self, body: Mapping[str, Any]) -> Sequence[str]:
        """What was done with each delivery; nothing of any if one is refused. Raises ValueError."""
        done: list[tuple[str, str]] = []
        for header in body["E1EDL20"]:
            number = header["VBELN"]
            if number in self.issued:
                raise ValueError(f"Goods issue of delivery {number} was posted already")
            if number not in self.picked:
                raise ValueError(f"Delivery {number} does not exist")
            done += ((number, what) for what in self._asked(number, header))
        for number, what in done:
            if what == "PIC":
                self.picked[number] = True
            else:
                del self.picked[number]
                self.issued.add(number)
        return [f"{what} {number}" for number, what in done]

    def _asked(self, number: str, header: Mapping[str, Any]) -> Sequence[str]:
        asked = [one["QUALF"] for one in header.get("E1EDL18", ())]
        if not asked or set(asked) - {"PIC", "PGI"}:
            raise ValueError(f"Delivery {number}: function {', '.join(asked) or 'none'} unknown")
        _check_items(number, header.get("E1EDL24", ()), whole="PIC" in asked)
        if "PGI" in asked and not (self.picked[number] or "PIC" in asked):
            raise ValueError(f"Delivery {number} has not been fully picked yet")
        return sorted(asked, reverse=True)  # it is picked before it goes


def _check_items(number: str, lines: Sequence[Mapping[str, Any]], *, whole: bool) -> None:
    said: dict[str, Decimal | None] = {}
    for line in lines:
        item, material = line["POSNR"], line["MATNR"]
        if _ITEMS.get(item, ("",))[0] != material:
            raise ValueError(f"Delivery {number} has no item {item} of {material}")
        said[item] = amount(line["LFIMG"])
    for item, (_, count) in _ITEMS.items():
        if (whole or item in said) and said.get(item) != count:
            raise ValueError(f"Item {item} of delivery {number} is {count}, not {said.get(item)}")


def _item(number: str, material: str, count: str, *, batch: str = "", inside: str = "") -> str:
    held = f"<CHARG>{batch}</CHARG>" if batch else ""
    return (
        f'<E1EDL24 SEGMENT="1"><POSNR>{number}</POSNR><MATNR>{material}</MATNR>'
        f"<WERKS>1710</WERKS><LGORT>101</LGORT>{held}<LFIMG>{count}</LFIMG><VRKME>PCE</VRKME>"
        f"{inside}</E1EDL24>"
    )
