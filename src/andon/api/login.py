"""People: a login opens a session, a logout ends it."""

__all__ = ["Doorman", "log_in", "log_out", "login_routes", "me"]

import asyncio
import math
from typing import Any

from litestar import Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.params import JSONBody

from andon.api.callers import COOKIE, Asked, caller_of, hub_of
from andon.api.limits import Attempts
from andon.api.needs import Web
from andon.api.problems import ProblemError
from andon.api.shapes import Login, Me
from andon.core.errors import Fault
from andon.store.access import (
    SESSION_LASTS,
    Account,
    check_password,
    close_session,
    open_session,
    use_login_link,
)

PER_ACCOUNT = 5
PER_ADDRESS = 30
_LINK_REFUSED = (
    "This link was used already, has ended, or was never given. Sign in with your name and"
    " password, or ask an administrator for a new link."
)
_NAME_REFUSED = (
    "No account has this name and this password. Check both. The first start of"
    " Andon told its password on the terminal, or else in .andon/first-password."
)


class Doorman:
    """Judges logins, a few at a time: each costs argon2 64 MB, on purpose."""

    def __init__(self) -> None:
        self._accounts = Attempts(PER_ACCOUNT)
        self._addresses = Attempts(PER_ADDRESS)
        self._turn = asyncio.Semaphore(2)

    async def judge(self, request: Asked, login: Login) -> Account | None:
        """Whose login this is. The same answer, in the same time, for a wrong name or password."""
        address = request.client.host if request.client else ""
        self._allow(self._addresses, address)
        db = hub_of(request).pool
        if login.link is not None:
            return await use_login_link(db, login.link)
        name = login.name or ""
        self._allow(self._accounts, f"{address} {name[:200]}")
        if "\0" in name:
            return None
        async with self._turn:
            account = await check_password(db, name, login.password or "")
        if account is not None:
            self._accounts.forgive(f"{address} {name[:200]}")
        return account

    def _allow(self, attempts: Attempts, who: str) -> None:
        if wait := attempts.wait_for(who):
            seconds = math.ceil(wait)
            raise ProblemError(
                429,
                f"Too many logins were tried. Wait {seconds} seconds, then try again.",
                headers={"Retry-After": str(seconds)},
            )


@post("/v1/session", status_code=204, opt={"scope": "open"})
async def log_in(request: Asked, data: JSONBody[Login]) -> Response[None]:
    """Opens a session from a login link or a name and password, and sets its cookie."""
    if (data.link is None) == (data.name is None or data.password is None):
        fault = Fault("", "give either link, or name and password")
        raise ProblemError(422, "The login does not read.", faults=[fault])
    doorman: Doorman = request.app.state.doorman
    account = await doorman.judge(request, data)
    if account is None:
        raise ProblemError(401, _LINK_REFUSED if data.link is not None else _NAME_REFUSED)
    token = await open_session(hub_of(request).pool, account.name)
    return Response(
        None, status_code=204, cookies=[_cookie(request, token, int(SESSION_LASTS.total_seconds()))]
    )


@delete("/v1/session", status_code=204, opt={"scope": "open"})
async def log_out(request: Asked) -> Response[None]:
    """Ends the session of the cookie; a second time changes nothing."""
    if token := request.cookies.get(COOKIE):
        await close_session(hub_of(request).pool, token)
    return Response(None, status_code=204, cookies=[_cookie(request, "", 0)])


@get("/v1/me", opt={"scope": "known"})
async def me(request: Asked) -> Me:
    """Who asks, and what they may do."""
    caller = caller_of(request)
    return Me(
        name=caller.actor.name,
        roles=sorted(caller.actor.roles - caller.scopes),
        scopes=sorted(caller.scopes),
        sites=sorted(caller.sites),
    )


def _cookie(request: Asked, token: str, max_age: int) -> Cookie:
    web: Web = request.app.state.web
    return Cookie(
        key=COOKIE,
        value=token,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="strict",
        secure=web.https,
    )


login_routes: tuple[Any, ...] = (log_in, log_out, me)
