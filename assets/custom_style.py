"""Styles that people make up: from their words, an example picture or a document to a folder of data in the store.

One partition a wish. What comes out is data alone, read back by the very code that reads any style; a network that was
asked for is trained on the picture, minutes of work, and joins the style when it is done.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.artifact import OWNERS
from assets.checks.custom_style import CUSTOM_STYLE_PROMISES
from assets.checks.tables import run_checks
from assets.metadata import facts, picture
from assets.partitions import custom_styles
from assets.placement import placement
from ops.errors import ShowrunnerError, UsageError
from resources.custom_styles import CUSTOM, style_key
from resources.store.model import MadeBy, Manifest
from resources.studio import Studio
from resources.style_wish_model import Kind, State, StyleWish
from resources.style_wishes import StyleWishes
from resources.work_folder import work_folder

if TYPE_CHECKING:
    from assets.checks.model import CheckOutcome
    from ops.style.grading.custom import MadeUp
    from ops.style.model import Style

__all__ = ["MadeStyle", "custom_style", "make_custom_style"]

_CODE_VERSION = "2"

_TRAINING_STEPS = 240
"""Of a style's own network, from the house's trunk on: docs/style_networks.md shows what as many make of a picture."""


@dataclasses.dataclass(frozen=True)
class MadeStyle:
    """A style that was published.

    Attributes:
        style: The wish, as it stands now.
        manifest: What was published.
        told: What was made of the wish, in sentences.
        checks: What the gates said.
        picture: The house's still in it: the published file.
    """

    style: StyleWish
    manifest: Manifest
    told: tuple[str, ...]
    checks: "tuple[CheckOutcome, ...]"
    picture: Path


def make_custom_style(style: str, studio: Studio) -> MadeStyle:
    """Make a style of a wish, and publish it; the wish knows how it went, whatever happens.

    What is made already is left as it is: a run may have been asked for twice.

    Raises:
        UsageError: Nothing may or can be made of the wish: its words are on a list, or say nothing of a look; or its
            runs were killed too often.
        ModelUnavailable: A setting asks for a model that is not here.
        StoreError: Store or database are out of reach.
    """
    wishes = StyleWishes(studio.database)
    wish = wishes.find(style)
    if wish is not None and wish.state is State.READY and (kept := _kept(wish, studio)) is not None:
        return kept
    wish = wishes.begin(style)
    try:
        return _made(wish, wishes, studio)
    except UsageError as error:
        wishes.refuse(style, str(error))
        raise
    except BaseException as error:  # an interrupt leaves its trace as well
        wishes.fail(style, str(error) or type(error).__name__)
        raise


def _kept(wish: StyleWish, studio: Studio) -> MadeStyle | None:
    """The style that a wish became; None where today's code would make another, or the store has it no more."""
    from ops.style.catalogue import read_style
    from ops.style.grading.custom import PICTURE_FILE, STYLE_FILE

    manifest = studio.store.manifest(style_key(wish.id), wish.version)
    if manifest is None or manifest.made_by.code_version != _CODE_VERSION:
        return None
    folder = studio.store.fetch_all(manifest)
    checks = tuple(run_checks("custom_style", _measured(read_style(folder / STYLE_FILE), folder)))
    return MadeStyle(wish, manifest, wish.told, checks, folder / PICTURE_FILE)


def _made(wish: StyleWish, wishes: StyleWishes, studio: Studio) -> MadeStyle:
    from ops.style.grading.custom import LUT_FILE, NETWORK_FILE, PICTURE_FILE, STYLE_FILE, finished

    source = wishes.source(wish.id)
    _pass_gate(wish, source, studio)
    with work_folder(studio.settings) as folder:
        studio.watch(CUSTOM, 0.05)
        made = _from_source(wish, source, folder, studio)
        read = finished(made, wish.id, folder)
        checks = tuple(run_checks("custom_style", _measured(read, folder)))
        failed = [check.why for check in checks if check.blocking and not check.passed]
        if failed:
            raise UsageError("; ".join(failed), where=wish.id, fix="Ask for another.")
        names = (STYLE_FILE, PICTURE_FILE, LUT_FILE, NETWORK_FILE)
        manifest = studio.store.publish(
            style_key(wish.id),
            {name: folder / name for name in names if (folder / name).is_file()},
            made_by=MadeBy(_CODE_VERSION, engine=made.engine, parameters={"kind": str(wish.kind)}),
            inputs={str(wish.kind): wish.sha256},
            quality={"told": list(made.told), "checks": [{"name": c.name, "passed": c.passed} for c in checks]},
        )
    wishes.publish(wish.id, manifest.version, made.told, network=made.network is not None)
    studio.watch(CUSTOM, 1.0)
    now = wishes.find(wish.id)
    assert now is not None
    return MadeStyle(now, manifest, made.told, checks, studio.store.fetch(manifest, PICTURE_FILE))


def _pass_gate(wish: StyleWish, source: bytes, studio: Studio) -> None:
    """Names and words stand on pages beside the house's own: what is on a list stops here, as on pictures."""
    texts = {"name": wish.name}
    if wish.kind is Kind.PROMPT:
        texts["prompt"] = source.decode("utf-8", "replace")
    if wish.kind is Kind.DOCUMENT:
        texts["document"] = " ".join(_texts(source))
    for where, text in texts.items():
        verdict = studio.engines.words.judge(text)
        if not verdict.clean:
            raise UsageError(verdict.why, where=where, fix="Say it in other words.")


