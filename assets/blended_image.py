"""Blended images: a published recipe at its full size, as an asset whose partitions are the recipes."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from assets.artifact import OWNERS, Artifact
from assets.checks.model import CheckOutcome
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events, final
from assets.making import Made, check_json
from assets.metadata import picture
from assets.partitions import blends
from assets.placement import placement
from ops.errors import ShowrunnerError, UsageError
from resources.blends import Blend, Blends, BlendSource
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio
from resources.work_folder import work_folder

if TYPE_CHECKING:
    from ops.blend.guide import BlendInputs
    from ops.blend.render import RenderedBlend
    from ops.safety.image_gate import Judgement

__all__ = ["BLENDED", "BLEND_FILE", "blend_fingerprint", "blended_image", "make_blended_image"]

BLENDED = "blended_image"
"""The artifact; it lies under the blend's id."""

BLEND_FILE = "blend.png"

_ARTIFACT = Artifact(
    BLENDED,
    upstream=(),
    code_version="1",
    engine="embedded/random-vgg",
    family="blends",
    group="blends",
    kinds=frozenset({"image", "pytorch"}),
    uses=("blend_features", "image_safety_engine"),
    on_demand=True,
)

_SHARE_OF_MEMORY = 0.6
"""Of what is free: the pictures themselves, and torch's own, need the rest."""


def blend_fingerprint(blend: Blend, studio: Studio) -> str:
    """What a blend would be made from and by today: its recipe, the newest pictures, the code, the engine."""
    return _fingerprint(blend, Blends(studio.database).newest({*blend.recipe.pictures, *blend.recipe.masks}), studio)


def _fingerprint(blend: Blend, sources: Mapping[str, str], studio: Studio) -> str:
    declared = _ARTIFACT.under(studio.settings)
    told = [blend.recipe.key, sorted(sources.items()), declared.code_version, declared.engine]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def make_blended_image(blend_id: str, studio: Studio) -> Iterator[Made]:
    """Render a published recipe, or publish what a person approved of it, and tell it how it went.

    Raises:
        UsageError: There is no such blend, or one of its pictures is gone.
        NotReleasable: What was approved is not kept any more.
        ModelUnavailable: The network that the settings choose is not here.
    """
    kept = Blends(studio.database)
    blend = kept.start(blend_id)
    try:
        made = _released(blend, kept, studio) if blend.reviewer else _rendered(blend, kept, studio)
    except BaseException as error:
        told = str(error) if isinstance(error, ShowrunnerError) else f"{type(error).__name__}: {error}"
        kept.fail(blend, told, final=isinstance(error, Exception) and final(error))
        raise
    yield made


def _released(blend: Blend, kept: Blends, studio: Studio) -> Made:
    """What a check held is published as it is, on a person's word."""
    key = ArtifactKey(blend.id, BLENDED)
    version = blend.held.rpartition("/")[2]
    manifest = studio.store.release(key, version, who=blend.reviewer, note=blend.note, sealing=studio.credentials.seal)
    word = f"{blend.reviewer}: {blend.note}" if blend.note else blend.reviewer
    kept.finish(blend.id, made_from=blend.made_from, why=f"approved by {word}")
    # what failed is told as it was, and blocks no more
    checks = tuple(CheckOutcome(**{**check, "blocking": False}) for check in manifest.quality["checks"])
    metadata = {
        "approved by": dg.MetadataValue.text(word),
        "held for": dg.MetadataValue.text(manifest.reviewed["held_for"]),
    }
    return Made(BLENDED, blend.id, manifest, manifest.inputs, manifest.made_by.code_version, checks, metadata)


def _rendered(blend: Blend, kept: Blends, studio: Studio) -> Made:
    sources = _sources(blend, kept)
    made, place = _make(blend, sources, studio)
    # of what was read: a picture that is replaced while its blend renders makes it stale
    made_from = _fingerprint(blend, {name: source.sha256 for name, source in sources.items()}, studio)
    if made.held:
        kept.hold(blend.id, made.held, place=place, made_from=made_from)
    else:
        kept.finish(blend.id, made_from=made_from)
    return made


def _make(blend: Blend, sources: Mapping[str, BlendSource], studio: Studio) -> tuple[Made, str]:
    """The blend, and the place in the store where it is held; empty where it is published."""
    from ops.blend.render import render_blend

    began = time.monotonic()
    studio.watch(BLENDED, 0.0)
    versions = {f"source/{name[:16]}": source.sha256 for name, source in sources.items()}
    session = studio.engines.blend_session
    rendered = render_blend(
        blend.recipe,
        _inputs(blend, sources),
        session,
        memory_bytes=int(_SHARE_OF_MEMORY * _free_bytes(session.device)),
        progress=lambda fraction: studio.watch(BLENDED, fraction),
    )
    judged = _judged(rendered, studio)
    checks = run_checks("blend", _table(blend, rendered, judged))
    with work_folder(studio.settings) as folder:
        return _publish(blend, rendered, _written(blend, rendered, folder), checks, versions, studio, began)


