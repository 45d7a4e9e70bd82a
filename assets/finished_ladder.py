"""A quality ladder that was made, of whatever film: what is checked, shown and kept of it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import dagster as dg

from assets.checks.tables import run_checks
from assets.making import Made, Work
from assets.metadata import picture, table

if TYPE_CHECKING:
    from assets.checks.model import CheckOutcome
    from ops.ladder.model import Ladder

__all__ = ["ladder_checks", "publish_ladder"]


def publish_ladder(
    work: Work,
    ladder: "Ladder",
    *,
    made_of: Mapping[str, str],
    shown: Mapping[str, dg.MetadataValue] | None = None,
) -> Made:
    """Check a ladder that lies in the work's folder, and publish it.

    Args:
        work: The artifact's making.
        ladder: What was made.
        made_of: The film, for the manifest's parameters.
        shown: What people see of it beside what every ladder shows.
    """
    from ops.ladder.make import FACTS_FILE, POSTER_FILE

    facts = json.loads(ladder.files[FACTS_FILE].read_text(encoding="utf-8"))
    top = ladder.rungs[0]
    return work.publish(
        ladder.files,
        checks=ladder_checks(ladder),
        metadata={
            "poster": picture(ladder.files[POSTER_FILE]),
            **(shown or {}),
            "ladder": table(ladder.table()),
            "dropped": dg.MetadataValue.json(facts["dropped"]),
            "stages": dg.MetadataValue.json(ladder.seconds),
        },
        quality={
            "vmaf": round(top.vmaf, 2),
            "rungs": len(ladder.rungs),
            "duration_s": ladder.duration_s,
            "width": top.track.width,
            "height": top.track.height,
        },
        parameters={"encoder": ladder.encoder, **made_of},
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
