"""A rendition's quality ladder: the styled film in several sizes, for HLS and DASH players, as trailers have it."""

from collections.abc import Iterator, Sequence

import dagster as dg

from assets.artifact import Artifact
from assets.events import AssetEvent, asset_events
from assets.finished_ladder import publish_ladder
from assets.making import Made, Work, making
from assets.partitions import titles
from assets.placement import placement
from assets.renditions import GPU_RENDITIONS, RENDITIONS
from resources.studio import Studio

__all__ = ["RENDITION_LADDERS", "make_rendition_ladders", "rendition_ladders"]

_OF = {f"rendition_ladder/{each.asset.partition('/')[2]}": each.asset for each in (*RENDITIONS, *GPU_RENDITIONS)}
RENDITION_LADDERS = tuple(
    Artifact(
        asset,
        upstream=(rendition,),
        code_version="1",
        engine="ffmpeg+vmaf",
        family="styles",
        group="renditions",
        kinds=frozenset({"video", "ffmpeg"}),
        on_demand=True,
    )
    for asset, rendition in _OF.items()
)


def make_rendition_ladders(title: str, studio: Studio, wanted: Sequence[str]) -> Iterator[Made]:
    """Make the ladders of the wanted renditions."""
    for artifact in RENDITION_LADDERS:
        if artifact.asset in wanted:
            with making(title, artifact, studio) as work:
                yield _make(work)


def _make(work: Work) -> Made:
    from ops.ladder.make import make_ladder
    from ops.media.probe import probe

    rendition = work.inputs[_OF[work.artifact.asset]]
    name = next(file.name for file in rendition.files if file.media_type.startswith("video/"))
    film = work.studio.store.fetch(rendition, name)
    video = probe(film).video
    if video is None or video.frame_rate is None:
        return work.skip("its frame rate varies, so no two rungs would change at the same frame")
    ladder = make_ladder(film, work.folder, progress=work.progress)
    return publish_ladder(work, ladder, made_of={"rendition": rendition.version})


_WHERE = placement("styles")


@dg.multi_asset(
    name="rendition_ladders",
    specs=[
        artifact.spec(f"The title's {_OF[artifact.asset]} in several qualities, for HLS and DASH players.")
        for artifact in RENDITION_LADDERS
    ],
    check_specs=[check for artifact in RENDITION_LADDERS for check in artifact.check_specs()],
    partitions_def=titles,
    can_subset=True,
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
)
def rendition_ladders(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Quality ladders of renditions, made by the code that makes trailers'."""
    wanted = [key.to_user_string() for key in context.selected_asset_keys]
    yield from asset_events(context, studio, lambda title, at_work: make_rendition_ladders(title, at_work, wanted))
