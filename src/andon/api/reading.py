"""What may be read: overview, subjects, exceptions, connections."""

__all__ = [
    "read_authoritative",
    "read_availability",
    "read_connections",
    "read_exception",
    "read_exceptions",
    "read_objects",
    "read_overview",
    "read_reach",
    "read_subject",
    "read_subjects",
    "reading_routes",
    "the_exception",
]

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from andon.api.addresses import as_sent
from andon.api.callers import Asked, Caller, caller_of, hub_of
from andon.api.needs import Hub
from andon.api.problems import ProblemError
from andon.api.recent import Recent
from andon.api.shapes import Connections, Exceptions, Objects, Subjects
from andon.visibility import connections as connection_views
from andon.visibility import exceptions as exception_views
from andon.visibility.authoritative import authoritative, objects
from andon.visibility.availability import availability
from andon.visibility.eyes import Eyes
from andon.visibility.overview import overview
from andon.visibility.reach import reach
from andon.visibility.reached import Reach
from andon.visibility.subject import subject_page
from andon.visibility.subjects import subject_lines
from andon.visibility.views import Authoritative, Availability, Overview, RawException, SubjectPage

BIGINT = 2**63 - 1
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Before = Annotated[int | None, QueryParameter(ge=0, le=BIGINT)]


@get("/v1/overview", opt={"scope": "read"})
async def read_overview(request: Asked) -> Overview:
    """The board at a glance; `generated_at` says its age, a second at most."""
    hub = hub_of(request)
    sites = caller_of(request).sites
    recent: Recent[Overview] = request.app.state.overviews
    return await recent.get(sites, lambda: overview(hub.pool, sites=sites, now=hub.now()))


@get("/v1/subjects", opt={"scope": "read"})
async def read_subjects(
    request: Asked,
    kind: FromQuery[str | None] = None,
    q: FromQuery[str | None] = None,
    before: Before = None,
    limit: Limit = 50,
) -> Subjects:
    """Subjects, newest first; `q` is the beginning of any of their ids."""
    hub = hub_of(request)
    items, following = await subject_lines(
        hub.pool,
        kind=kind,
        begins=q,
        before=before,
        limit=limit,
        sites=caller_of(request).sites,
        now=hub.now(),
    )
    return Subjects(items, following)


@get("/v1/subjects/{name:path}", opt={"scope": "read"})
async def read_subject(
    request: Asked, name: FromPath[str], as_of: FromQuery[datetime | None] = None
) -> SubjectPage:
    """Everything about one subject, by its name, local id or alias; 409 with `choices` if several.

    With `as_of`, the matrix shows what was believed, as known at that instant.
    """
    if as_of is not None and as_of.tzinfo is None:
        raise ProblemError(422, "as_of needs its zone: 2026-01-31T12:00:00Z.")
    hub = hub_of(request)
    return await subject_page(
        hub.pool,
        as_sent(request, "/v1/subjects", name),
        sites=caller_of(request).sites,
        now=hub.now(),
        as_of=as_of,
    )


@get("/v1/availability/{item:path}", opt={"scope": "read:inventory"})
async def read_availability(
    request: Asked,
    item: FromPath[str],
    site: FromQuery[str | None] = None,
    lot: FromQuery[str | None] = None,
) -> Availability:
    """How much there is of an item, at all sites you may see, at one plant (`site`), or of one
    `lot`: what the books say, what the warehouse says, and who holds what, each with its age. Not
    for partners."""
    hub, caller = hub_of(request), caller_of(request)
    if caller.actor.party is not None:
        raise ProblemError(403, "Our stock is not shown to partners.")
    return await availability(
        hub.pool,
        item.removeprefix("/"),
        sites=caller.sites,
        site=site,
        lot=lot,
        now=hub.now(),
    )


@get("/v1/reach/{name:path}", opt={"scope": "read"})
async def read_reach(request: Asked, name: FromPath[str]) -> Reach:
    """What a movement of stock that was missed reaches, asked of an item, a lot, an order or a
    delivery: where systems say that other amounts of a lot lie and what that is worth, the
    production orders that miss or make the item, and the sales orders that wait for it."""
    hub = hub_of(request)
    return await reach(
        hub.pool,
        as_sent(request, "/v1/reach", name),
        sites=caller_of(request).sites,
        now=hub.now(),
    )


