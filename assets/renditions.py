"""Renditions: the whole film in each of the house's styles, its sound untouched.

Renditions of one title that are made in one run share the decoding of the film. Looks that are no styles of the house
(mixes, styles that people made up, other strengths) are made to order: `ordered_rendition.py`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, cast

import dagster as dg

from assets.artifact import Artifact
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, Work, making
from assets.metadata import picture, table
from assets.partitions import titles
from assets.placement import placement
from assets.shots import SHOTS_FILE
from assets.source_video import SOURCE_FILE
from ops.errors import ModelUnavailable, UsageError
from ops.style.catalogue import house_styles
from ops.style.fingerprint import style_fingerprint
from ops.style.model import Family, Look, Recipe, Style, look_of
from resources.rendition_orders import RENDITION
from resources.studio import Studio

if TYPE_CHECKING:
    from ops.style.film import RenderedFilm

__all__ = [
    "FACTS_FILE",
    "GPU_RENDITIONS",
    "RENDITIONS",
    "STRIP_FILE",
    "UPSTREAM",
    "cuts_of",
    "inapplicable",
    "make_renditions",
    "publish_rendition",
    "rendition_assets",
    "styles_engine",
]

STRIP_FILE, FACTS_FILE = "before_after.jpg", "rendition.json"
UPSTREAM = ("source_video", "shots")

_STILL = frozenset({Family.GRADE, Family.FILTER, Family.NEURAL})
"""Families that leave every point of the picture in its place."""
_MOVING = frozenset({"grain", "halation", "gate_weave", "vhs", "overlay", "camera"})
"""Operations that change pictures from frame to frame by themselves."""


def styles_engine(look: Look, library: Mapping[str, Style]) -> str:
    """What makes a look, by name: its styles with their fingerprints, so that a changed style makes another result."""
    return "+".join(f"{style}@{style_fingerprint(library[style])}" for style in sorted(set(look.styles)))


def _artifact(style: Style) -> Artifact:
    return Artifact(
        f"{RENDITION}/{style.id}",
        upstream=UPSTREAM,
        code_version="1",
        engine=f"{style.id}@{style_fingerprint(style)}",
        family="neural_styles" if style.gpu else "styles",
        group="renditions",
        kinds=frozenset({"video", "pytorch" if style.gpu else "ffmpeg"}),
        on_demand=True,
    )


RENDITIONS = tuple(_artifact(style) for style in house_styles().values() if not style.gpu)
GPU_RENDITIONS = tuple(_artifact(style) for style in house_styles().values() if style.gpu)
"""Apart, as an op's machine is one: networks need a GPU to keep up with a film, the others would leave it idle."""

_STYLES = {f"{RENDITION}/{style.id}": style for style in house_styles().values()}


def make_renditions(title: str, studio: Studio, wanted: Sequence[str]) -> Iterator[Made]:
    """Make the film in the wanted styles, several from one decode.

    Raises:
        ModelUnavailable: A style's network is not here; the others are made first.
    """
    from ops.style.film import MOST_AT_ONCE

    unusable: list[Exception] = []
    chosen = [each for each in (*RENDITIONS, *GPU_RENDITIONS) if each.asset in wanted]
    for first in range(0, len(chosen), MOST_AT_ONCE):  # no more, for the memory's sake
        yield from _together(title, studio, chosen[first : first + MOST_AT_ONCE], unusable)
    if unusable:
        raise unusable[0]


def _together(title: str, studio: Studio, group: Sequence[Artifact], unusable: list[Exception]) -> Iterator[Made]:
    """Make a few renditions at once. Each is published, and closed in the ledger, by itself."""
    library = house_styles()
    with ExitStack() as every:
        works: list[tuple[Work, Look, ExitStack]] = []
        for artifact in group:
            own = every.enter_context(ExitStack())
            look = look_of([(Recipe(_STYLES[artifact.asset].id), 1.0)], library)
            try:
                work = own.enter_context(making(title, artifact, studio))
                if why := inapplicable(work):
                    yield work.skip(why)
                    own.close()
                    continue
                _try_out(look, library)
            except (ModelUnavailable, UsageError) as error:
                own.__exit__(type(error), error, error.__traceback__)
                unusable.append(error)
                continue
            works.append((work, look, own))
        if not works:
            return
        films = _render([(work, look) for work, look, _ in works], library)
        for (work, _, own), film in zip(works, films, strict=True):
            yield publish_rendition(work, film, library)
            own.close()


def _try_out(look: Look, library: Mapping[str, Style]) -> None:
    """See that a look can be made here, before it shares a decode with others."""
    from fractions import Fraction

    from ops.style.runtime import Styler
    from ops.style.stages import Canvas

    Styler(look, library, Canvas(128, 72, Fraction(24))).close()


