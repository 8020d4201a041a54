"""The one gate every command passes, whoever sends it."""

__all__ = ["Passed", "pass_gate"]

from collections.abc import Sequence

import msgspec

from andon.core.errors import DeniedError, UnroutedError
from andon.core.mapping import Outbound
from andon.core.message import Command
from andon.core.plant import Allow, Approve, Deny
from andon.core.record import Actor
from andon.engine.fence import Fence
from andon.engine.parcel import State
from andon.engine.plan import Plan, Wired


class Passed(msgspec.Struct, frozen=True):
    """A command the gate let through: its data, where it goes and how it is written there."""

    command: Command
    data: str
    wired: Wired
    outbound: Outbound
    approvals: Sequence[Approve] = ()
    """Whose word it waits for, one after the other."""

    @property
    def state(self) -> State:
        """How its delivery begins."""
        if self.approvals:
            return "awaiting"
        return "offered" if self.wired.offers else "pending"


def pass_gate(
    plan: Plan, command: Command, actor: Actor, site: str, *, fence: Fence | None = None
) -> Passed:
    """Known type, valid content, caller's site, route, held lots, policies.
    Raises DeniedError or InvalidError with the reason."""
    name = type(command).__name__
    data = plan.contracts.encode(command).decode()
    if actor.sites and site not in actor.sites:
        raise DeniedError(
            f"{actor.name} may not send {name} at {site}. Ask for a key of that site."
        )
    wired = plan.route(type(command), site)
    if wired is None:
        raise UnroutedError(
            f"No route says where {name} goes at {site}. Add one to the project's routes."
        )
    if fence is not None and (stopped := fence.stops(command)) is not None:
        raise DeniedError(stopped)
    approvals: list[Approve] = []
    for rule in plan.policies.get(type(command), ()):
        match rule.decides(command, actor):
            case Deny(reason=reason):
                raise DeniedError(f"{name} was denied: {reason}")
            case Approve() as approval:
                if all(approval.team != other.team for other in approvals):
                    approvals.append(approval)
            case Allow():
                pass
    return Passed(command, data, wired, wired.outbound[type(command)], approvals)