@get("/v1/{capability:str}/{kind:str}/{object_id:path}", opt={"scope": "read:{capability}"})
async def read_authoritative(
    request: Asked,
    capability: FromPath[str],
    kind: FromPath[str],
    object_id: FromPath[str],
    related: FromQuery[str | None] = None,
) -> Authoritative:
    """What counts as true of one object: `/v1/master/item/PUMP`, with the linked objects of a kind
    that `related` names. Each attribute has its source and age; the whole story, with what others
    believe, is at `/v1/subjects`. A partner sees what is its own, by its own number too."""
    hub, caller = hub_of(request), caller_of(request)
    _require_kind(hub, capability, kind)
    if related is not None:
        _require_kind(hub, capability, related)
    return await authoritative(
        hub.pool,
        kind,
        object_id.removeprefix("/"),
        eyes=_eyes(hub, caller),
        related=related,
        now=hub.now(),
    )


@get("/v1/{capability:str}/{kind:str}", opt={"scope": "read:{capability}"})
async def read_objects(
    request: Asked,
    capability: FromPath[str],
    kind: FromPath[str],
    before: Before = None,
    limit: Limit = 50,
) -> Objects:
    """The objects of a kind, newest first, each with what counts as true of it. A partner sees what
    is its own."""
    hub, caller = hub_of(request), caller_of(request)
    _require_kind(hub, capability, kind)
    items, following = await objects(
        hub.pool, kind, eyes=_eyes(hub, caller), before=before, limit=limit, now=hub.now()
    )
    return Objects(items, following)


def _eyes(hub: Hub, caller: Caller) -> Eyes:
    return Eyes(caller.sites, caller.actor.party, hub.partnerships)


def _require_kind(hub: Hub, capability: str, kind: str) -> None:
    known = sorted(
        {
            shape.KIND
            for shape in hub.contracts.shapes
            if shape.KIND and shape.TYPE.split(".")[1] == capability
        }
    )
    if kind not in known:
        raise ProblemError(
            404, f"{capability} knows no {kind!r}. It knows: {', '.join(known) or 'nothing'}."
        )


@get("/v1/exceptions", opt={"scope": "read"})
async def read_exceptions(
    request: Asked,
    only: Annotated[
        Literal["open", "acknowledged", "resolved"] | None, QueryParameter(name="state")
    ] = None,
    before: Before = None,
    limit: Limit = 50,
) -> Exceptions:
    """Cases, newest first."""
    items, following = await exception_views.exceptions(
        hub_of(request).pool,
        state=only,
        before=before,
        limit=limit,
        sites=caller_of(request).sites,
    )
    return Exceptions(items, following)


@get("/v1/exceptions/{exception_id:int}", opt={"scope": "read"})
async def read_exception(request: Asked, exception_id: FromPath[int]) -> RawException:
    """One case, with the item as it came."""
    return await the_exception(request, exception_id)


async def the_exception(request: Asked, exception_id: int) -> RawException:
    """One case that the caller may see; 404 otherwise."""
    found = None
    if 0 <= exception_id <= BIGINT:
        hub, sites = hub_of(request), caller_of(request).sites
        found = await exception_views.exception_with_raw(
            hub.pool, exception_id, sites=sites, now=hub.now()
        )
    if found is None:
        raise ProblemError(404, f"There is no case {exception_id} that you may see.")
    return found


@get("/v1/connections", opt={"scope": "read"})
async def read_connections(request: Asked) -> Connections:
    """All connections, with health and backlog."""
    hub = hub_of(request)
    return Connections(
        await connection_views.connections(hub.pool, sites=caller_of(request).sites, now=hub.now())
    )


reading_routes: tuple[Any, ...] = (
    read_overview,
    read_subjects,
    read_subject,
    read_availability,
    read_authoritative,
    read_objects,
    read_exceptions,
    read_exception,
    read_reach,
    read_connections,
)
