"""The app: routes, guard, errors and the interface's description, around an edge."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from resources.settings import Settings
from serving.api import (
    blend_reviews,
    blends,
    events,
    experiments,
    health,
    media,
    promotions,
    renditions,
    reviews,
    style_events,
    styles,
    subtitles,
    tastes,
    thumbnails,
    trailers,
    viewers,
)
from serving.blend_studio import routes as blend_page
from serving.blend_studio import socket as blend_socket
from serving.edge import open_edge
from serving.guard import Guard
from serving.live import media as live_media
from serving.live import routes as live_streams
from serving.live.house import open_live
from serving.live.page import routes as live_page
from serving.metrics import Metrics
from serving.pages import player
from serving.pages import reviews as review_page
from serving.pages import routes as pages
from serving.pages import styles as style_page
from serving.pages import tastes as taste_page
from serving.problems import add_problem_handlers, document_problems

__all__ = ["create_app"]

_ABOUT = """
Thumbnails that test themselves, and everything a front page needs beside them.

Every request but the first two of *operation* and the media files needs an API key with the scope that the operation
names: `Authorization: Bearer sr_…` (`showrunner keys create`). Errors are problem details (RFC 9457). Repeating any
request is safe: events count once by their `id`, steps and verdicts are taken once.
"""


def create_app(settings: Settings) -> FastAPI:
    """The app; database and store are opened when it starts, and closed when it ends."""
    metrics = Metrics()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_edge(settings, metrics) as edge, open_live(edge) as live:
            app.state.edge, app.state.live = edge, live
            yield

    # The interactive pages load scripts from elsewhere; the description itself is at /openapi.json.
    app = FastAPI(title="Showrunner", version="1", description=_ABOUT, lifespan=lifespan, docs_url=None, redoc_url=None)
    for module in (thumbnails, trailers, subtitles, media, events, viewers, experiments, promotions, reviews, health):
        app.include_router(module.router)
    app.include_router(styles.router)
    app.include_router(renditions.router)
    app.include_router(blends.router)
    app.include_router(blend_reviews.router)
    app.include_router(pages.router, include_in_schema=False)
    app.include_router(review_page.router, include_in_schema=False)
    app.include_router(player.router, include_in_schema=False)
    app.include_router(tastes.router)
    app.include_router(style_events.router)
    app.include_router(taste_page.router, include_in_schema=False)
    app.include_router(style_page.router, include_in_schema=False)
    app.include_router(live_streams.router)
    app.include_router(live_media.router)
    app.include_router(live_page.router, include_in_schema=False)
    app.include_router(blend_page.router, include_in_schema=False)
    app.include_router(blend_socket.router)
    app.mount("/studio/blend/static", blend_page.static_files(), name="blend_static")
    app.mount("/static", pages.static_files(), name="static")
    add_problem_handlers(app)
    app.add_middleware(Guard, metrics=metrics)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        document_problems(schema)
        app.openapi_schema = schema
    return app.openapi_schema
