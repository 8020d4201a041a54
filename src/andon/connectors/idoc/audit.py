"""What becomes of an IDoc, in SAP's status numbers: ALEAUD and STATUS, in and out."""

__all__ = ["Meaning", "Verdict", "aleaud", "meaning_of", "status", "verdicts_in"]

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, cast

import msgspec

from andon.core.connector import Receipt, Request
from andon.core.errors import OutcomeUnknownError, RejectedError

Meaning = Literal["done", "refused", "waiting", "unclear"]

_DONE = {
    "16": "the receiver says it is well",
    "41": "the application made it",
    "53": "posted",
}
_REFUSED = {
    "02": "could not be passed on",
    "04": "an error in its control",
    "05": "could not be translated",
    "17": "the receiver refused it",
    "20": "could not be triggered",
    "26": "broke the syntax on its way out",
    "29": "an error of ALE",
    "40": "nothing was made of it",
    "51": "was not posted",
    "54": "an error of the formal check",
    "56": "an IDoc with errors was added",
    "60": "broke the syntax on its way in",
    "63": "could not be passed to the application",
    "65": "an error of ALE",
    "68": "is not processed any more",
}
_NOTHING: Mapping[str, Any] = {}
_UNCLEAR = {"52": "was not fully posted"}


def meaning_of(status: str) -> Meaning:
    """Whether this is the end, and which. A number nobody knows waits for one that somebody
    knows."""
    if status in _DONE:
        return "done"
    if status in _REFUSED:
        return "refused"
    return "unclear" if status in _UNCLEAR else "waiting"


class Verdict(msgspec.Struct, frozen=True):
    """What one status record says of one IDoc of ours."""

    docnum: str
    """Our number."""
    status: str
    words: str
    code: str = ""
    """Class and number of SAP's message: `M7/021`."""
    reference: str = ""
    """Key of the object that was made, as SAP writes it."""
    theirs: str = ""
    """SAP's own number of the IDoc."""

    @property
    def meaning(self) -> Meaning:
        """Whether this is the end, and which."""
        return meaning_of(self.status)

    @property
    def said(self) -> str:
        """In SAP's words, or else what the number means."""
        known = {**_DONE, **_REFUSED, **_UNCLEAR}
        return self.words or known.get(self.status, "without words")

    def receipt(self) -> Receipt | None:
        """What was done; None while nobody knows. Raises RejectedError, or OutcomeUnknownError for
        what was done in part."""
        match self.meaning:
            case "done":
                told = {"status": self.status, "idoc": self.theirs or self.docnum}
                return Receipt(reference=self.reference or self.theirs or self.docnum, body=told)
            case "refused":
                raise RejectedError(f"{self.said} (status {self.status})", self.code or self.status)
            case "unclear":
                raise OutcomeUnknownError(
                    f"IDoc {self.theirs or self.docnum}: {self.said} (status {self.status})."
                    " See in SAP, by WE02 and BD87, what was posted."
                )
            case "waiting":
                return None


def verdicts_in(body: Mapping[str, Any]) -> Iterator[Verdict]:
    """Every status record of an ALEAUD or a STATUS; nothing for any other message."""
    for header in _list(body, "E1ADHDR"):
        for state in _list(header, "E1STATE"):
            made = [*_list(state, "E1PRTOB"), _NOTHING][0]
            yield _verdict(state, _text(made, "OBJKEY"), _text(made, "DOCNUM"))
    for state in _list(body, "E1STATS"):
        yield _verdict(state, "", "")


def _verdict(state: Mapping[str, Any], reference: str, theirs: str) -> Verdict:
    number = _text(state, "DOCNUM")
    kind, code = _text(state, "STAMID"), _text(state, "STAMNO")
    return Verdict(
        docnum=number.zfill(16) if number.isdigit() else number,
        status=_text(state, "STATUS"),
        words=_filled(_text(state, "STATXT"), state),
        code=f"{kind}/{code}" if kind and code else "",
        reference=reference,
        theirs=theirs,
    )


def _filled(text: str, state: Mapping[str, Any]) -> str:
    """SAP sends the text of a message and its parameters apart: `&1` or `&`, in order."""
    parts = [_text(state, f"STAPA{n}_LNG") or _text(state, f"STAPA{n}") for n in range(1, 5)]
    for number, part in enumerate(parts, 1):
        text = text.replace(f"&{number}", part)
    for part in parts:
        text = text.replace("&", part, 1) if "&" in text else text
    return " ".join(text.split())


def aleaud(mestyp: str, states: Sequence[Verdict]) -> Request:
    """Tells SAP what became of IDocs that it sent, by their own numbers; 500 at most."""
    rows: list[dict[str, Any]] = []
    for one in states:
        row: dict[str, Any] = {
            "DOCNUM": one.docnum,
            "STATUS": one.status,
            "STATXT": one.words[:70],
            "STATYP": "S" if one.meaning == "done" else "E",
        }
        if one.reference:
            row["E1PRTOB"] = [{"DOCNUM": one.theirs, "OBJKEY": one.reference}]
        rows.append(row)
    header = {"MESTYP": mestyp[:6], "MESTYP_LNG": mestyp, "E1STATE": rows}
    return Request(target="ALEAUD01", body={"EDI_DC40": {"MESTYP": "ALEAUD"}, "E1ADHDR": [header]})


def status(one: Verdict, at: datetime) -> Request:
    """The same as one status record, as subsystems send it: 16 taken, 17 refused ..."""
    row = {
        "TABNAM": "EDI_DS40",
        "DOCNUM": one.docnum,
        "LOGDAT": at.date(),
        "LOGTIM": at.time().replace(microsecond=0),
        "STATUS": one.status,
        "STATYP": "S" if one.meaning == "done" else "E",
        "STATXT": one.words[:70],
    }
    return Request(target="SYSTAT01", body={"EDI_DC40": {"MESTYP": "STATUS"}, "E1STATS": [row]})


def _list(body: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = body.get(name)
    many = cast("list[Any]", found) if isinstance(found, list) else []
    return [one for one in many if isinstance(one, Mapping)]


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name, "")
    return found.strip() if isinstance(found, str) else ""
