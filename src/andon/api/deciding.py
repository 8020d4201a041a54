"""What people decide: cases acknowledged, answered, resolved; connections paused and resumed."""

__all__ = ["acknowledge", "answer", "deciding_routes", "pause", "resolve", "resume"]

from typing import Any

from litestar import post
from litestar.params import FromPath, JSONBody

from andon.api.callers import Asked, caller_of, hub_of
from andon.api.problems import ProblemError
from andon.api.reading import the_exception
from andon.api.shapes import Answer, Note
from andon.core.errors import Fault
from andon.visibility.connections import connection_named
from andon.visibility.views import ConnectionView, RawException

HINT = "select pg_notify('andon_changed', '')"


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
    request: Asked, exception_id: int, note: str, state: str, from_states: list[str]
) -> None:
    hub = hub_of(request)
    await hub.pool.execute(
        "update exception set state = $2,"
        " detail = detail || jsonb_build_object('history', coalesce(detail->'history', '[]')"
        "   || jsonb_build_array(jsonb_build_object("
        "     'state', $2::text, 'by', $3::text, 'at', $4::timestamptz, 'note', $5::text))),"
        " closed_at = case when $2 = 'resolved' then $4 else closed_at end,"
        " closed_by = case when $2 = 'resolved' then $3 else closed_by end"
        " where id = $1 and state = any($6)",
        exception_id,
        state,
        caller_of(request).actor.name,
        hub.now(),
        note.replace("\0", ""),
        from_states,
    )
    await hub.pool.execute(HINT)


@post("/v1/connections/{name:str}/pause", status_code=200, opt={"scope": "connections:write"})
async def pause(request: Asked, name: FromPath[str]) -> ConnectionView:
    """Nothing more is read or sent; what waits is kept."""
    return await _want(request, name, "paused")


@post("/v1/connections/{name:str}/resume", status_code=200, opt={"scope": "connections:write"})
async def resume(request: Asked, name: FromPath[str]) -> ConnectionView:
    """Goes on where it stopped."""
    return await _want(request, name, "running")


async def _want(request: Asked, name: str, wanted: str) -> ConnectionView:
    before = await _connection(request, name)
    hub = hub_of(request)
    await hub.pool.execute(
        "update connection_state set wanted = $2 where name = $1", before.name, wanted
    )
    await hub.pool.execute(HINT)
    await hub.wake()
    return await _connection(request, name)


async def _connection(request: Asked, name: str) -> ConnectionView:
    hub = hub_of(request)
    found = await connection_named(hub.pool, name, sites=caller_of(request).sites, now=hub.now())
    if found is None:
        raise ProblemError(404, f"There is no connection {name!r} that you may see.")
    return found


deciding_routes: tuple[Any, ...] = (acknowledge, resolve, answer, pause, resume)
