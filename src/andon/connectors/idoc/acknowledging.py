"""Telling SAP that its IDocs are recorded here, once they are."""

__all__ = ["answers_to"]

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from andon.connectors._folders.content import opened
from andon.connectors.idoc.audit import Verdict, aleaud, status
from andon.connectors.idoc.document import Idoc, idocs_in
from andon.core.connector import Request
from andon.core.errors import MappingError

_MOST = 500
"""So many confirmations fit into one ALEAUD."""
_NEWS = ("ALEAUD", "STATUS")
"""Nobody answers an answer."""

Way = Literal["ALEAUD", "STATUS"]


def answers_to(path: Path, way: Way, now: datetime) -> Iterator[tuple[str, Request]]:
    """What SAP is told of a recorded file, each under a key of its own; in a thread. Of a file
    that breaks off it is told what was whole."""
    many: dict[str, list[str]] = {}
    for one in _whole(path):
        kind = one.control["MESTYP"]
        if kind not in _NEWS:
            many.setdefault(kind, []).append(one.control["DOCNUM"])
    for mestyp, numbers in many.items():
        most = _MOST if way == "ALEAUD" else 1
        for start in range(0, len(numbers), most):
            told = numbers[start : start + most]
            digest = blake2b("/".join([mestyp, *told]).encode(), digest_size=12).hexdigest()
            yield f"recorded/{digest}", _request(mestyp, told, way, now)


def _request(mestyp: str, numbers: list[str], way: Way, now: datetime) -> Request:
    match way:
        case "ALEAUD":
            return aleaud(mestyp, [Verdict(one, "50", "recorded") for one in numbers])
        case "STATUS":
            return status(Verdict(numbers[0], "39", "recorded"), now)


def _whole(path: Path) -> Iterator[Idoc]:
    with opened(path) as stream:
        found = idocs_in(stream)
        while True:
            try:
                one = next(found, None)
            except MappingError:
                return
            if one is None:
                return
            if isinstance(one, Idoc):
                yield one
