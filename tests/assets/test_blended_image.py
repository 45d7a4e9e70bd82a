"""A published recipe becomes a partition, a run, and a picture in the store; it is made again when it went stale."""

from __future__ import annotations

import importlib
import io
import json
from dataclasses import replace

import dagster as dg
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="blends need torch (pip install 'showrunner[models]')")

from assets.blended_image import blend_fingerprint, blended_image
from assets.checks.tables import run_checks
from ops.blend.model import BlendRecipe, Source
from orchestration.sensors.blends import blends_published
from resources.blends import MAX_ATTEMPTS, Blend, Blends, BlendState
from resources.store.model import ArtifactKey
from resources.studio import Studio


def drawn(seed: int) -> bytes:
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 10, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(coarse).resize((100, 80), Image.Resampling.BICUBIC).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def kept(studio: Studio) -> Blends:
    with studio.database.connection() as connection:
        connection.execute("TRUNCATE blends, blend_feedback, blend_sources")
    return Blends(studio.database)


def published(kept: Blends, **more: object) -> Blend:
    cat, night = (
        kept.add_source(drawn(seed), name=f"{seed}.png", size=(100, 80), owner="me").sha256 for seed in (1, 2)
    )
    recipe = BlendRecipe(cat, (Source(night, 1.0),), style_layers={"relu1_1": 1.0}, content_layers={"relu2_1": 1.0})
    return kept.publish(replace(recipe, size=96, iterations=4, **more), name="The cat", owner="me")