def _publish(  # noqa: PLR0917  (what a publication is made of)
    blend: Blend,
    rendered: "RenderedBlend",
    files: Mapping[str, Path],
    checks: list[CheckOutcome],
    versions: Mapping[str, str],
    studio: Studio,
    began: float,
) -> tuple[Made, str]:
    declared = _ARTIFACT.under(studio.settings)
    key = ArtifactKey(blend.id, BLENDED)
    made_by = MadeBy(declared.code_version, declared.engine, rendered.engine, {"painted_size": rendered.painted_size})
    quality = {"loss_fell": round(rendered.loss_fell, 4), "checks": [check_json(check) for check in checks]}
    metadata = {"blend": picture(files[BLEND_FILE]), "loss": picture(files["loss.png"])}
    failed = "; ".join(f"{check.name}: {check.why}" for check in checks if check.blocking and not check.passed)
    seconds = time.monotonic() - began
    if failed and studio.store.approved_before(key, files) is None:
        manifest, place = None, studio.store.hold(
            key, files, why=failed, made_by=made_by, inputs=versions, quality=quality, cost_s=seconds
        )  # fmt: skip
    else:
        seal = studio.credentials.seal(key, made_by, versions)
        manifest = studio.store.publish(
            key, files, made_by=made_by, inputs=versions, quality=quality, cost_s=seconds, seal=seal
        )
        failed = place = ""
    studio.watch(BLENDED, 1.0)
    made = Made(
        BLENDED, blend.id, manifest, versions, declared.code_version, tuple(checks), metadata, round(seconds, 3),
        held=failed,
    )  # fmt: skip
    return made, place


def _sources(blend: Blend, kept: Blends) -> dict[str, BlendSource]:
    """The newest delivery of every picture and mask, each read once, by the recipe's names."""
    found = {}
    for name in sorted({*blend.recipe.pictures, *blend.recipe.masks}):
        source = kept.source(name)
        if source is None:
            raise UsageError("the picture is gone", where=name, fix="Upload it again: POST /v1/blend-sources.")
        found[name] = source
    return found


def _inputs(blend: Blend, sources: Mapping[str, BlendSource]) -> "BlendInputs":
    """The pictures and masks, decoded."""
    from ops.blend.guide import BlendInputs
    from ops.blend.reading import decode_mask, decode_picture

    def read(name: str, decode):
        return decode(sources[name].content, name=sources[name].name or name)

    pictures = {name: read(name, decode_picture) for name in blend.recipe.pictures}
    return BlendInputs(pictures, {name: read(name, decode_mask) for name in blend.recipe.masks})


def _judged(rendered: "RenderedBlend", studio: Studio) -> "Judgement | None":
    """What the image checker says; None where none is set: people's own pictures are blended, none is made up."""
    from ops.safety.image_gate import judge_picture

    checker = studio.engines.image_safety
    return None if checker is None else judge_picture(checker, rendered.picture)


def _table(blend: Blend, rendered: "RenderedBlend", judged: "Judgement | None"):
    import pandas as pd

    from ops.safety.image_gate import GateState

    grey = rendered.picture.mean(axis=2)
    return pd.DataFrame(
        [
            {
                "blend": blend.id,
                "why": "" if judged is None else judged.reason,
                "size_error": float(abs(max(rendered.picture.shape[:2]) - blend.recipe.size)),
                "not_finite": float(not rendered.finite),
                "tones": float(grey.max() - grey.min()),
                "bare_change": rendered.bare_change or 0.0,
                "unsafe": float(judged is not None and judged.state is not GateState.PASSED),
                "loss_fell": rendered.loss_fell,
            }
        ]
    )


def _written(blend: Blend, rendered: "RenderedBlend", folder: Path) -> dict[str, Path]:
    from PIL import Image

    from ops.blend.plot import draw_losses
    from ops.thumbnails.saving import DigitalSource, save_picture

    image = Image.fromarray(rendered.picture)
    files = {name: folder / name for name in (BLEND_FILE, "blend.jpg", "recipe.json", "loss.png")}
    image.save(files[BLEND_FILE], "PNG", optimize=True)
    save_picture(image, files["blend.jpg"], source=DigitalSource.COMPOSITE)
    told = {**blend.recipe.to_json(), "name": blend.name, "engine": rendered.engine, "painted": rendered.painted_size}
    files["recipe.json"].write_text(json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False))
    files["loss.png"].write_bytes(draw_losses(rendered.losses))
    return files


def _free_bytes(device: str) -> int:
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    import psutil

    return int(psutil.virtual_memory().available)


_WHERE = placement(_ARTIFACT.family)


@dg.asset(
    key=_ARTIFACT.key,
    partitions_def=blends,
    code_version=_ARTIFACT.code_version,
    group_name=_ARTIFACT.group,
    kinds=set(_ARTIFACT.kinds),
    owners=OWNERS,
    check_specs=_ARTIFACT.check_specs(),
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
    dagster_type=dg.Nothing,  # pyright: ignore[reportArgumentType]  (its annotation is behind)
    output_required=False,
    description="A blend that somebody published, at full size: the styles and contents of its sources in one picture.",
)
def blended_image(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """One partition a recipe; the newest delivery of its pictures, by the network that the settings choose."""
    try:
        yield from asset_events(context, studio, make_blended_image)
    except dg.Failure as failure:
        # A blend that may be tried again is open again by now: the sensor's run and Dagster's own retry would race.
        raise dg.Failure(failure.description, allow_retries=False) from failure.__cause__
