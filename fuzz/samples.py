"""Real documents to begin from."""

__all__ = ["recorded", "samples"]

from pathlib import Path

import msgspec

_TESTS = Path(__file__).parents[1] / "tests"


def samples(pattern: str, *, at_most: int = 16_384) -> list[bytes]:
    """The documents below tests/samples that match, small ones only."""
    files = sorted(file for file in (_TESTS / "samples").glob(pattern) if file.is_file())
    return [file.read_bytes() for file in files if file.stat().st_size <= at_most]


def recorded(pattern: str) -> list[bytes]:
    """The rows below tests/recorded that match, each in one line as it comes over the wire."""
    files = sorted((_TESTS / "recorded").glob(pattern))
    return [msgspec.json.format(file.read_bytes(), indent=-1) for file in files]
