"""The measured part of a page, between two marks: what people wrote around it stays."""

__all__ = ["put"]

from collections.abc import Sequence
from pathlib import Path

_BEGINS = "<!-- measured: written by the program, do not edit -->"
_ENDS = "<!-- end of what was measured -->"


def put(page: Path, measured: Sequence[str]) -> None:
    """Replaces the measured part of the page. Raises ValueError for a page without the marks."""
    before, begins, rest = page.read_text(encoding="utf-8").partition(_BEGINS)
    _, ends, after = rest.partition(_ENDS)
    if not (begins and ends):
        raise ValueError(f"{page} has no line {_BEGINS!r} with {_ENDS!r} after it")
    lines = [_BEGINS, *measured, _ENDS]
    page.write_text(before + "\n".join(lines) + after, encoding="utf-8")