def tick(studio: Studio, instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    context = dg.build_sensor_context(instance=instance, resources={"studio": studio}, cursor=cursor)
    result = blends_published(context)
    assert isinstance(result, dg.SensorResult)
    return result


def materialized(blend: str, studio: Studio, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    instance.add_dynamic_partitions("blends", [blend])
    return dg.materialize(
        [blended_image], partition_key=blend, instance=instance, resources={"studio": studio}, raise_on_error=False
    )


def test_a_published_blend_is_rendered_at_its_size_and_kept_with_its_recipe(
    studio: Studio, instance: dg.DagsterInstance, kept: Blends
):
    blend = published(kept)
    first, again = tick(studio, instance), tick(studio, instance)
    [request] = first.run_requests or []
    assert (request.partition_key, request.run_key) == (blend.id, blend.run_key)
    assert [each.run_key for each in again.run_requests or []] == [blend.run_key]

    result = materialized(blend.id, studio, instance)

    assert result.success
    manifest = studio.store.manifest(ArtifactKey(blend.id, "blended_image"))
    assert manifest is not None
    with Image.open(studio.store.fetch(manifest, "blend.png")) as opened:
        assert max(opened.size) == 96
    told = json.loads(studio.store.fetch(manifest, "recipe.json").read_text())
    assert (told["name"], told["sources"][0]["style"]) == ("The cat", 1.0)
    assert manifest.made_by.model.startswith("random-vgg")
    assert {check["name"] for check in manifest.quality["checks"]} >= {"blend_size_exact", "blend_masks_kept"}
    found = kept.get(blend.id)
    assert found is not None
    assert (found.state, found.made_from) == (BlendState.DONE, blend_fingerprint(found, studio))
    assert not tick(studio, instance).run_requests


def test_a_better_delivery_of_a_picture_has_its_blends_made_again(
    studio: Studio, instance: dg.DagsterInstance, kept: Blends
):
    blend = published(kept)
    kept.start(blend.id)
    kept.finish(blend.id, made_from=blend_fingerprint(blend, studio))
    assert not tick(studio, instance).run_requests

    kept.add_source(drawn(3), name="better", size=(100, 80), owner="me", replaces=blend.recipe.target)

    [request] = tick(studio, instance).run_requests or []
    assert (request.partition_key, request.run_key) == (blend.id, f"{blend.id}-2")


def test_a_picture_that_is_replaced_while_its_blend_renders_leaves_that_stale(
    studio: Studio, instance: dg.DagsterInstance, kept: Blends, monkeypatch: pytest.MonkeyPatch
):
    blend = published(kept)
    render = importlib.import_module("ops.blend.render").render_blend

    def replacing(*given, **more):
        kept.add_source(drawn(3), name="better", size=(100, 80), owner="me", replaces=blend.recipe.target)
        return render(*given, **more)

    monkeypatch.setattr("ops.blend.render.render_blend", replacing)
    assert materialized(blend.id, studio, instance).success

    [request] = tick(studio, instance).run_requests or []
    assert request.partition_key == blend.id


def test_a_passing_error_is_left_to_the_sensor_to_try_again(
    studio: Studio, instance: dg.DagsterInstance, kept: Blends, monkeypatch: pytest.MonkeyPatch
):
    blend = published(kept)
    tries = []

    def full(*given, **more):
        tries.append(1)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ops.blend.render.render_blend", full)
    result = materialized(blend.id, studio, instance)

    assert not result.success
    assert not [event for event in result.all_events if event.is_step_up_for_retry]
    found = kept.get(blend.id)
    assert found is not None
    assert (found.state, found.attempts, len(tries)) == (BlendState.OPEN, 1, 1)
    [request] = tick(studio, instance).run_requests or []
    assert request.run_key != blend.run_key


def flat(kept: Blends) -> Blend:
    """A blend of one grey: what it gives shows nothing, and a check holds it."""
    out = io.BytesIO()
    Image.new("RGB", (100, 80), (90, 90, 90)).save(out, "PNG")
    grey = kept.add_source(out.getvalue(), name="grey.png", size=(100, 80), owner="me").sha256
    recipe = BlendRecipe(grey, (Source(grey, 1.0),), style_layers={"relu1_1": 1.0}, content_layers={"relu2_1": 1.0})
    return kept.publish(replace(recipe, size=96, iterations=2), name="", owner="me")


def test_what_a_check_held_is_published_as_it_is_on_a_persons_word(
    studio: Studio, instance: dg.DagsterInstance, kept: Blends, monkeypatch: pytest.MonkeyPatch
):
    blend = flat(kept)
    key = ArtifactKey(blend.id, "blended_image")
    assert not materialized(blend.id, studio, instance).success
    waiting = kept.get(blend.id)
    assert waiting is not None
    assert waiting.state is BlendState.HELD
    assert waiting.why.startswith("waits for a person: blend_not_flat")
    assert studio.store.manifest(key) is None
    assert not tick(studio, instance).run_requests

    kept.judge(blend.id, approved=True, who="ada", note="it is meant so")
    [request] = tick(studio, instance).run_requests or []
    assert request.run_key == f"{blend.id}-2"
    monkeypatch.setattr("ops.blend.render.render_blend", lambda *given, **more: pytest.fail("it was painted again"))
    assert materialized(blend.id, studio, instance).success

    manifest = studio.store.manifest(key)
    assert manifest is not None
    assert (manifest.review, manifest.reviewed["by"], manifest.reviewed["note"]) == (
        "approved", "ada", "it is meant so"
    )  # fmt: skip
    assert {file.name for file in manifest.files} >= {"blend.png", "blend.jpg"}
    done = kept.get(blend.id)
    assert done is not None
    assert (done.state, done.made_from) == (BlendState.DONE, blend_fingerprint(done, studio))
    assert not tick(studio, instance).run_requests


@pytest.mark.parametrize("rejected", [False, True])
def test_a_held_or_rejected_blend_is_made_again_when_its_picture_changed(
    rejected: bool, studio: Studio, instance: dg.DagsterInstance, kept: Blends
):
    blend = published(kept)
    kept.hold(blend.id, "it is flat", place="x/held/1", made_from=blend_fingerprint(blend, studio))
    if rejected:
        kept.judge(blend.id, approved=False, who="ada", note="it is ugly")
    assert not tick(studio, instance).run_requests
    kept.add_source(drawn(3), name="better", size=(100, 80), owner="me", replaces=blend.recipe.target)
    [request] = tick(studio, instance).run_requests or []
    assert request.partition_key == blend.id


def ended(blend: Blend, instance: dg.DagsterInstance) -> None:
    """Its run, over before the asset said a word: the image could not be pulled, or somebody cancelled it."""
    tags = {"dagster/run_key": blend.run_key}
    instance.add_run(dg.DagsterRun(job_name="any", status=dg.DagsterRunStatus.FAILURE, tags=tags))


def test_a_blend_whose_run_ended_before_it_began_is_begun_again_and_at_last_fails(
    studio: Studio, instance: dg.DagsterInstance, kept: Blends
):
    blend = published(kept)
    ended(blend, instance)
    [request] = tick(studio, instance).run_requests or []
    assert request.run_key == f"{blend.id}-2"

    for _ in range(MAX_ATTEMPTS - 1):
        found = kept.get(blend.id)
        assert found is not None
        ended(found, instance)
        tick(studio, instance)
    given_up = kept.get(blend.id)
    assert given_up is not None
    assert (given_up.state, given_up.why) == (BlendState.FAILED, "its run ended before it began")
    assert not tick(studio, instance).run_requests


def test_another_network_makes_every_blend_stale(studio: Studio, kept: Blends):
    blend = published(kept)
    other = replace(studio, settings=studio.settings.model_copy(update={"blend_features": "vgg19:/models/v.pth"}))
    assert blend_fingerprint(blend, studio) != blend_fingerprint(blend, other)


def test_a_layer_that_is_not_there_fails_the_blend_in_words(studio: Studio, instance: dg.DagsterInstance, kept: Blends):
    blend = published(kept, seed=7)
    broken = kept.publish(replace(blend.recipe, style_layers={"relu9_9": 1.0}), name="", owner="me")
    assert not materialized(broken.id, studio, instance).success
    found = kept.get(broken.id)
    assert found is not None
    assert found.state is BlendState.FAILED
    assert "relu9_9" in found.why


def row(**more: object) -> dict[str, object]:
    good = {"size_error": 0.0, "not_finite": 0.0, "tones": 200.0, "bare_change": 0.001, "unsafe": 0.0, "loss_fell": 0.6}
    return {"blend": "blend-0", "why": "", **good, **more}


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ({}, None),
        ({"size_error": 1.0}, "blend_size_exact"),
        ({"not_finite": 1.0}, "blend_loss_finite"),
        ({"tones": 9.0}, "blend_not_flat"),
        ({"bare_change": 0.05}, "blend_masks_kept"),
        ({"unsafe": 1.0, "why": "a weapon"}, "blend_image_safe"),
        ({"loss_fell": -0.2}, "blend_loss_fell"),
    ],
)
def test_each_fault_of_a_blend_fails_its_own_check(fault: dict[str, object], check: str | None):
    pd = pytest.importorskip("pandas")
    failed = [each.name for each in run_checks("blend", pd.DataFrame([row(**fault)])) if not each.passed]
    assert failed == ([] if check is None else [check])
