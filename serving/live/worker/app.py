"""A worker's API: frames in, frames out; a segment's pictures and sound; health, load, and what an autoscaler reads.

    POST /film       a film                    → its clock, sizes and sound
    POST /segments   a segment and a look      → its pictures, as a fragment
    POST /sound      a segment                 → its sound, as a fragment
    POST /frames     raw frames and a look     → the same frames in the look, in order
    GET  /health     whether it gets on        (500 where it hangs: whoever looks after it starts another)
    GET  /load       queue, seconds of work waiting, busy share, frames a second
    GET  /metrics    the same for Prometheus

It is asked by serving alone, over a Unix socket, or inside a cluster's network policy; it has no keys of its own.
"""

from __future__ import annotations

import json
import logging
import struct
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import psutil
from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from ops.box import Box
from ops.errors import ModelUnavailable, ShowrunnerError
from ops.style.model import Family
from ops.style.stages import Canvas, Effort, Tick
from serving.live.film import Film
from serving.live.jobs import FilmJob, FramesHead, Master, PictureJob, SoundJob
from serving.live.planes import frame_to_planes, planes_to_frame
from serving.live.quality import STEPS
from serving.live.worker.arrivals import Arrivals
from serving.live.worker.bench import Bench
from serving.live.worker.guard import Guard, Overloaded, Task
from serving.live.worker.reading import read_film
from serving.live.worker.sound import sound_segment

__all__ = ["STUCK_S", "create_worker"]

STUCK_S = 20.0
"""A task that brings no frame for so long hangs: an oil painting of a 1080p frame takes a second."""

_MOST_FRAMES_BYTES = 256 << 20
_FRAMES_DEADLINE_S = 30.0
_log = logging.getLogger(__name__)


def create_worker(
    families: frozenset[Family],
    bench: Bench,
    guard: Guard,
    local: Callable[[Master], Path],
) -> FastAPI:
    """A worker.

    Args:
        families: The kinds of styles that it makes.
        bench: What it works with.
        guard: What it takes on.
        local: Where a film lies on this machine; one that lies elsewhere is fetched first.
    """
    app = FastAPI(title="Showrunner style worker", docs_url=None, redoc_url=None, openapi_url=None)
    films: dict[str, Film] = {}
    arrivals = Arrivals(local)

    @app.exception_handler(Overloaded)
    async def _full(_: Request, error: Overloaded) -> Response:
        headers = {"Retry-After": str(max(1, round(error.retry_after_s)))}
        return JSONResponse({"detail": str(error)}, 503, headers=headers)

    @app.exception_handler(ShowrunnerError)
    async def _explained(_: Request, error: ShowrunnerError) -> Response:
        told = {"what": error.what, "where": error.where, "fix": error.fix, "kind": type(error).__name__}
        return JSONResponse(told, 501 if isinstance(error, ModelUnavailable) else 409)

    @app.post("/film")
    def film(job: FilmJob) -> dict[str, Any]:
        if job.master.sha256 not in films:
            films[job.master.sha256] = read_film(arrivals.path(job.master, patience_s=None))
        return films[job.master.sha256].to_json()

    @app.post("/segments")
    def segments(job: PictureJob) -> Response:
        film = Film.from_json(job.film)
        rung = film.rung(job.rung)
        if rung is None or job.number >= len(film.pieces):
            return JSONResponse({"detail": "there is no such segment"}, 404)
        piece = film.pieces[job.number]
        length_s = (piece.end_tick - piece.start_tick) / film.timescale
        kind = f"{job.look and job.look.styles} {rung.name}"
        path, came = arrivals.path(job.master), time.perf_counter()
        with guard.admitted(Task(kind, length_s, job.step, job.deadline_s)) as step:
            waited = time.perf_counter() - came
            made = bench.pictures(
                path,
                job.master,
                film,
                piece=piece,
                rung=rung,
                look=job.look and job.look.model_dump(),
                helpers=job.helpers,
                edition=job.edition,
                step=step,
                cuts=frozenset(job.cuts),
                picture=Box(*job.picture),
                beat=guard.beat,
            )
        told = {"X-Step": str(step), "X-Seconds": f"{waited + made.seconds:.4f}", "X-Quality": STEPS[step].told(rung)}
        return Response(made.content, media_type="video/mp4", headers=told)

    @app.post("/sound")
    def sound(job: SoundJob) -> Response:
        content = sound_segment(arrivals.path(job.master), Film.from_json(job.film), job.number)
        return Response(content, media_type="audio/mp4")

    @app.post("/frames")
    async def frames(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_FRAMES_BYTES:
                return JSONResponse({"detail": f"more than {_MOST_FRAMES_BYTES} bytes"}, 413)
        return await run_in_threadpool(_frames, bytes(body), bench, guard)

    @app.get("/health")
    def health() -> Response:
        stuck_s, last = guard.stuck_s, guard.last_frame_s
        told = {
            "families": sorted(families),
            "stuck_s": round(stuck_s, 2),
            "last_frame_s": None if last is None else round(last, 2),
            "memory_bytes": psutil.Process().memory_info().rss,
            "models": sorted(module for module in ("torch", "onnxruntime") if _loaded(module)),
        }
        return JSONResponse(told, 500 if stuck_s > STUCK_S else 200)

    @app.get("/load")
    def load() -> dict[str, float]:
        return vars(guard.load)

    registry = CollectorRegistry()
    for name, about in (
        ("queue", "Tasks that wait or are at work."),
        ("queue_s", "Seconds of work in them."),
        ("busy", "Share of the last ten seconds in which it worked."),
        ("frames_per_s", "Pictures a second, over the same time."),
    ):
        metric = Gauge(f"showrunner_live_{name.replace('_s', '_seconds')}", about, registry=registry)
        metric.set_function(lambda name=name: float(getattr(guard.load, name)))

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")

    return app


def _loaded(module: str) -> bool:
    return module in sys.modules


def _frames(body: bytes, bench: Bench, guard: Guard) -> Response:
    """The frames of one request in their look; the memory of their stream goes on from the request before."""
    try:
        (length,) = struct.unpack_from(">I", body)
        head = FramesHead.model_validate(json.loads(body[4 : 4 + length]))
    except (struct.error, ValueError, ValidationError):
        return JSONResponse({"detail": "the head of the frames cannot be read"}, 422)
    planes = memoryview(body)[4 + length :]
    if len(planes) != head.frames * head.frame_bytes:
        return JSONResponse({"detail": f"{len(planes)} bytes are not {head.frames} frames"}, 422)
    canvas, effort = Canvas(head.width, head.height, Fraction(head.rate)), Effort[head.effort]
    kind = f"frames {head.look.styles} {head.width}x{head.height}"
    made = bytearray()
    with guard.admitted(Task(kind, float(head.frames / canvas.rate), 0, _FRAMES_DEADLINE_S)):
        look = bench.frames(head.stream, head.look.model_dump(), canvas, effort, head.edition)
        for place in range(head.frames):
            number = head.first + place
            frame = planes_to_frame(planes[place * head.frame_bytes : (place + 1) * head.frame_bytes], canvas)
            shot = max((cut for cut in head.cuts if cut <= number), default=head.shot)
            made += frame_to_planes(look(frame, Tick(number, number in head.cuts, shot))).tobytes()
            guard.beat()
    return Response(bytes(made), media_type="application/octet-stream")
