"""What partners may ask: commands that a partnership names, about their own subjects."""

__all__ = ["own_subject", "require_partnership"]

from collections.abc import Sequence

import asyncpg

from andon.core.errors import DeniedError, Fault, InvalidError
from andon.core.message import Command, full_name
from andon.core.plant import Partnership
from andon.core.record import Actor
from andon.engine.plan import Plan
from andon.store.sql import query

_PARTY = "party"


def require_partnership(plan: Plan, command: Command, actor: Actor) -> None:
    """Raises DeniedError where a partner may not ask this, or asks in the name of another."""
    if actor.party is None:
        return
    name = type(command).__name__
    if not _roles(plan.partnerships, command):
        raise DeniedError(f"Partners may not send {name}.")
    named = {plan.named(_PARTY, one.local) for one in command.links() if one.kind == _PARTY}
    if named - {actor.party}:
        raise DeniedError(f"{actor.name} may send {name} for {actor.party} alone.")


async def own_subject(
    db: "asyncpg.Pool[asyncpg.Record]", plan: Plan, command: Command, party: str
) -> str:
    """The one subject of the partner's own that its id means; an id of its own making names a new
    one, where the command says whose it is. Raises InvalidError."""
    roles = _roles(plan.partnerships, command)
    kind, local = command.KIND, command.local
    found = await db.fetch(query("own_subject"), kind, local, party, sorted(roles))
    if len(found) == 1:
        return found[0]["name"]
    issuer = party.rpartition(":")[2]
    own = full_name(kind, issuer, local)
    says_whose = any(one.kind == _PARTY and one.relation in roles for one in command.links())
    if not found and says_whose and own.startswith(f"{kind}/{issuer}:"):
        return own
    says = f"is {len(found)} of yours" if found else "is none of yours"
    raise InvalidError(
        f"{local!r} {says}: no {kind} that you could mean.", [Fault(f"/{command.KEY}", says)]
    )


def _roles(partnerships: Sequence[Partnership], command: Command) -> set[str]:
    return {one.role for one in partnerships if type(command) in one.asks}
