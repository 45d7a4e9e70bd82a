"""Where the seconds of a 30 s trailer go: from an analysed film to a published trailer, nothing kept from before."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.making import Work
from assets.trailer_room import CuttingRoom
from benchmarks.trailers.analysed import TRAILER
from benchmarks.trailers.costs import cpu_s
from ops.trailer.cuts import CUTS

__all__ = ["Stages", "by_stage", "whole_asset"]

CUT = CUTS["trailer_30"]


@dataclass
class Stages:
    """Seconds by stage, on the wall and of all processors."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what happens within."""
        began, before = time.perf_counter(), cpu_s()
        yield
        self.seconds[name], self.cpu[name] = time.perf_counter() - began, cpu_s() - before


def by_stage(work: Work, room: CuttingRoom) -> dict[str, Any]:
    """Make the trailer step by step, as its asset does; the trailer is left beside the home as `trailer_30.mp4`."""
    from ops.trailer.editing.editor import edit
    from ops.trailer.editing.moments import spoiler_frame
    from ops.trailer.measuring.inspection import Demands, inspect
    from ops.trailer.otio.writing import export, write_otio
    from ops.trailer.picture.cache import PieceCache
    from ops.trailer.picture.encoder import Encoder
    from ops.trailer.picture.render import render_trailer
    from ops.trailer.sheet import draw_cut_sheet, event_pictures
    from ops.trailer.sound.mastering import master_aac
    from ops.trailer.sound.mix import mix

    stages = Stages()
    with stages.stage("read the analysis"):
        assert room.analysis and room.keyframes and room.sound and room.film
    with stages.stage("safety of its shots"):
        assert room.safety.checker
    with stages.stage("brief: music, words"):
        brief = room.brief(CUT)
    with stages.stage("edit"):
        edl = edit(room.analysis, brief)
    film = work.film()
    with stages.stage("mix"):
        mixed = mix(edl, room.track, supplied=room.supplied)
    with stages.stage("master"):
        sound = master_aac(
            mixed.samples, work.folder / "sound.m4a", target_lufs=edl.target_lufs, peak_dbtp=edl.peak_dbtp
        )
    with stages.stage("render"):
        rendering = render_trailer(
            edl, film, work.folder / "trailer.mp4", pieces=PieceCache(work.folder / "pieces"), sound=sound.path,
            encoder=Encoder(work.studio.settings.trailer_encoder),
        )  # fmt: skip
    demands = Demands(CUT.seconds, spoiler_frame(room.analysis, edl.rate), room.safety.barred)
    with stages.stage("inspection"):
        seen = inspect(rendering.path, edl, demands, film=film, track=room.track, analysis=room.analysis)
    with stages.stage("cut sheet, OTIO, EDL, FCPXML"):
        pictures = event_pictures(rendering.path, edl)
        (work.folder / "sheet.png").write_bytes(draw_cut_sheet(edl, pictures, sound.master.samples))
        write_otio(edl, work.folder / "edit.otio", media="film.mp4")
        export(edl, work.folder, media="film.mp4")
    shutil.copyfile(rendering.path, work.studio.settings.home.parent / "trailer_30.mp4")
    return {
        "stages": stages.seconds,
        "cpu": stages.cpu,
        "render": rendering.seconds,
        "seconds": edl.seconds,
        "pieces": rendering.pieces,
        "reused": rendering.reused,
        "rounds": sound.rounds,
        "slowest": sorted(rendering.piece_seconds.items(), key=lambda each: -each[1])[:5],
        "events": [
            {"kind": type(event).__name__, "frames": event.frames, "at": at}
            for at, event in zip(edl.starts, edl.events, strict=True)
        ],
        "joins": [str(join.kind) for join in edl.joins],
        "found": {key: value for key, value in seen.to_json().items() if key != "proxies"},
    }


def whole_asset(home: Path, title: str) -> Callable[[], dict[str, Any]]:
    """The asset's own body, to publication, with no piece kept from before; Great Expectations is imported first."""
    from assets.checks.tables import run_checks
    from assets.trailers import make_trailers
    from resources.settings import load_settings
    from resources.studio import open_studio

    began = time.perf_counter()
    import great_expectations

    imported_s = time.perf_counter() - began
    assert run_checks and great_expectations.__version__

    def work() -> dict[str, Any]:
        settings = load_settings(home)
        shutil.rmtree(settings.cache_folder / "pieces", ignore_errors=True)
        with open_studio(settings) as studio:
            began = time.perf_counter()
            made = next(make_trailers(title, studio, [TRAILER.asset]))
            seconds = time.perf_counter() - began
        return {"body_s": seconds, "imported_s": imported_s, "held": made.held, "skipped": made.skipped}

    return work
