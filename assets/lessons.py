"""What all past experiments taught: which treatments, grades and letterings viewers click, one table for the house.

The next thumbnails lean towards what was clicked; `learned_lean` is what their planner asks.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.artifact import OWNERS
from assets.metadata import table
from assets.placement import placement
from ops.experiments.lessons import Lesson, ShownArm, draw_lessons, lean_of
from ops.experiments.model import totals
from resources.experiment_agenda import ExperimentAgenda
from resources.studio import Studio

__all__ = ["learned_lean", "lessons_of_the_house", "thumbnail_lessons"]


def lessons_of_the_house(studio: Studio) -> list[Lesson]:
    """The lessons of the newest experiments that are over."""
    tests = []
    for experiment, recipes in ExperimentAgenda(studio.database).tested().items():
        counts = totals(studio.experiments.counts(experiment))
        tests.append([ShownArm(_features(recipes.get(each.arm, {})), each) for each in counts])
    return draw_lessons(tests)


def _features(recipe: Mapping[str, Any]) -> dict[str, str]:
    """What of a recipe another title's picture may share; frames and words it may not."""
    told = {name: str(recipe[name]) for name in ("treatment", "framing", "grade", "lettering") if recipe.get(name)}
    if recipe:
        told["text"] = "yes" if recipe.get("text") else "no"
    return told


def learned_lean(studio: Studio) -> dict[str, float]:
    """What each treatment is worth by past experiments; 1 is neutral, and nothing learned is an empty table."""
    return lean_of(lessons_of_the_house(studio), "treatment")


_WHERE = placement("experiments")


@dg.asset(
    deps=[dg.AssetKey("experiment_results")],
    group_name="experiments",
    kinds={"postgres"},
    owners=OWNERS,
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
)
def thumbnail_lessons(studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:
    """Which treatments, grades and letterings viewers click more, pooled over all experiments that are over."""
    import pandas as pd

    lessons = lessons_of_the_house(studio)
    rows = [
        {
            "feature": each.feature,
            "value": each.value,
            "clicks": f"{each.effect:+.1%}",
            "95 %": f"{each.low:+.1%} to {each.high:+.1%}",
            "arms": each.arms,
            "impressions": each.impressions,
        }
        for each in lessons
    ]
    columns = ["feature", "value", "clicks", "95 %", "arms", "impressions"]
    return dg.MaterializeResult(metadata={"lessons": table(pd.DataFrame(rows, columns=columns))})
