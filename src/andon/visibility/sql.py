"""SQL in named files: a question is kept where a database person can read and explain it."""

__all__ = ["statement"]

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """The text of `queries/<name>.sql`, read once per process."""
    return files("andon.visibility").joinpath(f"queries/{name}.sql").read_text("utf-8")
