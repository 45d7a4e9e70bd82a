"""Trailers: the edit of every cut of a title, rendered, measured, and published with what a human editor opens."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import pandas as pd

from assets.artifact import Artifact
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, Work, making
from assets.metadata import picture, table
from assets.partitions import titles
from assets.placement import placement
from assets.trailer_edits import edit_of
from assets.trailer_learning import learned_weights
from assets.trailer_room import CuttingRoom
from ops.trailer.cuts import CUTS, Cut
from resources.published_variants import TRAILER_FILE, VARIANTS_FILE, variants_of
from resources.recuts import Recut, recut_wanted
from resources.studio import Studio

if TYPE_CHECKING:
    from ops.trailer.edl import EditDecisionList
    from ops.trailer.finish import FinishedTrailer
    from ops.trailer.measuring.inspection import Inspection

__all__ = ["EDIT_FILE", "SHEET_FILE", "TRAILERS", "make_trailers", "trailers"]

OTIO_FILE, SHEET_FILE = "edit.otio", "cut_sheet.png"
EDIT_FILE, CHALLENGER_FILE, CHALLENGER_EDIT = "edit.json", "challenger.mp4", "challenger.json"
_COMPANIONS = (OTIO_FILE, "edit.edl", "edit.fcpxml", SHEET_FILE)
"""What lies beside a trailer for people: its edit for their tools, and its sheet."""

_CUT_OF = {f"trailer/{name}": cut for name, cut in CUTS.items()}
TRAILERS = tuple(
    Artifact(
        asset,
        upstream=("source_video", "keyframes", "audio_track", "audio_features", "scenes"),
        code_version="1",
        engine="embedded/editor",
        family="trailers",
        group="trailers",
        kinds=frozenset({"video", "ffmpeg"}),
        uses=("image_safety_engine", "faces_engine", "text_engine"),
        on_demand=cut.name != "trailer_30",
        shaped_by=("trailer_music", "trailer_destination", "trailer_spoiler_limit", "trailer_encoder"),
    )
    for asset, cut in _CUT_OF.items()
)


def make_trailers(title: str, studio: Studio, wanted: Sequence[str]) -> Iterator[Made]:
    """Edit, render and measure the wanted cuts; the film's analysis is read once for all of them."""
    lessons = learned_weights(studio)
    room: CuttingRoom | None = None
    for artifact in TRAILERS:
        if artifact.asset not in wanted:
            continue
        with making(title, artifact, studio) as work:
            if room is None or room.work.input_versions != work.input_versions:
                room = CuttingRoom(work, lessons)
            yield _make(work, room, _CUT_OF[artifact.asset])


def _make(work: Work, room: CuttingRoom, cut: Cut) -> Made:
    from ops.trailer.editing.editor import CannotCut

    recut = recut_wanted(work.studio.database, work.title, cut.name)
    try:
        edl = edit_of(work, room, cut, recut)
    except CannotCut as error:
        return work.skip(str(error))
    finished = _finish(work, room, edl, cut)
    seen = _inspect(finished, room)
    return _publish(work, room, finished, seen, _kept(work, recut, finished.edl))


def _finish(work: Work, room: CuttingRoom, edl: "EditDecisionList", cut: Cut) -> "FinishedTrailer":
    from ops.trailer.finish import Materials, finish
    from ops.trailer.picture.cache import PieceCache
    from ops.trailer.picture.encoder import Encoder

    settings = work.studio.settings
    return finish(
        edl,
        Materials(work.film(), room.track, room.supplied),
        work.folder,
        pieces=PieceCache(settings.cache_folder / "pieces"),
        shape=cut.shape,
        faces=work.studio.engines.faces,
        encoder=Encoder(settings.trailer_encoder),
        progress=lambda share: work.progress(0.9 * share),
    )


def _inspect(finished: "FinishedTrailer", room: CuttingRoom) -> "Inspection":
    from ops.trailer.editing.moments import spoiler_frame
    from ops.trailer.measuring.inspection import Demands, inspect

    edl, limit = finished.edl, room.work.studio.settings.trailer_spoiler_limit
    by_hand = _by_hand(edl)
    demands = Demands(
        seconds=None if by_hand else CUTS[edl.cut].seconds,
        spoiler_frame=spoiler_frame(room.analysis, edl.rate, limit),
        barred=room.safety.barred,
        on_beats=not by_hand,
    )
    return inspect(
        finished.path,
        edl,
        demands,
        film=room.work.film(),
        track=room.track,
        analysis=room.analysis,
        supplied=room.supplied,
        sound_note=finished.sound.note,
        unset_words=finished.rendering.unset,
    )


def _by_hand(edl: "EditDecisionList") -> bool:
    return any(topic == "edit" for topic, _ in edl.notes)


@dataclass(frozen=True)
class _Kept:
    """What viewers are shown today, which the new cut is tested against: its files and its entry among the variants."""

    trailer: Path
    edit: Path | None
    companions: Mapping[str, Path]
    variant: Mapping[str, Any]


