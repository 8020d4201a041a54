"""The fence around held lots: what would move or consume one is stopped."""

__all__ = ["Bound", "Fence", "hold_reason"]

import asyncpg
import msgspec

from andon.core.message import LOT, Command
from andon.engine.plan import Plan
from andon.store.sql import query


class Bound(msgspec.Struct, frozen=True):
    """Why a lot is bound."""

    root: str
    holder: str
    reason: str


class Fence:
    """Held lots and what was made of them, as this process knows them.

    A hold of its own process binds at once. One of another process binds at the gate within the
    time that a notification takes, and at the claim, which looks anew, from its commit on. A lot
    whose system is not known is stopped by its bare number.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._bound: dict[str, Bound] = {}
        self._numbers: dict[str, str] = {}

    async def look(self, db: "asyncpg.Connection | asyncpg.Pool[asyncpg.Record]") -> None:
        """Reads what is bound now."""
        rows = await db.fetch(query("held"))
        self._bound = {row["lot"]: Bound(row["root"], row["holder"], row["reason"]) for row in rows}
        self._numbers = {lot.partition(":")[2]: lot for lot in self._bound}

    def bind(self, lot: str, holder: str, reason: str) -> None:
        """A hold that is about to be recorded; `look` takes it back if it is not."""
        self._bound[lot] = Bound(lot, holder, reason)
        self._numbers[lot.partition(":")[2]] = lot

    def stops(self, command: Command) -> str | None:
        """Why this command may not pass, if it would move or consume a bound lot."""
        if not self._bound:
            return None
        for local in command.lots():
            name = self._plan.named(LOT, local)
            lot = name if "/" in name else self._numbers.get(name)
            if lot is not None and (bound := self._bound.get(lot)) is not None:
                return _words(command, lot, bound)
        return None


def hold_reason(command: Command) -> str:
    """Why it holds, in its own words if it has any."""
    return str(getattr(command, "reason", None) or "no reason was said")


def _words(command: Command, lot: str, bound: Bound) -> str:
    number, root = lot.partition(":")[2], bound.root.partition(":")[2]
    made = "" if bound.root == lot else f" was made of lot {root}, which"
    return (
        f"{type(command).__name__} would move or consume lot {number}, which{made} is held by"
        f" {bound.holder}: {bound.reason}. It may pass once the hold is released."
    )
