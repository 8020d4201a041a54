"""What was said before a run began: two feeds have no order between them."""

__all__ = ["earlier"]

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from andon.core.errors import LateError
from andon.core.message import Event
from andon.core.workflow import Run

E = TypeVar("E", bound=Event)


async def earlier(run: Run, *types: type[E]) -> Sequence[E]:
    """What a run of a workflow with `earlier` begins with, in order. Where something new is there
    already it is the last of it, so that both are looked at together."""
    said: list[E] = []
    while True:
        try:
            said.append(await run.wait(*types, within=timedelta()))
        except LateError:
            return said
        if not run.earlier:
            return said