def _kept(work: Work, recut: Recut | None, made: "EditDecisionList") -> _Kept | None:
    """What viewers are shown, where a new cut was ordered of it.

    None where a person rejected it since, or it is what was made again: a person's edit of what the house cannot cut.
    """
    from ops.trailer.finish import edit_id

    if recut is None or recut.arm in work.studio.reviews.barred(work.title) | {edit_id(made)}:
        return None
    manifest = work.studio.store.manifest(work.key, recut.shown)
    assert manifest is not None, "the store keeps versions that are shown"
    told = next(each for each in variants_of(manifest, work.studio.store) if each["id"] == recut.arm)
    store, there = work.studio.store, {file.name for file in manifest.files}
    edit = str(told.get("edit", ""))
    named = {name: _beside(recut.file, name) for name in _COMPANIONS}
    return _Kept(
        store.fetch(manifest, recut.file),
        store.fetch(manifest, edit) if edit in there else None,
        {name: store.fetch(manifest, own) for name, own in named.items() if own in there},
        told,
    )


def _beside(film: str, companion: str) -> str:
    """What a trailer's companion is called: that of a challenger is named after it."""
    return companion if film == TRAILER_FILE else f"challenger_{companion}"


def _publish(
    work: Work, room: CuttingRoom, finished: "FinishedTrailer", seen: "Inspection", kept: _Kept | None
) -> Made:
    """Publish the trailer with its edit; beside what viewers are shown, where a test between the two was ordered."""
    from ops.trailer.finish import edit_id
    from ops.trailer.otio.writing import export, write_otio
    from ops.trailer.sheet import table_of
    from ops.trailer.viewers.on_screen import SECONDS_KEY, seconds_of, seconds_to_json

    edl, film = finished.edl, str(room.facts["file"])
    write_otio(edl, work.folder / OTIO_FILE, media=film)
    traits = {clip.shot: dict(clip.traits) for _, clip in edl.clips() if clip.shot is not None}
    told = {
        "id": edit_id(edl),
        "cut": edl.cut,
        "size": list(edl.size),
        "notes": dict(edl.notes),
        SECONDS_KEY: seconds_to_json(seconds_of(edl, traits)),
        "events": table_of(edl),
        "measured": seen.to_json(),
        "encoder": {"name": str(finished.rendering.encoder), "why": finished.rendering.encoder_why},
    }
    own = {
        "id": told["id"],
        "score": seen.score,
        "recipe": {"seed": dict(edl.notes).get("seed", ""), "genre": edl.grade, "cut": edl.cut},
        "traits": seen.traits,
        "kept": False,
    }
    sheet = _sheet(work, finished)
    beside = {OTIO_FILE: work.folder / OTIO_FILE, **export(edl, work.folder, media=film), SHEET_FILE: sheet}
    if kept is None:
        files = {**beside, TRAILER_FILE: finished.path, EDIT_FILE: _json(work, EDIT_FILE, told)}
        variants = [{**own, "file": TRAILER_FILE, "edit": EDIT_FILE}]
    else:
        files = {**kept.companions, TRAILER_FILE: kept.trailer, CHALLENGER_FILE: finished.path}
        files |= {_beside(CHALLENGER_FILE, name): path for name, path in beside.items()}
        files |= {CHALLENGER_EDIT: _json(work, CHALLENGER_EDIT, told)}
        files |= {EDIT_FILE: kept.edit} if kept.edit else {}
        variants = [
            {**kept.variant, "file": TRAILER_FILE, "edit": EDIT_FILE, "kept": True},
            {**own, "file": CHALLENGER_FILE, "edit": CHALLENGER_EDIT},
        ]
    files[VARIANTS_FILE] = _json(work, VARIANTS_FILE, {"variants": variants})
    return work.publish(
        files,
        checks=run_checks("trailer", seen.table()),
        metadata={
            "cut_sheet": picture(sheet),
            "edit": table(pd.DataFrame(table_of(edl))),
            "decisions": dg.MetadataValue.json(dict(edl.notes)),
            "measured": dg.MetadataValue.json(seen.to_json()),
            "safety": dg.MetadataValue.json({"checker": room.safety.checker, "barred": sorted(room.safety.barred)}),
        },
        quality={"score": seen.score, **seen.numbers},
        parameters={
            "encoder": str(finished.rendering.encoder),
            "image_checker": room.safety.checker,
            "by_hand": _by_hand(edl),
            "learned": {"terms": dict(room.lessons.terms), "pace": float(room.lessons.pace)},
        },
    )


def _sheet(work: Work, finished: "FinishedTrailer") -> Path:
    from ops.trailer.sheet import draw_cut_sheet, event_pictures

    path = work.folder / SHEET_FILE
    pictures = event_pictures(finished.path, finished.edl)
    path.write_bytes(draw_cut_sheet(finished.edl, pictures, finished.sound.master.samples))
    return path


def _json(work: Work, name: str, value: object) -> Path:
    path = work.folder / name
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


_WHERE = placement("trailers")


@dg.multi_asset(
    name="trailers",
    specs=[
        artifact.spec(
            f"The title's trailer of {cut.seconds} s"
            + (f" in {cut.shape.numerator}:{cut.shape.denominator}" if cut.shape else "")
            + ": the edit for human editors, the film rendered from it, and what was measured on it."
        )
        for artifact, cut in zip(TRAILERS, CUTS.values(), strict=True)
    ],
    check_specs=[check for artifact in TRAILERS for check in artifact.check_specs()],
    partitions_def=titles,
    can_subset=True,
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
)
def trailers(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """The title's trailers, one a cut; a run of any of them reads the film's analysis once."""
    wanted = [key.to_user_string() for key in context.selected_asset_keys]
    yield from asset_events(context, studio, lambda title, at_work: make_trailers(title, at_work, wanted))
