"""A partner that speaks X12 and reads it with pyx12."""

__all__ = ["X12Program"]

import io
from collections.abc import Sequence

from pyx12.errors import X12Error  # pyright: ignore[reportMissingTypeStubs] it has none
from pyx12.x12file import X12Reader  # pyright: ignore[reportMissingTypeStubs] it has none

from andon.connectors.edi.simulated.program import Came, Program

_CODES = {"st": "AK5", "gs": "AK9", "isa": "TA1", "seg": "AK3"}
_NUMBER = {
    "850": ("BEG", "BEG03"),
    "860": ("BCH", "BCH03"),
    "862": ("BSS", "BSS10"),
    "940": ("W05", "W0502"),
    "204": ("B2", "B204"),
}
_NEEDS = {
    "850": {"BEG", "PO1"},
    "860": {"BCH"},
    "862": {"BSS", "LIN", "FST"},
    "940": {"W05"},
}

_STATUS = {
    (False, False): "IA",
    (True, False): "IQ",
    (False, True): "DR",
    (True, True): "IC",
}
"""Whether amount and day are others than wanted -> how a line is accepted (element 668)."""


class X12Program(Program):
    """Known as ZZ:ACME, or by another name; to it we are ZZ:ANDON."""

    def __init__(self, name: str = "ACME") -> None:
        super().__init__()
        self.name = name

    def read(self, content: bytes) -> Sequence[Came]:
        """Envelope, counts and numbers are pyx12's to judge, what an order needs is its own."""
        came: list[Came] = []
        try:
            reader = X12Reader(io.StringIO(content.decode()))
            group = code = version = ""
            there: set[str] = set()
            for segment in reader:
                tag = str(segment.get_seg_id())

                def value(place: str, segment: object = segment) -> str:
                    return str(segment.get_value(place) or "")  # type: ignore[attr-defined]

                there.add(tag)
                match tag:
                    case "GS":
                        code, group, version = value("GS01"), value("GS06"), value("GS08")
                    case "ST":
                        there = {tag}
                        made = Came(value("ST01"), str(reader.get_isa_id()), group, code)
                        made.control, made.version = value("ST02"), version
                        came.append(made)
                    case "PO1":
                        came[-1].items.append((value("PO107"), value("PO102")))
                    case "DTM" if value("DTM01") == "002":
                        came[-1].wanted = value("DTM02")
                    case "SE":
                        missing = _NEEDS.get(came[-1].document, set[str]()) - there
                        came[-1].errors += [f"AK3 {one} 3" for one in sorted(missing)]
                    case _:
                        named, place = _NUMBER.get(came[-1].document if came else "", ("", ""))
                        if tag == named:
                            came[-1].number = value(place)
                if came:
                    came[-1].segments.append(str(segment.format("", "*", ">")).split("*"))
                for kind, error, says, _, _ in reader.pop_errors():
                    came[-1:][0].errors.append(f"{_CODES[kind]} {error} {says}")
        except (X12Error, UnicodeDecodeError) as error:
            came.append(Came("", "", errors=[f"TA1 022 {error}"]))
        return came

    def acknowledgment(self, came: Sequence[Came]) -> bytes | None:
        """A 997 that names every message."""
        named = [one for one in came if one.document not in ("997", "TA1")]
        if not named:
            return None
        lines = [f"AK1*{named[0].code}*{named[0].group}"]
        for one in named:
            lines.append(f"AK2*{one.document}*{one.control}")
            lines += [
                f"AK3*{error.split()[1]}*2**{error.split()[2]}"
                for error in one.errors
                if error.startswith("AK3")
            ]
            codes = [error.split()[1] for error in one.errors if error.startswith("AK5")]
            lines.append("*".join(["AK5", "R", *codes[:5]] if one.errors else ["AK5", "A"]))
        good = sum(not one.errors for one in named)
        word = "A" if good == len(named) else "P" if good else "R"
        return self.written(
            "FA", [("997", [*lines, f"AK9*{word}*{len(named)}*{len(named)}*{good}"])]
        )

    def advice(self, came: Came, says: str) -> bytes:
        """An 824 about one order."""
        lines = [
            "BGN*00*1*20251125",
            f"OTI*TR*PO*{came.number}******{came.group}*{came.control}*{came.document}",
            f"TED*012*{says}",
        ]
        return self.written("AG", [("824", lines)])

    def confirmation(self, came: Came) -> bytes:
        """An 855 that says of every line how it is accepted, beside what was ordered."""
        wanted = came.wanted or "20251212"
        day = came.promised_on or wanted
        amounts = came.promised or [quantity for _, quantity in came.items]
        lines: list[str] = []
        same = True
        for n, ((item, ordered), amount) in enumerate(zip(came.items, amounts, strict=True), 1):
            word = _STATUS[amount != ordered, day != wanted]
            same = same and word == "IA"
            lines += [
                f"PO1*{n}*{ordered}*EA***BP*{item}",
                f"ACK*{word}*{amount}*EA*067*{day}",
            ]
        lines.insert(0, f"BAK*00*{'AD' if same else 'AC'}*{came.number}*20251125")
        return self.written("PR", [("855", [*lines, f"CTT*{len(came.items)}"])])

    def notice(self, shipments: Sequence[str], order: str = "4711") -> bytes:
        """Each an 856 of one pallet with one lot of pumps on it."""
        return self.written("SH", [("856", _shipment(one, order)) for one in shipments])

    def written(self, code: str, messages: Sequence[tuple[str, list[str]]]) -> bytes:
        """One interchange of one group: each message's document and segments."""
        control = self.next_control()
        lines = [
            f"ISA*00*{'':10}*00*{'':10}*ZZ*{self.name:15}*ZZ*{'ANDON':15}*251125*1200*U*00401"
            f"*{control:09}*0*P*>",
            f"GS*{code}*{self.name}*ANDON*20251125*1200*{control}*X*004010",
        ]
        for n, (document, body) in enumerate(messages, 1):
            lines += [f"ST*{document}*{n:04}", *body, f"SE*{len(body) + 2}*{n:04}"]
        lines += [f"GE*{len(messages)}*{control}", f"IEA*1*{control:09}"]
        content = "".join(f"{line}~\n" for line in lines).encode()
        self.sent.append(content)
        return content


def _shipment(name: str, order: str) -> list[str]:
    return [
        f"BSN*00*{name}*20251125*1200*0001",
        "HL*1**S",
        "TD1*PLT*1",
        "DTM*011*20251125*1130",
        "N1*SF*ACME PUMPS*1*006965111",
        "HL*2*1*O",
        f"PRF*{order}",
        "HL*3*2*P",
        "MAN*GM*00106141411234567897",
        "HL*4*3*I",
        "LIN**BP*PUMP*LT*LOT-7",
        "SN1**5*EA",
        "CTT*4",
    ]
