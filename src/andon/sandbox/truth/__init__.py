"""The physical truth: what exists where, in which condition. Only the sandbox knows it."""

__all__ = [
    "Arrived",
    "Broke",
    "Consumed",
    "Counted",
    "Fact",
    "Finished",
    "Genealogy",
    "ImpossibleError",
    "Left",
    "Lot",
    "Made",
    "Mended",
    "Moved",
    "Processed",
    "Provided",
    "Returned",
    "Scrapped",
    "Started",
    "Strayed",
    "Truth",
    "Used",
    "family",
    "made_of",
]

from andon.sandbox.truth.facts import (
    Arrived,
    Broke,
    Consumed,
    Counted,
    Fact,
    Finished,
    Left,
    Made,
    Mended,
    Moved,
    Processed,
    Provided,
    Returned,
    Scrapped,
    Started,
    Strayed,
    Used,
)
from andon.sandbox.truth.genealogy import Genealogy, family, made_of
from andon.sandbox.truth.stock import ImpossibleError, Lot, Truth
