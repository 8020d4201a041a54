"""A partner that speaks EDIFACT and reads it with pydifact."""

__all__ = ["EdifactProgram"]

from collections.abc import Iterator, Sequence

from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer

from andon.connectors.edi.simulated.program import Came, Program

Raw = list[str | list[str]]

_NEEDS = {
    "ORDERS": {"BGM", "DTM", "LIN", "QTY"},
    "DELFOR": {"BGM", "DTM", "LIN", "SCC", "QTY"},
}


class EdifactProgram(Program):
    """BETA, known as 14:4000001; to it we are 14:4000002."""

    def read(self, content: bytes) -> Sequence[Came]:
        """Cut by pydifact; counts, numbers and what an order needs are its own to judge."""
        try:
            return self._read(list(_segments(content.decode("latin-1"))))
        except (EDISyntaxError, ValueError) as error:
            return [Came("", "", errors=[f"UCI 18 {error}"])]

    def _read(self, segments: Sequence[Raw]) -> Sequence[Came]:
        came: list[Came] = []
        interchange, there, count = "", set[str](), 0
        for raw in segments:
            tag = _text(raw, 0)
            there.add(tag)
            count += 1
            if came:
                came[-1].segments.append(raw)
            match tag:
                case "UNB":
                    interchange = _text(raw, 5)
                case "UNH":
                    there, count = {tag}, 1
                    made = Came(_text(raw, 2), interchange, control=_text(raw, 1))
                    made.version = ":".join(raw[2][1:])
                    came.append(made)
                case "DTM" if came and _text(raw, 1) == "2":
                    came[-1].wanted = raw[1][1]
                case "BGM":
                    came[-1].number = _text(raw, 2)
                case "LIN":
                    came[-1].items.append((_text(raw, 3), ""))
                case "QTY" if came[-1].items:
                    came[-1].items[-1] = (came[-1].items[-1][0], raw[1][1])
                case "UNT":
                    missing = _NEEDS.get(came[-1].document, set[str]()) - there
                    came[-1].errors += [f"UCM 13 {one} is missing" for one in sorted(missing)]
                    if _text(raw, 1) != str(count):
                        came[-1].errors.append(f"UCM 29 {count} segments")
                    if _text(raw, 2) != came[-1].control:
                        came[-1].errors.append("UCM 28 UNT")
                case "UNZ" if _text(raw, 2) != interchange or _text(raw, 1) != str(len(came)):
                    came[0].errors.append("UCI 28 UNZ")
                case _:
                    continue
        return came

    def acknowledgment(self, came: Sequence[Came]) -> bytes | None:
        """A CONTRL that names what it refuses."""
        named = [one for one in came if one.document != "CONTRL"]
        if not named:
            return None
        lines = [f"UCI+{named[0].interchange}+4000002:14+4000001:14+7"]
        lines += [
            f"UCM+{one.control}+{one.document}:{one.version}+4+{one.errors[0].split()[1]}"
            for one in named
            if one.errors
        ]
        return self.written([("CONTRL:3:1:UN", lines)])

    def advice(self, came: Came, says: str) -> bytes:
        """An APERAK about one order."""
        lines = [
            f"BGM+313+A-{came.number}+27",
            f"RFF+ON:{came.number}",
            "ERC+12",
            f"FTX+AAO+++{says}",
        ]
        return self.written([("APERAK:D:96A:UN", lines)])

    def confirmation(self, came: Came) -> bytes:
        """An ORDRSP that accepts every line, with or without a change of it."""
        lines = [f"BGM+231+R-{came.number}+29", "DTM+137:20251125:102", f"RFF+ON:{came.number}"]
        wanted = came.wanted or "20251212"
        day = came.promised_on or wanted
        amounts = came.promised or [quantity for _, quantity in came.items]
        for n, ((item, ordered), amount) in enumerate(zip(came.items, amounts, strict=True), 1):
            word = 5 if (amount, day) == (ordered, wanted) else 3
            lines += [f"LIN+{n}+{word}+{item}:IN", f"QTY+113:{amount}:PCE", f"DTM+67:{day}:102"]
        return self.written([("ORDRSP:D:96A:UN", [*lines, "UNS+S", f"CNT+2:{len(came.items)}"])])

    def notice(self, shipments: Sequence[str], order: str = "4711") -> bytes:
        """Each a DESADV of one pallet with one lot of pumps on it."""
        return self.written([("DESADV:D:96A:UN", _shipment(one, order)) for one in shipments])

    def written(self, messages: Sequence[tuple[str, list[str]]]) -> bytes:
        """One interchange: each message's document and segments."""
        control = self.next_control()
        lines = [f"UNB+UNOC:3+4000001:14+4000002:14+251125:1200+{control}"]
        for n, (document, body) in enumerate(messages, 1):
            lines += [f"UNH+{n}+{document}", *body, f"UNT+{len(body) + 2}+{n}"]
        lines.append(f"UNZ+{len(messages)}+{control}")
        content = ("UNA:+.? '\n" + "".join(f"{line}'\n" for line in lines)).encode("latin-1")
        self.sent.append(content)
        return content


def _segments(text: str) -> Iterator[Raw]:
    """By pydifact's tokens. Its parser asks for segment tables that it lacks."""
    signs = Characters()
    if text.startswith("UNA"):
        signs, text = Characters.from_str(text[:9]), text[9:].lstrip("\r\n")
    tokens = Tokenizer().get_tokens(text, signs)
    yield from Parser().convert_tokens_to_raw_segments(tokens)


def _text(raw: Raw, n: int) -> str:
    """An element, of a composite its first component."""
    if n >= len(raw):
        return ""
    one = raw[n]
    return one if isinstance(one, str) else one[0]


def _shipment(name: str, order: str) -> list[str]:
    return [
        f"BGM+351+{name}+9",
        "DTM+137:20251125:102",
        "DTM+11:202511251130:203",
        f"RFF+ON:{order}",
        "NAD+SU+4000001::9",
        "CPS+1",
        "CPS+2+1",
        "PAC+1++201::9",
        "PCI+33E",
        "GIN+BJ+00106141411234567897",
        "LIN+1++PUMP:IN",
        "QTY+12:5:PCE",
        "PCI+36E",
        "GIN+BX+LOT-7",
        "CNT+2:1",
    ]
