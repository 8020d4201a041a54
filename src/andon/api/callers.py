"""Who asks, and whether they may: every route says its scope, and without one nobody passes."""

__all__ = [
    "COOKIE",
    "Asked",
    "Caller",
    "caller_of",
    "guard",
    "hub_of",
    "scopes_of",
    "still_welcome",
]

from collections.abc import Iterable
from typing import Any, cast

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers.base import BaseRouteHandler

from andon.api.keyring import KeyRing, actor_of
from andon.api.needs import Hub
from andon.api.problems import ProblemError
from andon.core.record import Actor
from andon.store.access import account_of_session

COOKIE = "andon_session"
OPEN = "open"
"""The scope of the few routes that anybody may ask."""
KNOWN = "known"
"""The scope of the few routes for everybody who says who they are, and may do something."""

_ROLES: dict[str, frozenset[str]] = {
    "administrator": frozenset({"admin"}),
    "support": frozenset({"read", "exceptions:write", "connections:write"}),
    "planner": frozenset({"read", "exceptions:write"}),
    "quality": frozenset({"read", "exceptions:write", "commands:quality"}),
    "viewer": frozenset({"read"}),
}

Asked = Request[Any, Any, State]


class Caller(msgspec.Struct, frozen=True):
    """A program with a key or a person with a session."""

    actor: Actor
    scopes: frozenset[str]
    system: str | None = None
    """Whose events it may say."""

    @property
    def sites(self) -> frozenset[str]:
        """What it may see; empty means all."""
        return self.actor.sites

    def may(self, scope: str) -> bool:
        """Whether it has a scope, or a wider one. `read` covers every `read:<capability>`; a
        partner has only scopes of capabilities, whatever its key says."""
        area, colon, _ = scope.partition(":")
        if scope == KNOWN:
            return bool(self.scopes)
        if self.actor.party is not None:
            return scope in self.scopes and bool(colon) and area in ("read", "commands")
        wider = area == "read" and "read" in self.scopes
        return scope in self.scopes or wider or "admin" in self.scopes


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """What the roles of a person allow; a role unknown here allows nothing by itself."""
    return frozenset(scope for role in roles for scope in _ROLES.get(role, ()))


async def guard(connection: ASGIConnection[Any, Any, Any, Any], route: BaseRouteHandler) -> None:
    """Lets nobody pass a route that does not say which scope it needs."""
    scope = route.opt.get("scope")
    if scope == OPEN:
        return
    caller = await _identified(connection)
    if caller is None:
        raise ProblemError(
            401,
            "This needs a key (Authorization: Bearer) or a login. `andon keys create` makes a key.",
            headers={"WWW-Authenticate": 'Bearer realm="andon"'},
        )
    needed = str(scope).format(**connection.path_params) if scope else "admin"
    if not caller.may(needed):
        raise ProblemError(403, f"This needs the scope {needed}, which {caller.actor.name} lacks.")
    connection.scope["user"] = caller


async def _identified(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller | None:
    state = connection.app.state
    ring: KeyRing = state.ring
    headers = connection.scope["headers"]
    if any(name == b"authorization" for name, _ in headers):
        # A wrong key is refused even where a session would do: nobody is mistaken for another.
        key = ring.key_of(headers)
        if key is None:
            await ring.look_again(hub_of(connection).pool)
            key = ring.key_of(headers)
        if key is None:
            return None
        return Caller(actor_of(key), key.scopes, key.system)
    token = connection.cookies.get(COOKIE)
    account = await account_of_session(hub_of(connection).pool, token) if token else None
    if account is None:
        return None
    return Caller(Actor(account.name, account.roles, account.sites), scopes_of(account.roles))


def caller_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Caller:
    """Who the guard let in."""
    return cast(Caller, connection.scope["user"])


def hub_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Hub:
    """The running Andon."""
    return cast(Hub, connection.app.state.hub)


async def still_welcome(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a long answer may go on: its key not revoked, its session not ended."""
    return await _identified(connection) == caller_of(connection)