def inapplicable(work: Work) -> str:
    """Why a title cannot be had in another look; empty where it can."""
    facts = json.loads(work.input_file("source_video", SOURCE_FILE).read_text())
    hdr = (facts["video"] or {}).get("hdr")
    return f"the film is in {hdr}, and looks are made for standard dynamic range" if hdr else ""


def _render(wanted: Sequence[tuple[Work, Look]], library: Mapping[str, Style]) -> "list[RenderedFilm]":
    from ops.style.film import Wanted, render_films

    first = wanted[0][0]

    def progress(done: float) -> None:
        for work, _ in wanted:
            work.progress(done)

    return render_films(
        first.film(),
        [Wanted(work.folder / f"{work.key.variant}.mp4", look) for work, look in wanted],
        library,
        cuts=cuts_of(first),
        progress=progress,
    )


def cuts_of(work: Work) -> frozenset[int]:
    """The frames with which the film's shots begin."""
    told = json.loads(work.input_file("shots", SHOTS_FILE).read_text())
    return frozenset(shot["start"] for shot in told["shots"] if shot["start"])


def publish_rendition(work: Work, film: "RenderedFilm", library: Mapping[str, Style]) -> Made:
    """Hold a rendition against its film, and publish it."""
    import pandas as pd

    from ops.style.film_inspection import inspect_rendition
    from ops.style.film_pictures import draw_flicker, strip

    found = inspect_rendition(work.film(), film)
    sheet, facts = work.folder / STRIP_FILE, work.folder / FACTS_FILE
    _write_jpeg(sheet, strip(found.moments, height=270))
    facts.write_text(json.dumps({"look": film.look.to_json(), **found.facts}, indent=1))
    done = {**found.facts, "left behind": ", ".join(film.carried.left_behind) or "nothing"}
    return work.publish(
        {film.path.name: film.path, sheet.name: sheet, facts.name: facts},
        checks=run_checks("rendition", found.table(), judged_by_motion=judged_by_motion(film.look, library)),
        metadata={
            "before and after": picture(sheet),
            "flicker, frame by frame": picture(draw_flicker(found.changes, title=found.facts["style"])),
            "done": table(pd.DataFrame([{"what": name, "measured": value} for name, value in done.items()])),
            "stages": dg.MetadataValue.json(dict(film.seconds)),
        },
        quality={
            "duration_s": round(float((film.pts[-1] - film.pts[0]) * film.time_base), 3),
            "frames": found.facts["frames"],
            "flicker": round(found.facts["flicker"], 3),
            "width": film.canvas.width,
            "height": film.canvas.height,
        },
        parameters={
            "look": film.look.to_json(),
            "look_key": film.look.key,
            "styles": {style: style_fingerprint(library[style]) for style in sorted(set(film.look.styles))},
            "encoder": "libx264 veryfast crf 18",
        },
    )


def judged_by_motion(look: Look, library: Mapping[str, Style]) -> bool:
    """Whether whatever a look changes along the film's motion is flicker."""
    styles = [library[style] for style in look.styles]
    return all(each.family in _STILL and not _MOVING & {stage.op for stage in each.stages} for each in styles)


def _write_jpeg(path: Path, png: bytes) -> None:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(png)) as opened:
        opened.convert("RGB").save(path, "JPEG", quality=88)


def _asset(name: str, artifacts: Sequence[Artifact]) -> dg.AssetsDefinition:
    where = placement(artifacts[0].family)

    @dg.multi_asset(
        name=name,
        specs=[artifact.spec(_about(_STYLES[artifact.asset])) for artifact in artifacts],
        check_specs=[check for artifact in artifacts for check in artifact.check_specs()],
        partitions_def=titles,
        can_subset=True,
        op_tags=where.op_tags(),
        pool=where.pool,
        retry_policy=where.retry_policy,
    )
    def renditions(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
        """The whole film in other looks; a run of any of them decodes it once for several."""
        wanted = [key.to_user_string() for key in context.selected_asset_keys]
        yield from asset_events(context, studio, lambda title, at_work: make_renditions(title, at_work, wanted))

    return cast("dg.AssetsDefinition", renditions)


def _about(style: Style) -> str:
    return f"The whole film in the style “{style.name}”: {style.about}"


rendition_assets: list[dg.AssetsDefinition] = [
    _asset(name, artifacts)
    for name, artifacts in (("renditions", RENDITIONS), ("neural_renditions", GPU_RENDITIONS))
    if artifacts
]
