"""Thumbnails: for every aspect ratio that front pages ask for, a first choice and the variants to test against it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from assets.artifact import Artifact
from assets.checks.tables import run_checks
from assets.events import AssetEvent, asset_events
from assets.keyframes import KEYFRAMES_FILE
from assets.lessons import learned_lean
from assets.making import Made, Work, making
from assets.metadata import picture, table
from assets.partitions import titles
from assets.placement import placement
from assets.safety import SafetyDesk
from assets.words import TitleWords
from ops.thumbnails.aspect import Aspect
from resources.experiment_agenda import ExperimentAgenda
from resources.published_variants import VARIANTS_FILE
from resources.studio import Studio

if TYPE_CHECKING:
    import pandas as pd

    from ops.thumbnails.recipe import Recipe
    from ops.thumbnails.render import Kitchen
    from ops.thumbnails.study import Study
    from ops.thumbnails.variants import VariantSet

    Planned = tuple[list[Study], Kitchen, list[Recipe], TitleWords]

__all__ = ["CHOICE_FILE", "THUMBNAILS", "VARIANTS_FILE", "make_thumbnails", "thumbnails"]

CHOICE_FILE = "thumbnail.json"

_BY_ASPECT = {f"thumbnails/{aspect}": aspect for aspect in Aspect}
THUMBNAILS = tuple(
    Artifact(
        asset,
        upstream=("keyframes",),
        code_version="7",
        engine="embedded/composition",
        family="thumbnails",
        group="thumbnails",
        kinds=frozenset({"image", "opencv"}),
        uses=("objects_engine", "aesthetics_engine", "text_engine", "image_engine"),
    )
    for asset in _BY_ASPECT
)


def make_thumbnails(title: str, studio: Studio, wanted: Sequence[str]) -> Iterator[Made]:
    """Compose the wanted aspects from the title's keyframes; one plan of variants serves them all."""
    from ops.thumbnails.make import make_thumbnail
    from ops.thumbnails.variants import make_variants

    planned: dict[str, Planned] = {}  # by version of the keyframes: one study and one plan serve every aspect
    for artifact in THUMBNAILS:
        if artifact.asset not in wanted:
            continue
        with making(title, artifact, studio) as work:
            version = work.inputs["keyframes"].version
            if version not in planned:
                planned[version] = _plan(work)
            studies, kitchen, planned_recipes, words = planned[version]
            desk = SafetyDesk(title, studio)
            recipes = desk.permitted(planned_recipes)
            aspect = _BY_ASPECT[artifact.asset]
            choice = make_thumbnail(studies, aspect, into=work.folder, barred=desk.barred)
            variants = make_variants(recipes, kitchen, aspect, into=work.folder)
            pictures = {each.picture.name: each.picture for each in variants.variants}
            judged = desk.judge(variants.to_json(), pictures)
            desk.ask_for(judged, pictures, work.key)
            yield work.publish(
                {
                    choice.picture.name: choice.picture,
                    CHOICE_FILE: _written(work, CHOICE_FILE, choice.to_json()),
                    VARIANTS_FILE: _written(work, VARIANTS_FILE, judged.told),
                    **pictures,
                },
                checks=[
                    *run_checks("thumbnail", choice.table()),
                    *run_checks("variants", variants.table()),
                    *judged.checks(),
                ],
                metadata={
                    "thumbnail": picture(choice.picture),
                    "variants": picture(_sheet(variants)),
                    "terms": dg.MetadataValue.json(choice.to_json()["terms"]),
                    "recipes": table(_told(variants)),
                    "words": dg.MetadataValue.json(words.to_json()),
                },
                quality={"score": round(choice.score, 4), "variant_count": len(recipes)},
                parameters={"image_checker": judged.checker},
                withheld=judged.withheld,
            )


def _plan(work: Work) -> "Planned":
    """Study the title's keyframes and choose its variants: none lost a test before, all lean to what others taught."""
    from ops.keyframes.model import KeyframeSet
    from ops.thumbnails.looks import look_for
    from ops.thumbnails.plan import plan_variants
    from ops.thumbnails.render import Kitchen
    from ops.thumbnails.study import study_keyframes
    from ops.thumbnails.wording import lockup_text

    keyframes = KeyframeSet.from_json(json.loads(work.input_file("keyframes", KEYFRAMES_FILE).read_text()))
    engines = work.studio.engines
    studies = study_keyframes(
        keyframes,
        work.studio.store.fetch_all(work.inputs["keyframes"]),
        objects=engines.objects,
        aesthetics=engines.aesthetics,
    )
    desk = SafetyDesk(work.title, work.studio)
    title = work.studio.catalogue.title(work.title)
    text = desk.cleared(lockup_text(title.name), work.key)
    words = TitleWords.of(text, look_for(title.genre), studies, engines, fault=desk.fault)
    agenda = ExperimentAgenda(work.studio.database)
    lost = {recipe for aspect in Aspect for recipe in agenda.lost(work.title, str(aspect))} | desk.barred
    lean = learned_lean(work.studio)
    recipes = plan_variants(
        studies, text=text, look=words.look, avoid=lost, lean=lean, taglines=words.taglines, artist=words.artist
    )
    return studies, Kitchen(studies, artist=words.artist, barred=desk.barred), recipes, words


def _written(work: Work, name: str, value: object) -> Path:
    path = work.folder / name
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


def _sheet(variants: "VariantSet") -> bytes:
    """The variants side by side, for the UI."""
    import io

    from ops.thumbnails.sheet import variant_sheet

    out = io.BytesIO()
    variant_sheet([each.picture for each in variants.variants]).save(out, "PNG")
    return out.getvalue()


def _told(variants: "VariantSet") -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        [
            {"id": e.recipe.id, "treatment": str(e.recipe.treatment), "grade": e.recipe.grade, "score": e.score}
            for e in variants.variants
        ]
    )


_WHERE = placement("thumbnails")


@dg.multi_asset(
    name="thumbnails",
    specs=[
        artifact.spec(f"The title's thumbnail in {aspect.replace('x', ':')}: a first choice, and variants to test.")
        for artifact, aspect in zip(THUMBNAILS, _BY_ASPECT.values(), strict=True)
    ],
    check_specs=[check for artifact in THUMBNAILS for check in artifact.check_specs()],
    partitions_def=titles,
    can_subset=True,
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
)
def thumbnails(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> Iterator[AssetEvent]:
    """Publishable thumbnails, one an aspect ratio; a run of any of them reads the keyframes once."""
    wanted = [key.to_user_string() for key in context.selected_asset_keys]
    yield from asset_events(context, studio, lambda title, at_work: make_thumbnails(title, at_work, wanted))
