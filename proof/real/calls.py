"""Which of Andon's commands a call to Tryton is, seen from the wire."""

import re

__all__ = ["CALLS", "call_named"]

CALLS = (
    "CreateLot",
    "AssignLots",
    "StartOperation",
    "AssignComponents",
    "RequestInspection",
    "RecordOperation",
    "StartProduction",
    "ReceiveOutput",
    "CompleteProduction",
    "ConfirmOperation",
)
"""Every call of a posting. The first five rounds hold every other one: those that would do harm
if they were repeated blindly."""

_SHAPES = (
    ("AssignLots", "PUT", r"production/\d+", b'"inputs"'),
    ("ReceiveOutput", "PUT", r"production/\d+", b'"outputs"'),
    ("AssignComponents", "POST", r"production/\d+/assign_try", b""),
    ("StartProduction", "POST", r"production/\d+/run", b""),
    ("CompleteProduction", "POST", r"production/\d+/do", b""),
    ("StartOperation", "POST", r"production\.work/\d+/start", b""),
    ("ConfirmOperation", "POST", r"production\.work/\d+/stop", b""),
    ("RecordOperation", "PUT", r"production\.work\.cycle/\d+", b""),
    ("CreateLot", "POST", r"stock\.lot", b""),
    ("RequestInspection", "POST", r"quality\.inspection", b""),
)


def call_named(method: str, path: str, body: bytes) -> str | None:
    """The command; None for reading. A call with an effect that nobody knows is a mistake here."""
    if method == "GET":
        return None
    _, _, below = path.partition("/model/")
    for name, verb, shape, word in _SHAPES:
        if method == verb and re.fullmatch(shape, below) and word in body:
            return name
    raise LookupError(f"no command of a posting makes the call {method} {path}")
