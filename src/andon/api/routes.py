"""Every route, in tuples one can read, behind one guard."""

__all__ = ["healthz", "openapi", "routed", "routes"]

from typing import Any

from litestar import Litestar, Response, get

from andon.api.callers import Asked, guard
from andon.api.commands import command_routes
from andon.api.deciding import deciding_routes
from andon.api.events import event_routes
from andon.api.login import login_routes
from andon.api.problems import exception_responders
from andon.api.reading import reading_routes
from andon.api.shapes import Healthy
from andon.api.stream import feed_routes


@get("/v1/openapi.json", opt={"scope": "known"}, include_in_schema=False)
async def openapi(request: Asked) -> Response[bytes]:
    """This API's own description."""
    document: bytes = request.app.state.description()
    return Response(document, media_type="application/vnd.oai.openapi+json;version=3.1")


@get("/healthz", opt={"scope": "open"}, sync_to_thread=False)
def healthz() -> Healthy:
    """The process answers; it says nothing about the systems."""
    return Healthy(ok=True)


routes: tuple[Any, ...] = (
    healthz,
    openapi,
    *login_routes,
    *reading_routes,
    *deciding_routes,
    *feed_routes,
    *event_routes,
    *command_routes,
)


def routed(**more: Any) -> Litestar:
    """All routes behind the guard, without the walls."""
    options: dict[str, Any] = {"openapi_config": None, **more}
    return Litestar(
        route_handlers=list(routes),
        guards=[guard],
        exception_handlers=exception_responders(),
        logging_config=None,
        **options,
    )
