"""What comes again is news again."""

__all__ = ["andon"]

from uuid import uuid4

from andon.app.company import andon
from andon.engine import read


def _never_the_same(key: str, n: int) -> str:
    return f"{key}#{n}/{uuid4()}"


setattr(read, "_id", _never_the_same)  # noqa: B010 the module is ours; for the lab it errs
