"""What libFuzzer says of one run, as figures."""

__all__ = ["Outcome", "outcome_of"]

import re
from datetime import date

import msgspec

_FINAL = re.compile(r"^stat::(\w+):\s+(\d+)", re.MULTILINE)
_PULSE = re.compile(r"rss: (\d+)Mb")
_GROWTH_MB = 64
"""More between the middle and the end of a run is growth, not a cache that fills."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One parser after its time."""

    connector: str
    parser: str
    executions: int
    seconds: float
    slowest_s: int
    peak_mb: int
    grown_mb: int
    fault: str | None
    """The defect with the bytes that show it, or None."""
    measured_on: date

    @property
    def well(self) -> bool:
        """It neither crashed nor hung nor grew."""
        return self.fault is None and self.grown_mb <= _GROWTH_MB


def outcome_of(
    connector: str,
    parser: str,
    said: str,
    *,
    code: int,
    seconds: float,
    shown_by: str | None,
    measured_on: date,
) -> Outcome:
    """Reads libFuzzer's words; `shown_by` is the input it kept for a defect, in hexadecimal."""
    final = {name: int(value) for name, value in _FINAL.findall(said)}
    sizes = [int(size) for size in _PULSE.findall(said)]
    fault = None
    if code != 0:
        lines = [line for line in said.splitlines() if "Exception" in line or "ERROR" in line]
        last = [line for line in said.splitlines() if re.match(r"\s*\w*Error\b", line)]
        fault = f"{' | '.join([*lines[:1], *last[:1]]) or f'exit {code}'}; input {shown_by}"
    return Outcome(
        connector=connector,
        parser=parser,
        executions=final.get("number_of_executed_units", 0),
        seconds=round(seconds, 1),
        slowest_s=final.get("slowest_unit_time_sec", 0),
        peak_mb=final.get("peak_rss_mb", max(sizes, default=0)),
        grown_mb=max(0, sizes[-1] - sizes[len(sizes) // 2]) if sizes else 0,
        fault=fault,
        measured_on=measured_on,
    )
