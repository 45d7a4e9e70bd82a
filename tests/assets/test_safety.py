"""The safety gates in the making of thumbnails, against a real database and a real store."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import pytest
from c2pa import Reader
from PIL import Image

from assets.experiment_course import start_experiment
from assets.families import FAMILIES
from assets.safety import SafetyDesk
from assets.thumbnails import make_thumbnails
from ops.errors import UsageError
from ops.safety.image_gate import ImageSafety, Opinion
from orchestration.ingest import deliver
from resources.models.engines import Engines
from resources.reviews import Question, Verdict
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio

WIDE = "thumbnails/16x9"
FRAME, PAINTED, OTHER = "a0000001", "b0000002", "c0000003"


@dataclass
class Checker:
    """A checker that answers as the test wants, or fails."""

    safe: bool = True
    broken: bool = False
    name: str = "classifier:tiny"

    def judge(self, rgb: np.ndarray) -> Opinion:
        if self.broken:
            raise RuntimeError("out of memory")
        return Opinion(self.safe, 0.01 if self.safe else 0.97, "normal" if self.safe else "nsfw")


def checked_by(studio: Studio, checker: ImageSafety | None) -> Studio:
    engines = Engines(studio.settings)
    engines.__dict__["image_safety"] = checker
    return replace(studio, engines=engines)


@pytest.fixture
def title(studio: Studio, instance: dg.DagsterInstance, data: Path) -> str:
    return deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title


def told(*, words: str = "") -> dict[str, Any]:
    def variant(name: str, source: str, **more: object) -> dict[str, Any]:
        recipe = {"treatment": "clean", "text": words}
        return {"id": name, "file": f"variant-{name}.jpg", "digital_source_type": source, "recipe": recipe, **more}

    return {
        "variants": [
            variant(FRAME, "algorithmicallyEnhanced"),
            variant(PAINTED, "compositeWithTrainedAlgorithmicMedia", generated=True),
            variant(OTHER, "algorithmicallyEnhanced"),
        ]
    }


def staged(folder: Path) -> dict[str, Path]:
    pictures = {}
    for place, name in enumerate((FRAME, PAINTED, OTHER)):
        path = folder / f"variant-{name}.jpg"
        Image.new("RGB", (32, 18), (place * 80, 90, 120)).save(path)
        pictures[path.name] = path
    return pictures


def publish(studio: Studio, title: str, folder: Path) -> Mapping[str, Any]:
    """Judge, ask and publish the three variants as the family does."""
    key, pictures = ArtifactKey.of_asset(title, WIDE), staged(folder)
    desk = SafetyDesk(title, studio)
    judged = desk.judge(told(), pictures)
    desk.ask_for(judged, pictures, key)
    (folder / "variants.json").write_text(json.dumps(judged.told))
    manifest = studio.store.publish(
        key, pictures | {"variants.json": folder / "variants.json"}, made_by=MadeBy("1", engine="test"), inputs={},
        withheld=judged.withheld,
    )  # fmt: skip
    studio.ledger.ready(key, input_hash="as made", manifest=manifest)
    return judged.told


def arms_of(studio: Studio, title: str) -> set[str]:
    experiment = start_experiment(title, "16x9", studio, who="test")
    studio.experiments.transition(experiment.id, "retired", "test", "looked at")
    return {arm.id for arm in experiment.arms}


def test_without_a_checker_a_generated_picture_waits_and_is_no_arm_until_a_person_approves(
    studio: Studio, title: str, tmp_path: Path
):
    variants = {each["id"]: each["safety"] for each in publish(studio, title, tmp_path)["variants"]}
    assert variants[FRAME] == {"words": "clean", "picture": None}
    assert (variants[PAINTED]["picture"]["state"], variants[PAINTED]["picture"]["checker"]) == (
        "pending_review",
        "none",
    )
    manifest = studio.store.manifest(ArtifactKey.of_asset(title, WIDE))
    assert manifest is not None and manifest.withheld == {f"variant-{PAINTED}.jpg": PAINTED}
    assert arms_of(studio, title) == {FRAME, OTHER}

    [review] = studio.reviews.queue()
    assert (review.asks, review.subject) == (Question.GENERATED, PAINTED)
    assert f"variant-{PAINTED}.jpg" in [file.name for file in studio.store.held(review.held)]
    studio.reviews.decide(review.id, Verdict.APPROVED, who="ada")

    assert arms_of(studio, title) == {FRAME, PAINTED, OTHER}, "a test that found nothing burns none"


def test_a_rejected_recipe_is_never_planned_nor_tested_again(studio: Studio, title: str, tmp_path: Path):
    publish(studio, title, tmp_path)
    [review] = studio.reviews.queue()
    studio.reviews.decide(review.id, Verdict.REJECTED, who="ada", note="six fingers")
    publish(studio, title, tmp_path)
    assert studio.reviews.queue() == [], "a recipe is asked about once"
    assert arms_of(studio, title) == {FRAME, OTHER}
    assert SafetyDesk(title, studio).barred == {PAINTED}


def test_a_picture_that_a_checker_passed_is_an_arm_at_once(studio: Studio, title: str, tmp_path: Path):
    checked = checked_by(studio, Checker())
    variants = {each["id"]: each["safety"] for each in publish(checked, title, tmp_path)["variants"]}
    assert variants[PAINTED]["picture"] == {
        "state": "passed", "checker": "classifier:tiny", "score": 0.01, "reason": "normal",
    }  # fmt: skip
    assert studio.reviews.queue() == []
    assert arms_of(checked, title) == {FRAME, PAINTED, OTHER}


@pytest.mark.parametrize("checker", [Checker(safe=False), Checker(broken=True)])
def test_a_checker_that_objects_or_fails_leaves_it_to_a_person(
    studio: Studio, title: str, tmp_path: Path, checker: Checker
):
    checked = checked_by(studio, checker)
    publish(checked, title, tmp_path)
    [review] = studio.reviews.queue()
    assert ("nsfw" in review.why) or ("RuntimeError" in review.why)
    assert arms_of(checked, title) == {FRAME, OTHER}


def test_asking_twice_and_in_another_shape_is_one_question(studio: Studio, title: str, tmp_path: Path):
    publish(studio, title, tmp_path)
    desk, pictures = SafetyDesk(title, studio), staged(tmp_path)
    desk.ask_for(desk.judge(told(), pictures), pictures, ArtifactKey(title, "thumbnails", "1x1"))
    assert len(studio.reviews.queue()) == 1


def test_the_checks_name_the_checker_and_what_waits(studio: Studio, title: str, tmp_path: Path):
    pictures = staged(tmp_path)
    waiting = {check.name: check for check in SafetyDesk(title, studio).judge(told(), pictures).checks()}
    pictures_check = waiting["generated_pictures_were_reviewed_or_checked"]
    assert not pictures_check.passed and not pictures_check.blocking
    assert PAINTED in pictures_check.why
    assert pictures_check.metadata["image_checker"] == "none"
    assert waiting["text_is_clean"].passed and waiting["text_is_clean"].blocking
    checked = SafetyDesk(title, checked_by(studio, Checker())).judge(told(), pictures).checks()
    assert all(check.passed for check in checked)
    assert {check.metadata["image_checker"] for check in checked} == {"classifier:tiny"}


def test_listed_words_block_the_artifact_until_a_person_approved_them(studio: Studio, title: str, tmp_path: Path):
    desk = SafetyDesk(title, studio)
    dirty = {check.name: check for check in desk.judge(told(words="Sh1t Happens"), staged(tmp_path)).checks()}
    assert not dirty["text_is_clean"].passed and "shit" in dirty["text_is_clean"].why
    key = ArtifactKey.of_asset(title, WIDE)
    assert desk.cleared("Sh1t Happens", key) == ""
    assert desk.cleared("Sintel", key) == "Sintel"
    [review] = studio.reviews.queue()
    assert review.asks is Question.WORDS and "without words" in review.why
    studio.reviews.decide(review.id, Verdict.APPROVED, who="ada", note="it is its name")
    after = SafetyDesk(title, studio)
    assert after.cleared("Sh1t Happens", key) == "Sh1t Happens"
    assert after.cleared("Shit Happened", key) == ""


def test_a_title_with_a_listed_name_gets_signed_variants_without_words_and_a_question(
    studio: Studio, instance: dg.DagsterInstance, data: Path, tmp_path: Path
):
    film = tmp_path / "what_the_fu*k.mp4"
    film.write_bytes((data / "video" / "one_frame.mp4").read_bytes())
    title = deliver(str(film), studio, instance).title
    wanted = ["source_video", "shots", "keyframes", WIDE]
    made = {}
    for family in FAMILIES:
        assets = [artifact.asset for artifact in family.artifacts if artifact.asset in wanted]
        made |= {each.asset: each for each in family.make(title, studio, assets)} if assets else {}

    thumbnails = made[WIDE]
    assert thumbnails.manifest is not None, thumbnails.held
    assert {check.name for check in thumbnails.checks if not check.passed} <= {"variants_enough"}
    [review] = studio.reviews.queue()
    assert review.asks is Question.WORDS
    variants = json.loads(studio.store.fetch(thumbnails.manifest, "variants.json").read_text())["variants"]
    assert not any(each["recipe"]["text"] for each in variants)
    for file in thumbnails.manifest.files:
        if file.media_type == "image/jpeg":
            content = studio.store.fetch(thumbnails.manifest, file.name).read_bytes()
            with Reader("image/jpeg", io.BytesIO(content)) as reader:
                assert json.loads(reader.json())["validation_state"] == "Valid", file.name
    (again,) = make_thumbnails(title, studio, [WIDE])
    assert again.manifest is not None
    assert (again.manifest.version, again.manifest.data_version) == (
        thumbnails.manifest.version,
        thumbnails.manifest.data_version,
    )
    assert len(studio.reviews.queue()) == 1


def test_what_was_lost_or_never_made_cannot_be_tested(studio: Studio, title: str):
    with pytest.raises(UsageError, match="has not been made"):
        start_experiment(title, "16x9", studio, who="test")


def test_a_houses_own_lists_are_read_and_named_in_the_checks(studio: Studio, title: str, tmp_path: Path):
    lists = tmp_path / "words.toml"
    lists.write_text('names = ["Acme Cola"]')
    settings = studio.settings.model_copy(update={"blocked_words": lists})
    own = replace(studio, settings=settings, engines=Engines(settings))
    outcomes = SafetyDesk(title, own).judge(told(words="ACME-Cola: The Movie"), staged(tmp_path)).checks()
    words = next(check for check in outcomes if check.name == "text_is_clean")
    assert not words.passed and "'acme cola' (name)" in words.why
    assert words.metadata["word_lists"] == f"house, {lists}"