def _texts(source: bytes) -> Iterator[str]:
    """What people would read of a document."""
    try:
        document = json.loads(source)
    except (ValueError, RecursionError):
        return  # it is refused where it is read
    if isinstance(document, Mapping):
        yield str(document.get("about", ""))
        for each in document.get("parameters") or ():
            if isinstance(each, Mapping):
                yield f"{each.get('label', '')} {each.get('about', '')}"


def _from_source(wish: StyleWish, source: bytes, folder: Path, studio: Studio) -> "MadeUp":
    from ops.style.grading.custom import from_document, from_picture, from_words

    match wish.kind:
        case Kind.PROMPT:
            return from_words(source.decode("utf-8", "replace"), wish.name, **_painter(wish, studio))
        case Kind.DOCUMENT:
            return from_document(source, wish.name)
        case Kind.IMAGE:
            made = from_picture(source, wish.name)
            return _trained(made, source, folder, studio) if wish.network else made


def _painter(wish: StyleWish, studio: Studio) -> dict[str, Any]:
    """What paints examples of words, where `style_prompt_engine` asks for that.

    The picture is measured and thrown away: nobody is ever shown it.

    Raises:
        UsageError: No image model is chosen.
        ModelUnavailable: The chosen one is not here.
    """
    if studio.settings.style_prompt_engine == "embedded":
        return {}
    painter = studio.engines.painter
    if painter is None:
        raise UsageError(
            "asks for an image model, and none is chosen",
            where="SHOWRUNNER_STYLE_PROMPT_ENGINE",
            fix="Choose one by SHOWRUNNER_IMAGE_ENGINE, or leave the setting at embedded.",
        )
    seed = int(wish.sha256[:8], 16) % (1 << 31)
    return {
        "paint": lambda words: painter.text2img(words, negative="text, watermark", size=(960, 540), seed=seed),
        "painter": painter.name,
    }


def _trained(made: "MadeUp", source: bytes, folder: Path, studio: Studio) -> "MadeUp":
    from ops.style.grading.custom import NETWORK_FILE, opened_picture, with_network
    from ops.style.networks.train import train_style

    out = folder / NETWORK_FILE
    train_style(
        opened_picture(source),
        out,
        steps=_TRAINING_STEPS,
        seed=0,
        progress=lambda now: studio.watch(CUSTOM, 0.1 + 0.8 * now.share),
    )
    return with_network(made, out)


def _measured(style: "Style", folder: Path) -> Any:
    """The style's row for the checks; what has no grade bends nothing."""
    from fractions import Fraction

    import cv2
    import numpy as np
    import pandas as pd

    from ops.style.grading.custom import PICTURE_FILE
    from ops.style.grading.luts import banding, grid, sampled
    from ops.style.grading.preview import house_still
    from ops.style.mixing import plan_of
    from ops.style.model import Look, Part, Recipe
    from ops.style.stages import Canvas, Effort

    still = house_still()
    shown = cv2.imread(str(folder / PICTURE_FILE))
    look = Look((Part(Recipe(style.id), 1.0),))
    canvas = Canvas(still.shape[1], still.shape[0], Fraction(24))
    lut = plan_of(look, {style.id: style}, canvas, Effort.LEAST).lut
    ramp = np.repeat(np.linspace(0.0, 1.0, 256)[:, None], 3, axis=1)
    greys = sampled(grid(2) if lut is None else lut, ramp) @ np.array([0.2126, 0.7152, 0.0722]) * 255.0
    burnt = [float((each.max(axis=-1) >= 254).mean()) for each in (still, still if shown is None else shown)]
    row = {
        "style": style.id,
        "runs": shown is not None and shown.shape == still.shape,
        "reversed": float((np.maximum.accumulate(greys) - greys).max()),
        "bend": banding(grid(2) if lut is None else lut),
        "burnt_added": burnt[1] - burnt[0],
    }
    return pd.DataFrame([row])


_WHERE = placement("styles")


@dg.asset(
    key=CUSTOM,
    partitions_def=custom_styles,
    group_name="styles",
    kinds={"opencv"},
    owners=OWNERS,
    code_version=_CODE_VERSION,
    check_specs=[
        dg.AssetCheckSpec(each.name, asset=CUSTOM, description=each.description, blocking=each.blocking)
        for each in CUSTOM_STYLE_PROMISES
    ],
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
)
def custom_style(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:
    """A style that somebody made up, as a folder of data: how it is put together, its LUT, its network, a picture."""
    try:
        made = make_custom_style(context.partition_key, studio)
    except Exception as error:
        # Any kind: what passed by here would be tried again by the asset's retry policy, and race with the run that the
        # sensor starts of a wish that is open again. Training raises torch's RuntimeError and its kinds (a GPU out of
        # memory among them), pictures cv2.error, the database psycopg's and the disk OSError, beside the house's own.
        told = str(error) if isinstance(error, ShowrunnerError) else f"{type(error).__name__}: {error}"
        raise dg.Failure(told, allow_retries=False) from error
    return dg.MaterializeResult(
        data_version=dg.DataVersion(made.manifest.data_version),
        metadata={
            "style": made.style.name,
            "understood": dg.MetadataValue.md("\n".join(f"- {each}" for each in made.told)),
            "still": picture(made.picture),
            **facts(made.manifest),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name=check.name,
                passed=check.passed,
                description=check.why,
                severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
            )
            for check in made.checks
        ],
    )
