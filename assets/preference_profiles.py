"""What viewers like to see films in: their deeds counted into profiles, all viewers in one run.

No artifact of the store: profiles live in the database, where serving reads them, and what the asset leaves is what all
viewers together think at one moment.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import dagster as dg

from assets.artifact import OWNERS
from assets.checks.preference_profiles import PREFERENCE_PROMISES
from assets.checks.tables import run_checks
from assets.metadata import picture, table
from assets.placement import placement
from assets.scenes import SCENES, SCENES_FILE
from ops.tastes.evidence import PLAIN, Fading
from resources.store.model import ArtifactKey
from resources.studio import Studio
from resources.taste_counts import Folded, fold, forget_old, told_of_tastes
from resources.tastes import Tastes
from resources.title_contents import TitleContents

if TYPE_CHECKING:
    from ops.tastes.belief import TasteOfStyle

__all__ = ["describe_titles", "preference_profiles"]

_MOST_TITLES = 2_000
"""Titles that one run describes: each reads a file of the store."""

_SHOWN = 12


def describe_titles(studio: Studio) -> int:
    """Write down what the titles are like whose scenes are new; returns how many."""
    from ops.scenes.model import SceneAnalysis
    from ops.tastes.content import contents_of

    contents = TitleContents(studio.database)
    described = 0
    for title, version, genre in contents.outdated(SCENES.asset, most=_MOST_TITLES):
        manifest = studio.store.manifest(ArtifactKey(title, SCENES.asset), version)
        if manifest is None:
            continue
        analysis = SceneAnalysis.load(studio.store.fetch(manifest, SCENES_FILE))
        whole, scenes = contents_of(analysis, genre)
        contents.write(title, version, genre, whole, scenes)
        described += 1
    return described


_WHERE = placement("experiments")
_KEY = dg.AssetKey("preference_profiles")


@dg.asset(
    key=_KEY,
    group_name="styles",
    kinds={"postgres"},
    owners=OWNERS,
    op_tags=_WHERE.op_tags(),
    pool=_WHERE.pool,
    retry_policy=_WHERE.retry_policy,
    check_specs=[
        dg.AssetCheckSpec(each.name, asset=_KEY, description=each.description, blocking=each.blocking)
        for each in PREFERENCE_PROMISES
    ],
)
def preference_profiles(
    context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]
) -> Iterator[dg.MaterializeResult]:
    """What viewers like to see films in. Counts what they did since the last run, each deed once; old deeds fade."""
    from ops.style.catalogue import house_styles
    from ops.tastes.content import UNKNOWN

    now = datetime.now(UTC)
    described = describe_titles(studio)
    folded = fold(studio.database, Fading(), now=now)
    forgotten = forget_old(studio.database, days=studio.settings.events_keep_days)
    beliefs = Tastes(studio.database).beliefs(None, UNKNOWN, house_styles(), now=now)
    told = _table(beliefs)
    waiting, viewers = told_of_tastes(studio.database)
    context.log.info(f"{folded.deeds} deeds of {folded.viewers} viewers; {described} titles described")
    yield dg.MaterializeResult(
        metadata=_metadata(folded, viewers, beliefs, told) | {"titles described": described, "forgotten": forgotten},
        check_results=[
            dg.AssetCheckResult(
                check_name=each.name,
                passed=each.passed,
                description=each.why,
                metadata={name: dg.MetadataValue.text(str(value)) for name, value in each.metadata.items()},
                severity=dg.AssetCheckSeverity.ERROR if each.blocking else dg.AssetCheckSeverity.WARN,
            )
            for each in run_checks("tastes", told, waiting=waiting)
        ],
    )


def _table(beliefs: "list[TasteOfStyle]") -> Any:
    import pandas as pd

    from ops.tastes.belief import interval

    rows = []
    for each in sorted(beliefs, key=lambda each: -each.mean):
        low, high = interval(each)
        rows.append((each.style, each.mean, low, high, each.others.liked, each.others.disliked))
    return pd.DataFrame(rows, columns=["style", "rate", "low", "high", "liked", "disliked"])


def _metadata(folded: Folded, viewers: dict[str, int], beliefs: "list[TasteOfStyle]", told: Any) -> dict[str, Any]:
    import pandas as pd

    from ops.tastes.picture import draw_tastes

    cohorts = sorted(viewers.items(), key=lambda each: (-each[1], each[0]))
    rows = [(cohort or "no style", count) for cohort, count in cohorts]
    shown = sorted(beliefs, key=lambda each: (each.style != PLAIN, -each.others.amount))[:_SHOWN]
    return {
        "viewers": sum(viewers.values()),
        "deeds counted": folded.deeds,
        "viewers touched": folded.viewers,
        "taken from common events": folded.taken_over,
        "what all viewers like": table(told),
        "cohorts": table(pd.DataFrame(rows, columns=["leaning to", "viewers"])),
        "tastes": picture(draw_tastes(shown, title=f"{sum(viewers.values()):,} viewers")),
    }
