"""A test of a trailer's cuts as an asset of the UI: begun by hand, and skipped where one cut is alone."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from assets.experiments import experiment_assets, experiments
from assets.partitions import TITLES
from assets.trailers import TRAILERS
from ops.experiments.exhibit import EXHIBITS
from resources.catalogue import Catalogue
from resources.studio import Studio
from tests.support.trailer_crowd import CUT, publish_trailer

TITLE = "sintel"
KEY = dg.AssetKey(["experiment", CUT])


def begun(studio: Studio, instance: dg.DagsterInstance, edits: Sequence[str]) -> Sequence[dg.AssetMaterialization]:
    """What the asset leaves of a title with these edits."""
    Catalogue(studio.database).deliver(TITLE, sha256="0" * 64, uri="/none", size_bytes=1)
    instance.add_dynamic_partitions(TITLES, [TITLE])
    publish_trailer(studio, TITLE, edits)
    result = dg.materialize(
        [experiments], instance=instance, resources={"studio": studio}, selection=[KEY], partition_key=TITLE
    )
    assert result.success
    return result.asset_materializations_for_node("experiments")


def test_every_exhibit_has_its_test_downstream_of_what_is_tested():
    deps = experiments.asset_deps
    assert {key.to_user_string() for key in deps} == {f"experiment/{exhibit}" for exhibit in EXHIBITS}
    for artifact in TRAILERS:
        assert deps[dg.AssetKey(["experiment", artifact.key.path[1]])] == {artifact.key}
    assert len(experiment_assets) == 3


def test_a_trailer_with_two_cuts_is_put_to_the_test(studio: Studio, instance: dg.DagsterInstance):
    [made] = begun(studio, instance, ["old0000", "new0000"])

    [running] = studio.experiments.running()
    assert (running.aspect, running.incumbent.id) == (CUT, "old0000")
    assert (made.asset_key, made.metadata["experiment"].value) == (KEY, running.id)
    assert made.metadata["arms"].value == 2


def test_a_trailer_with_one_cut_is_skipped_and_no_failure(studio: Studio, instance: dg.DagsterInstance):
    assert begun(studio, instance, ["old0000"]) == []
    assert studio.experiments.running() == []
