"""A trailer's quality ladder: every cut in several sizes, packaged so that players choose by what the line carries."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from assets.artifact import Artifact
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, making
from assets.metadata import picture, table
from assets.partitions import titles
from assets.placement import placement
from ops.trailer.cuts import CUTS
from resources.studio import Studio

if TYPE_CHECKING:
    from assets.checks.model import CheckOutcome
    from ops.ladder.model import Ladder

__all__ = ["LADDERS", "LADDER_FAMILY", "TRAILER_FILE", "make_trailer_ladders", "trailer_ladder"]

LADDER_FAMILY = "trailer_ladder"
TRAILER_FILE = "trailer.mp4"
"""What `trailer/<cut>` publishes its film as."""

_CUTS = {f"{LADDER_FAMILY}/{cut}": cut for cut in CUTS}
LADDERS = tuple(
    Artifact(
        asset,
        upstream=(f"trailer/{cut}",),
        code_version="1",
        engine="ffmpeg+vmaf",
        family="trailers",
        group="trailers",
        kinds=frozenset({"video", "ffmpeg"}),
    )
    for asset, cut in _CUTS.items()
)


def make_trailer_ladders(title: str, studio: Studio, wanted: Sequence[str]) -> Iterator[Made]:
    """Make the ladders of the wanted cuts from the trailers as they are published."""
    from ops.ladder.make import FACTS_FILE, POSTER_FILE, make_ladder

    for artifact in LADDERS:
        if artifact.asset not in wanted:
            continue
        upstream = artifact.upstream[0]
        with making(title, artifact, studio) as work:
            film = work.input_file(upstream, TRAILER_FILE)
            ladder = make_ladder(film, work.folder, encoder=_encoder(), progress=work.progress)
            facts = json.loads(ladder.files[FACTS_FILE].read_text(encoding="utf-8"))
            sheets = [path for name, path in ladder.files.items() if name.startswith("storyboard_")]
            top = ladder.rungs[0]
            yield work.publish(
                ladder.files,
                checks=ladder_checks(ladder),
                metadata={
                    "poster": picture(ladder.files[POSTER_FILE]),
                    "storyboard": picture(sheets[0]),
                    "rungs": table(ladder.table()),
                    "dropped": dg.MetadataValue.json(facts["dropped"]),
                    "seconds": dg.MetadataValue.json(ladder.seconds),
                },
                quality={
                    "vmaf": round(top.vmaf, 2),
                    "rungs": len(ladder.rungs),
                    "duration_s": ladder.duration_s,
                    "width": top.track.width,
                    "height": top.track.height,
                },
                parameters={"encoder": ladder.encoder},
            )


def ladder_checks(ladder: "Ladder") -> "list[CheckOutcome]":
    """The outcomes of every check of a ladder, as it lies in its folder."""
    from ops.ladder.make import DASH_FILE, HLS_FILE
    from ops.ladder.read_back import read_back
    from ops.ladder.rungs import plan_rungs

    manifests = {"HLS": ladder.files[HLS_FILE], "DASH": ladder.files[DASH_FILE]}
    return [
        *run_checks(
            "ladder",
            ladder.table(),
            source_size=ladder.source_size,
            planned=[rung.name for rung in plan_rungs(*ladder.source_size)],
            dropped=[each.rung.name for each in ladder.dropped],
        ),
        *run_checks("ladder_segments", ladder.segments_table()),
        *run_checks("ladder_manifests", read_back(ladder, manifests)),
    ]


def _encoder() -> str:
    """FFmpeg's name of what encodes here: ladders are H.264, which every player takes."""
    from ops.trailer.encoder import Encoder, works

    return "h264_nvenc" if works(Encoder.NVENC) else "libx264"


_WHERE = placement("trailers")


@dg.multi_asset(
    name=LADDER_FAMILY,
    specs=[
        artifact.spec(f"The title's {cut.replace('_', ' ')} in several qualities, for HLS and DASH players.")
        for artifact, cut in zip(LADDERS, _CUTS.values(), strict=True)
    ],
    check_specs=[check for artifact in LADDERS for check in artifact.check_specs()],
    partitions_def=titles,
    can_subset=True,
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
)
def trailer_ladder(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Ladders of the trailers that were made; a run of any cuts takes only those."""
    wanted = [key.to_user_string() for key in context.selected_asset_keys]
    yield from asset_events(context, studio, lambda title, at_work: make_trailer_ladders(title, at_work, wanted))
