"""A trailer's quality ladder: every cut in several sizes, packaged so that players choose by what the line carries."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.making import Made, making
from assets.metadata import picture, table
from ops.trailer.cuts import CUTS
from resources.published_variants import TRAILER_FILE
from resources.settings import Settings
from resources.studio import Studio

if TYPE_CHECKING:
    from assets.checks.model import CheckOutcome
    from ops.ladder.model import Ladder

__all__ = ["LADDERS", "LADDER_FAMILY", "make_trailer_ladders", "trailer_ladders"]

LADDER_FAMILY = "trailer_ladder"

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
        shaped_by=("trailer_encoder",),
        on_demand=True,
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
            ladder = make_ladder(film, work.folder, encoder=_encoder(studio.settings), progress=work.progress)
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


def _encoder(settings: Settings) -> str:
    """FFmpeg's name of what encodes here, as `trailer_encoder` has it; ladders are H.264, which every player takes."""
    from ops.trailer.picture.encoder import Encoder, choose_encoder

    wanted = Encoder(settings.trailer_encoder)
    chosen = choose_encoder(Encoder.X264 if wanted is Encoder.SVTAV1 else wanted)
    return "h264_nvenc" if chosen.encoder is Encoder.NVENC else "libx264"


def _asset(artifact: Artifact) -> dg.AssetsDefinition:
    """One asset a cut: cuts share no work, and one that does not apply must not keep the others back."""

    @dg.asset(**house_rules(artifact), description=_ABOUT.format(_CUTS[artifact.asset].replace("_", " ")))
    def ladder(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
        wanted = [artifact.asset]
        yield from asset_events(context, studio, lambda title, at_work: make_trailer_ladders(title, at_work, wanted))

    return cast("dg.AssetsDefinition", ladder)


_ABOUT = "The title's {} in several qualities, for HLS and DASH players, with poster and pictures for scrubbing."
trailer_ladders: list[dg.AssetsDefinition] = [_asset(artifact) for artifact in LADDERS]
