"""SQL lives in named files; this reads them."""

__all__ = ["query"]

from functools import cache
from importlib.resources import files


@cache
def query(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (files("andon.store") / "queries" / f"{name}.sql").read_text()
