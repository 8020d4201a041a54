"""The API put together: routes, the guard before them, the wall around them."""

__all__ = ["create_app", "end_streams"]

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache

from litestar import Litestar
from litestar.datastructures import State

from andon.api.capabilities import plant_document
from andon.api.feed import Feed
from andon.api.keyring import KeyRing
from andon.api.listening import Ears
from andon.api.login import Doorman
from andon.api.needs import Hub, Web
from andon.api.pages import Pages
from andon.api.recent import Recent
from andon.api.routes import routed
from andon.api.walls import Walls
from andon.visibility.views import Overview


def create_app(
    hub: Hub, *, web: Web | None = None, ring: KeyRing | None = None, pages: Pages | None = None
) -> Litestar:
    """The whole HTTP side as one ASGI application.

    Give the `ring` that the door under `/in/` asks. Call `end_streams(app)` before stopping the
    server: a server waits for its open answers, and a feed does not end by itself.
    """
    web = web or Web()
    ring = ring or KeyRing()
    ears = Ears(hub.pool, ring)
    feed = Feed(hub.pool, ears)

    @asynccontextmanager
    async def alive(_: Litestar) -> AsyncGenerator[None]:
        await ring.refresh(hub.pool)
        tasks = [
            asyncio.create_task(ears.listen(), name="ears"),
            asyncio.create_task(feed.run(), name="feed"),
        ]
        try:
            yield
        finally:
            feed.end()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    app = routed(
        lifespan=[alive],
        state=State(
            {
                "hub": hub,
                "ring": ring,
                "feed": feed,
                "web": web,
                "doorman": Doorman(),
                "description": cache(lambda: plant_document(hub.commands)),
                "overviews": Recent[Overview](within=1.0),
            }
        ),
        request_max_body_size=web.body_limit,
    )
    app.asgi_handler = Walls(app.asgi_handler, in_door=hub.in_door, pages=pages or Pages(), web=web)
    return app


def end_streams(app: Litestar) -> None:
    """Ends every feed now; new ones are refused."""
    feed: Feed = app.state.feed
    feed.end()
