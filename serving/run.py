"""Runs the app: one process, one event loop; more of them behind a balancer where one is not enough."""

from __future__ import annotations

import sys

import uvicorn

from resources.settings import Settings
from serving.app import create_app
from serving.blend_studio.protocol import LONGEST_MESSAGE

__all__ = ["serve", "uvicorn_config"]

_STOP_S = 20
_SWITCH_S = 0.0005  # the commit's thread gives way to a decision this soon; Python's own 5 ms are a third of its budget


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first."""
    sys.setswitchinterval(_SWITCH_S)
    uvicorn.Server(uvicorn_config(settings, host=host, port=port)).run()


def uvicorn_config(settings: Settings, *, host: str, port: int) -> uvicorn.Config:
    """How the app is served."""
    return uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,  # addresses carry viewers' names; /metrics counts requests
        server_header=False,
        # A header that anybody could send must not choose whose requests are counted, nor pass for TLS.
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies or "",
        timeout_graceful_shutdown=_STOP_S,
        timeout_keep_alive=65,  # over the 60 s of common balancers
        limit_concurrency=2_000,
        ws="websockets-sansio",
        ws_max_size=LONGEST_MESSAGE,
        ws_per_message_deflate=False,  # PNG and JPEG do not get smaller
    )
