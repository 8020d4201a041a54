"""What people decide: cases acknowledged, answered, resolved; connections paused and resumed."""

__all__ = ["acknowledge", "answer", "deciding_routes", "pause", "resolve", "resume"]

from collections.abc import Sequence
from typing import Any, Literal

from litestar import post
from litestar.params import FromPath, JSONBody

from andon.api.callers import Asked, caller_of, hub_of
from andon.api.problems import ProblemError
from andon.api.reading import the_exception
from andon.api.shapes import Answer, Note
from andon.core.errors import Fault
from andon.store.acts import Wanted, judge, wish
from andon.visibility.connections import connection_named
from andon.visibility.views import ConnectionView, RawException


@post(
    "/v1/exceptions/{exception_id:int}/acknowledge",
    status_code=200,
    opt={"scope": "exceptions:write"},
)
async def acknowledge(
    request: Asked, exception_id: FromPath[int], data: JSONBody[Note]
) -> RawException:
    """Somebody looks at it. A case acknowledged or resolved already stays as it is."""
    await the_exception(request, exception_id)
    await _note(request, exception_id, data.note, "acknowledged", ["open"])
    return await the_exception(request, exception_id)


@post(
    "/v1/exceptions/{exception_id:int}/resolve", status_code=200, opt={"scope": "exceptions:write"}
)
async def resolve(
    request: Asked, exception_id: FromPath[int], data: JSONBody[Note]
) -> RawException:
    """The cause is gone. A case that asks a question is answered instead."""
    case = await the_exception(request, exception_id)
    if case.choices and case.answer is None and case.state != "resolved":
        raise ProblemError(
            409,
            f"Case {exception_id} asks a question for which work waits."
            f" Answer it with one of: {', '.join(case.choices)}.",
        )
    await _note(request, exception_id, data.note, "resolved", ["open", "acknowledged"])
    return await the_exception(request, exception_id)


@post(
    "/v1/exceptions/{exception_id:int}/answer", status_code=200, opt={"scope": "exceptions:write"}
)
async def answer(
    request: Asked, exception_id: FromPath[int], data: JSONBody[Answer]
) -> RawException:
    """Chooses for the work that waits; the first answer stands."""
    case = await the_exception(request, exception_id)
    if data.answer not in case.choices:
        known = ", ".join(case.choices) or "none; it asks nothing"
        fault = Fault("/answer", f"is not one of the choices ({known})")
        raise ProblemError(422, f"Case {exception_id} has no such choice.", faults=[fault])
    if case.answer is not None or case.state == "resolved":
        if case.answer == data.answer:
            return case
        raise ProblemError(409, f"Case {exception_id} is closed: {case.answer or 'resolved'}.")
    await hub_of(request).answer(exception_id, data.answer, caller_of(request).actor)
    return await the_exception(request, exception_id)


async def _note(
    request: Asked,
    exception_id: int,
    note: str,
    state: Literal["acknowledged", "resolved"],
    of: Sequence[str],
) -> None:
    hub = hub_of(request)
    by = caller_of(request).actor.name
    await judge(hub.pool, exception_id, state, by=by, note=note, now=hub.now(), of=of)


@post("/v1/connections/{name:str}/pause", status_code=200, opt={"scope": "connections:write"})
async def pause(
    request: Asked, name: FromPath[str], data: JSONBody[Note | None] = None
) -> ConnectionView:
    """Nothing more is read or sent; what waits is kept. Who did it and why is recorded."""
    return await _want(request, name, "paused", data)


@post("/v1/connections/{name:str}/resume", status_code=200, opt={"scope": "connections:write"})
async def resume(
    request: Asked, name: FromPath[str], data: JSONBody[Note | None] = None
) -> ConnectionView:
    """Goes on where it stopped. Who did it and why is recorded."""
    return await _want(request, name, "running", data)


async def _want(request: Asked, name: str, wanted: Wanted, note: Note | None) -> ConnectionView:
    before = await _connection(request, name)
    hub = hub_of(request)
    by, why = caller_of(request).actor.name, note.note if note else ""
    await wish(hub.pool, before.name, wanted, by=by, why=why, now=hub.now())
    await hub.wake()
    return await _connection(request, name)


async def _connection(request: Asked, name: str) -> ConnectionView:
    hub = hub_of(request)
    found = await connection_named(hub.pool, name, sites=caller_of(request).sites, now=hub.now())
    if found is None:
        raise ProblemError(404, f"There is no connection {name!r} that you may see.")
    return found


deciding_routes: tuple[Any, ...] = (acknowledge, resolve, answer, pause, resume)
