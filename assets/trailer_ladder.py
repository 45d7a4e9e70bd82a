"""A trailer's quality ladder: every cut in several sizes, packaged so that players choose by what the line carries.

It is made of the cut that stands: the promoted one, in whichever version it lies, else the trailer's own first choice.
The manifest tells of which film (`LADDER_FILM`, `LADDER_ARM`), so that serving gives it out with that very film alone.
"""

from collections.abc import Iterator, Sequence
from typing import cast

import dagster as dg

from assets.artifact import Artifact, house_rules
from assets.events import AssetEvent, asset_events
from assets.finished_ladder import publish_ladder
from assets.making import Made, Work, making
from assets.metadata import picture
from ops.trailer.cuts import CUTS
from resources.ladder_orders import LADDER, changes_are_over, order_ladder
from resources.published_variants import LADDER_ARM, LADDER_FILM
from resources.settings import Settings
from resources.standing_cuts import StandingCut, standing_cut
from resources.studio import Studio

__all__ = ["LADDERS", "make_trailer_ladders", "trailer_ladders"]

_CUTS = {f"{LADDER}/{cut}": cut for cut in CUTS}
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
    """Make the ladders of the wanted cuts from the films that viewers are shown outside tests."""
    for artifact in LADDERS:
        if artifact.asset not in wanted:
            continue
        cut = _CUTS[artifact.asset]
        with making(title, artifact, studio) as work:
            standing = _standing(title, cut, studio)
            if standing is None:
                yield work.skip("no cut of it may be shown")
                continue
            made = _make(work, standing)
        _order_if_overtaken(title, cut, standing, studio)
        yield made


def _standing(title: str, cut: str, studio: Studio) -> StandingCut | None:
    return standing_cut(title, cut, experiments=studio.experiments, store=studio.store, reviews=studio.reviews)


def _make(work: Work, standing: StandingCut) -> Made:
    from ops.ladder.make import make_ladder

    film = work.studio.store.fetch(standing.manifest, standing.file.name)
    ladder = make_ladder(film, work.folder, encoder=_encoder(work.studio.settings), progress=work.progress)
    sheets = [path for name, path in ladder.files.items() if name.startswith("storyboard_")]
    return publish_ladder(
        work,
        ladder,
        shown={
            "storyboard": picture(sheets[0]),
            "film": dg.MetadataValue.text(f"{standing.file.name} of {standing.manifest.version}"),
        },
        made_of={LADDER_FILM: standing.file.sha256, LADDER_ARM: standing.arm},
    )


def _order_if_overtaken(title: str, cut: str, made_of: StandingCut, studio: Studio) -> None:
    """Order the ladder again where another cut came to stand while it was made: whoever saw to that found it unmade."""
    changes_are_over(studio.database, title, cut)
    now = _standing(title, cut, studio)
    if now is not None and now.file.sha256 != made_of.file.sha256:
        with studio.database.connection() as connection:
            order_ladder(connection, title, cut, "another cut came to stand while it was made")


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
