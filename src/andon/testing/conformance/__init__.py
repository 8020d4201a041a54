"""The suite every connector passes, on its simulator and on the real system."""

__all__ = [
    "CHECKS",
    "BrokenPromiseError",
    "Check",
    "Outcome",
    "Quality",
    "Result",
    "counterparts_of",
    "installed",
    "quality_of",
    "tried",
    "tried_all",
]

from andon.testing.conformance.check import BrokenPromiseError, Check
from andon.testing.conformance.installed import counterparts_of, installed
from andon.testing.conformance.quality import Quality, quality_of
from andon.testing.conformance.suite import CHECKS, Outcome, Result, tried, tried_all
