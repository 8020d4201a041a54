"""The words of OPC 10031-4 version 2: states, methods, what a method's status says."""

__all__ = ["METHODS", "STATES", "JobState", "Method", "Proves", "words_of"]

from collections.abc import Mapping
from enum import Enum
from typing import Literal

JobState = Literal[
    "NotAllowedToStart", "AllowedToStart", "Running", "Interrupted", "Ended", "Aborted"
]

STATES: Mapping[int, JobState] = {
    1: "NotAllowedToStart", 2: "AllowedToStart", 3: "Running",
    4: "Interrupted", 5: "Ended", 6: "Aborted",
}  # fmt: skip
"""Numbers of the states at the top; the first two together are called Prepared."""

Method = Literal[
    "Store", "StoreAndStart", "Start", "RevokeStart", "Update", "Pause", "Resume", "Stop",
    "Cancel", "Abort", "Clear",
]  # fmt: skip


class Proves(Enum):
    """What the list shows once a method was done, where it is no state."""

    LISTED = "listed"
    ABSENT = "absent"
    SAME = "same"


METHODS: Mapping[Method, Proves | tuple[JobState, ...]] = {
    "Store": Proves.LISTED,
    "StoreAndStart": ("AllowedToStart", "Running", "Interrupted", "Ended", "Aborted"),
    "Start": ("AllowedToStart", "Running", "Interrupted", "Ended", "Aborted"),
    "RevokeStart": ("NotAllowedToStart",),
    "Update": Proves.SAME,
    "Pause": ("Interrupted",),
    "Resume": ("Running", "Ended"),
    "Stop": ("Ended",),
    "Cancel": Proves.ABSENT,
    "Abort": ("Aborted",),
    "Clear": Proves.ABSENT,
}
"""What proves that a method was done."""

_WORDS = {
    1: "the job order id is unknown",
    3: "the job order's status does not allow it, or is unknown",
    4: "the job order cannot be accepted",
    32: "the request is invalid",
}


def words_of(code: int) -> str:
    """Every bit of a method's return status, in words."""
    said = [_WORDS.get(bit, f"bit {bit} of its own") for bit in range(1, 64) if code >> bit & 1]
    return ", ".join(said) or f"it says {code} without a reason"
