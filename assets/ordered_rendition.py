"""Renditions to order: one title in one look that is no style of the house's own (a mix, a custom style, a strength).

An order is a partition. What is made lies with its title in the store, under the look's key, so that serving finds it
as it finds any rendition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import dagster as dg

from assets.artifact import OWNERS, Artifact
from assets.events import AssetEvent, asset_events, final
from assets.making import Made, Work, making
from assets.partitions import rendition_orders
from assets.placement import placement
from assets.renditions import (
    GPU_RENDITIONS,
    RENDITIONS,
    UPSTREAM,
    cuts_of,
    inapplicable,
    publish_rendition,
    styles_engine,
)
from ops.errors import ShowrunnerError
from ops.style.model import Look, Style, look_from_json
from resources.custom_styles import style_library
from resources.ledger import input_hash
from resources.rendition_orders import RENDITION, RenditionOrder, RenditionOrders, plain_style
from resources.store.model import ArtifactKey
from resources.studio import Studio

if TYPE_CHECKING:
    from ops.style.film import RenderedFilm

__all__ = [
    "NEURAL_ORDERED",
    "ORDERED",
    "is_fresh",
    "make_ordered_rendition",
    "needs_gpu",
    "order_artifact",
    "ordered_rendition_assets",
    "outdated",
]

ORDERED = "ordered_rendition"
NEURAL_ORDERED = "ordered_neural_rendition"
"""The asset of orders whose look has a network in it: another machine makes it, and it lies in the same place."""

_HOUSE = {artifact.asset: artifact for artifact in (*RENDITIONS, *GPU_RENDITIONS)}


def order_artifact(look: Look, library: Mapping[str, Style]) -> Artifact:
    """What is declared of a title in a look, as `making` and the ledger go by it: of a house style its own asset."""
    if (style := plain_style(look)) is not None:
        return _HOUSE[f"{RENDITION}/{style}"]
    return Artifact(
        f"{RENDITION}/{look.key}",
        upstream=UPSTREAM,
        code_version="1",
        engine=styles_engine(look, library),
        family="neural_styles" if needs_gpu(look, library) else "styles",
        on_demand=True,
    )


def needs_gpu(look: Look, library: Mapping[str, Style]) -> bool:
    """Whether a look's styles ask for one."""
    return any(library[style].gpu for style in look.styles)


def make_ordered_rendition(order_id: str, studio: Studio) -> Iterator[Made]:
    """Make what an order asks for, and tell the order how it went.

    Raises:
        UsageError: There is no such order, or its look fits today's styles no more.
        ModelUnavailable: A style's network is not here.
    """
    orders = RenditionOrders(studio.database)
    order = orders.start(order_id)
    try:
        made = _make(order, studio)
    except BaseException as error:
        told = str(error) if isinstance(error, ShowrunnerError) else f"{type(error).__name__}: {error}"
        orders.fail(order_id, told, final=isinstance(error, Exception) and final(error))
        raise
    if refused := made.held or made.skipped:
        orders.fail(order_id, refused, final=True)
    else:
        orders.finish(order_id)
    yield made


def _make(order: RenditionOrder, studio: Studio) -> Made:
    library = style_library(studio.database, studio.store)
    look = look_from_json(order.look, library)
    with making(order.title, order_artifact(look, library), studio) as work:
        if why := inapplicable(work):
            return work.skip(why)
        return publish_rendition(work, _render(work, look, library), library)


def _render(work: Work, look: Look, library: Mapping[str, Style]) -> "RenderedFilm":
    from ops.style.film import render_film

    out = work.folder / f"{look.key}.mp4"
    return render_film(work.film(), out, look, library, cuts=cuts_of(work), progress=work.progress)


def outdated(order: RenditionOrder, studio: Studio) -> str:
    """Why a finished order must be made again; empty where it is fresh, or where its look cannot be made any more."""
    library = style_library(studio.database, studio.store)
    try:
        look = look_from_json(order.look, library)
    except ShowrunnerError:
        return ""
    artifact = order_artifact(look, library)
    expected = _expected(order.title, artifact, studio)
    if expected is None or studio.ledger.unchanged(ArtifactKey.of_asset(order.title, artifact.asset), expected):
        return ""
    return "its film, a style of it or the code has changed"


def is_fresh(title: str, look: Look, library: Mapping[str, Style], studio: Studio) -> bool:
    """Whether a title is there in a look, made from what is there today."""
    artifact = order_artifact(look, library)
    expected = _expected(title, artifact, studio)
    key = ArtifactKey.of_asset(title, artifact.asset)
    return expected is not None and studio.ledger.unchanged(key, expected) is not None


def _expected(title: str, artifact: Artifact, studio: Studio) -> str | None:
    """The input hash of a rendition that were made now; None where what it is made from never was."""
    rows = {name: studio.ledger.row(ArtifactKey.of_asset(title, name)) for name in artifact.upstream}
    versions = {name: row.data_version for name, row in rows.items() if row is not None and row.data_version}
    if len(versions) < len(artifact.upstream):
        return None
    return input_hash(versions, code_version=artifact.code_version, engine=artifact.engine)


def _asset(name: str, family: str) -> dg.AssetsDefinition:
    where = placement(family)
    declared = Artifact(ORDERED, UPSTREAM, "1", "", family=family)

    # No dependency is declared on the film and its shots: their partitions are titles, and Dagster would ask all
    # titles' versions for each order. What an order was made from stands in its manifest.
    @dg.asset(
        key=dg.AssetKey([name]),
        partitions_def=rendition_orders,
        code_version=declared.code_version,
        group_name="renditions",
        kinds={"video", "pytorch" if where.gpus else "ffmpeg"},
        owners=OWNERS,
        check_specs=[_of_asset(spec, name) for spec in declared.check_specs()],
        op_tags=where.op_tags(),
        pool=where.pool,
        retry_policy=where.retry_policy,
        dagster_type=dg.Nothing,  # pyright: ignore[reportArgumentType]  as `house_rules` has it
        output_required=False,
        description=_ABOUT + (" Its look has a network in it." if where.gpus else ""),
    )
    def ordered(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
        def make(order: str, at_work: Studio) -> Iterator[Made]:
            yield from (replace(made, asset=name) for made in make_ordered_rendition(order, at_work))

        try:
            yield from asset_events(context, studio, make)
        except dg.Failure as failure:
            # A failed order is open again, and the sensor gives it another run: a retry of this one would race it.
            raise dg.Failure(failure.description, allow_retries=False) from failure.__cause__

    return cast("dg.AssetsDefinition", ordered)


def _of_asset(spec: dg.AssetCheckSpec, name: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(spec.name, asset=dg.AssetKey([name]), description=spec.description, blocking=spec.blocking)


_ABOUT = (
    "A title in a look that somebody ordered: a mix, a style that somebody made up, or a house style turned up or down."
)
ordered_rendition_assets: list[dg.AssetsDefinition] = [
    _asset(ORDERED, "styles"),
    _asset(NEURAL_ORDERED, "neural_styles"),
]
