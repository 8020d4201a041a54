"""What fuzzing showed, for people."""

__all__ = ["page"]

from collections.abc import Sequence

from bench.machine import Machine
from fuzz.outcome import Outcome


def page(outcomes: Sequence[Outcome], machine: Machine, seconds: int) -> str:
    """A table with a row per parser."""
    lines = [
        "# Parsers under atheris",
        "",
        f"Each parser of what another system sends is given bytes for {seconds} s, beginning from",
        "real documents and guided by coverage. An input that ends in anything but a value or one",
        "of Andon's errors, takes longer than 10 s or a process over 1 GB, ends the run. Made by",
        "`python -m fuzz`; `fuzz.json` has the input of each defect.",
        "",
        "| connector | parser | inputs | slowest input, s | peak MB | grown in the second half, MB"
        " | result |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {one.connector} | {one.parser} | {one.executions:,} | {one.slowest_s} |"
            f" {one.peak_mb} | {one.grown_mb} | {'well' if one.well else 'a defect'} |"
            for one in outcomes
        ),
        "",
        f"Measured at {machine.revision} on {machine.cores} cores, Python {machine.python}.",
    ]
    return "\n".join(lines) + "\n"
