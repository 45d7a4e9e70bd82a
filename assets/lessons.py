"""What all past experiments taught: which treatments, faces, colours and letterings viewers click, for the house.

The next thumbnails lean towards what was clicked; `learned_lean` is what their planner asks.
"""

import dagster as dg

from assets.artifact import OWNERS
from assets.metadata import table
from assets.placement import placement
from ops.experiments.lessons import Lesson, ShownArm, draw_lessons, fit_lean
from resources.past_tests import past_tests
from resources.studio import Studio

__all__ = ["learned_lean", "lessons_of_the_house", "thumbnail_lessons"]


def lessons_of_the_house(studio: Studio) -> list[Lesson]:
    """The lessons of the newest experiments that are over, one trait at a time, for people."""
    return draw_lessons(_tests(studio))


def learned_lean(studio: Studio) -> dict[str, dict[str, float]]:
    """What each trait of a picture is worth by the same experiments, all traits together; empty for nothing learned."""
    return fit_lean(_tests(studio))


def _tests(studio: Studio) -> list[list[ShownArm]]:
    past = past_tests(studio.database, artifact="thumbnails")
    return [[ShownArm(arm.recipe.get("traits", {}), arm.counts) for arm in test] for test in past]


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
    """Which treatments, faces, colours and letterings viewers click more, pooled over all experiments that are over."""
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
