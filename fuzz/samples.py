"""Real documents to begin from."""

__all__ = ["samples"]

from pathlib import Path

_SAMPLES = Path(__file__).parents[1] / "tests" / "samples"


def samples(pattern: str, *, at_most: int = 16_384) -> list[bytes]:
    """The documents below tests/samples that match, small ones only."""
    files = sorted(file for file in _SAMPLES.glob(pattern) if file.is_file())
    return [file.read_bytes() for file in files if file.stat().st_size <= at_most]
