"""Trailers through the house: made, made again, changed by people and by viewers, and held to what was rejected.

One film in one house for the whole module, since each making takes seconds: the tests build on each other, in order.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image

from assets.checks.trailers import TRAILER_PROMISES
from assets.keyframes import KEYFRAMES_FILE
from assets.planning import unsettled, verdicts_of
from assets.scenes import SCENES_FILE
from assets.shot_safety import judge_shots
from assets.staleness import Verdict as Standing
from ops.errors import MediaError
from ops.keyframes.model import KeyframeSet
from ops.safety.image_gate import ImageSafety, Opinion
from ops.scenes.model import SceneAnalysis
from orchestration.cli import main
from orchestration.gallery import write_gallery
from orchestration.handing_in import OWN_EDIT, Handed
from orchestration.make import TitleReport, make_title
from resources.handed_edits import HandedEdits
from resources.models.engines import Engines
from resources.published_variants import arm_of
from resources.recuts import Completions, order_recut
from resources.reviews import Question, Verdict
from resources.settings import load_settings
from resources.store.model import ArtifactKey, Manifest
from resources.studio import Studio, open_studio
from tests.ops.trailer.cutting_room import ebur128
from tests.ops.trailer.render_cases import luma, psnr
from tests.support.analysed_film import SIZE, NoFaces, analysed_film

CUT = "teaser_15"
ASSET = f"trailer/{CUT}"
FILES = {"trailer.mp4", "edit.otio", "edit.edl", "edit.fcpxml", "edit.json", "variants.json", "cut_sheet.png"}


@dataclass
class Flags:
    """A checker that finds one picture of the film unsafe."""

    picture: np.ndarray
    name: str = "classifier:tiny"

    def judge(self, rgb: np.ndarray) -> Opinion:
        same = rgb.shape == self.picture.shape and bool((rgb == self.picture).all())
        return Opinion(not same, 0.97 if same else 0.01, "nsfw" if same else "normal")


@dataclass
class House:
    """A studio with one film, and Dagster's memory of it."""

    studio: Studio
    instance: dg.DagsterInstance
    film: Path
    title: str = ""

    @property
    def key(self) -> ArtifactKey:
        return ArtifactKey(self.title, "trailer", CUT)

    def make(self, *, edit: Path | str | None = None, asset: str = ASSET, studio: Studio | None = None) -> TitleReport:
        told = None if edit is None else str(edit)
        report = make_title(self.film, [asset], studio or self.studio, self.instance, handed=Handed(edit=told))
        self.title = report.title
        return report

    def again(self, *, studio: Studio | None = None) -> TitleReport:
        self.studio.ledger.outdate(self.key, "the test asks for it")
        return self.make(studio=studio)

    @property
    def manifest(self) -> Manifest:
        found = self.studio.store.manifest(self.key)
        assert found is not None
        return found

    def file(self, name: str) -> Path:
        return self.studio.store.fetch(self.manifest, name)

    def told(self, name: str = "edit.json") -> dict[str, Any]:
        return json.loads(self.file(name).read_text())

    def under(self, **settings: object) -> Studio:
        return replace(self.studio, settings=self.studio.settings.model_copy(update=settings))

    def checked_by(self, checker: ImageSafety) -> Studio:
        return replace(self.studio, engines=engines_of(self.studio, checker))


def engines_of(studio: Studio, checker: ImageSafety | None = None) -> Engines:
    engines = Engines(studio.settings)
    engines.__dict__["faces"] = NoFaces()
    if checker is not None:
        engines.__dict__["image_safety"] = checker
    return engines


@pytest.fixture(scope="module")
def house(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house in which nobody looks for faces, and its film with a teaser."""
    settings = load_settings(tmp_path_factory.mktemp("trailers") / "home", database_url=None, inbox_settle_s=0.0)
    film = analysed_film(data, tmp_path_factory).film.path
    with open_studio(settings) as studio, dg.DagsterInstance.ephemeral() as instance:
        made = House(replace(studio, engines=engines_of(studio)), instance, film)
        report = made.make()
        assert not report.failed and not report.held, (report.failed, report.held)
        yield made


@dataclass(frozen=True)
class First:
    """The teaser as the house cut it first; the store keeps old versions for a while only."""

    manifest: Manifest
    variant: dict[str, Any]
    edit: Path

    @property
    def data_version(self) -> str:
        return self.manifest.data_version

    def sha256(self, name: str) -> str:
        return self.manifest.file(name).sha256


@pytest.fixture(scope="module")
def first(house: House, tmp_path_factory: pytest.TempPathFactory) -> First:
    (variant,) = house.told("variants.json")["variants"]
    edit = shutil.copy(house.file("edit.otio"), tmp_path_factory.mktemp("first") / "edit.otio")
    return First(house.manifest, variant, Path(edit))


def test_a_teaser_is_published_with_every_file_that_people_open_and_passes_every_check(house: House, first: First):
    assert {file.name for file in first.manifest.files} == FILES
    assert {check["name"] for check in first.manifest.quality["checks"]} == {
        promise.name for promise in TRAILER_PROMISES
    }
    assert all(check["passed"] for check in first.manifest.quality["checks"] if check["blocking"])
    told = house.told()
    assert told["cut"] == CUT and tuple(told["size"]) == SIZE
    assert sum(float(event["seconds"]) for event in told["events"]) == pytest.approx(15.0, abs=0.1)
    assert [(each["id"], each["file"]) for each in house.told("variants.json")["variants"]] == [
        (told["id"], "trailer.mp4")
    ]
    loudness, peak = ebur128(house.file("trailer.mp4"))
    assert abs(loudness + 14.0) <= 0.5 and peak <= -0.9
    with Image.open(house.file("cut_sheet.png")) as sheet:
        assert sheet.width == 1600


def test_the_ui_shows_the_sheet_the_edit_and_why(house: House, first: First):
    event = house.instance.get_latest_materialization_event(dg.AssetKey(["trailer", CUT]))
    assert event is not None and event.asset_materialization is not None
    assert {"cut_sheet", "edit", "decisions", "measured", "safety"} <= set(event.asset_materialization.metadata)


def test_a_film_less_than_three_times_as_long_is_skipped_with_its_reason(house: House):
    report = house.make(asset="trailer/trailer_60")
    assert not report.failed
    assert "is cut from 180 s or more, 3 times its length" in report.skipped["trailer/trailer_60"]


def test_nobody_orders_by_night_what_is_made_on_demand_unless_it_was_made_before(house: House, first: First):
    needed = dict(unsettled(house.studio)).get(house.title, [])
    assert "trailer/trailer_30" in needed
    assert not {ASSET, "trailer/vertical_30", "trailer/square_30"} & set(needed)

    house.studio.ledger.outdate(house.key, "the test says so")

    assert ASSET in dict(unsettled(house.studio))[house.title]


def test_the_same_film_gives_the_same_trailer_to_the_byte_from_an_empty_cache(house: House, first: First):
    shutil.rmtree(house.studio.settings.cache_folder / "pieces")

    report = house.again()

    assert not report.failed and not report.artifacts[-1].reused
    assert house.manifest.data_version == first.data_version
    assert house.manifest.file("trailer.mp4").sha256 == first.sha256("trailer.mp4")


def test_another_destination_makes_the_trailer_stale_and_then_as_loud_as_it_asks(house: House, first: First):
    loud = house.under(trailer_destination="broadcast")
    assert verdicts_of(house.title, loud)[ASSET] is Standing.STALE

    report = house.make(studio=loud)

    assert not report.failed and not report.held
    assert abs(ebur128(house.file("trailer.mp4"))[0] + 23.0) <= 0.5


def changed(house: House, path: Path) -> tuple[Path, int, int]:
    """The edit as a person hands it back: its first clip shows other frames. The file, the old start and the new."""
    timeline = otio.adapters.read_from_file(str(house.file("edit.otio")))
    clip = next(iter(timeline.video_tracks()[0].find_clips()))
    start, length = clip.source_range.start_time, clip.source_range.duration
    moved = start.value + 7 if clip.available_range().end_time_exclusive().value > start.value + 7 else start.value - 7
    clip.source_range = otio.opentime.TimeRange(otio.opentime.RationalTime(moved, start.rate), length)
    otio.adapters.write_to_file(timeline, str(path), adapter_name="otio_json")
    return path, int(start.value), int(moved)


def first_frames(house: House, film_frame: int, count: int = 12) -> float:
    """How near the trailer's first pictures are to the film's from a frame on, dB, ends left out."""
    trailer = luma(house.file("trailer.mp4"), SIZE, end_s=1.0)[0][2:count]
    begin_s = (film_frame + 2) / 24 - 0.01
    own = luma(house.film, SIZE, start_s=begin_s, end_s=begin_s + 2)[0][: count - 2]
    return psnr(trailer - trailer.mean(), own - own.mean())


def test_an_edit_that_a_person_handed_in_is_rendered(house: House, first: First, tmp_path: Path):
    path, old, new = changed(house, tmp_path / "<img src=x onerror=alert(1)>.otio")

    report = house.make(edit=path)

    assert not report.failed and not report.held, (report.failed, report.held)
    assert house.told()["events"][0]["from"] == f"{new / 24:.2f} s"
    assert house.manifest.made_by.parameters["by_hand"] is True
    assert first_frames(house, new) > first_frames(house, old) + 1.0
    assert house.make(edit=path).unchanged  # the same again asks for nothing


def test_the_gallery_plays_it_with_its_sheet_and_decisions_and_takes_words_for_words(house: House, first: First):
    report = house.make()

    page = write_gallery(report, house.studio)

    text = page.read_text()
    assert f"{CUT}.mp4" in text and (page.parent / f"{CUT}.mp4").is_file()
    assert "handed in as &lt;img src=x onerror=alert(1)&gt;.otio" in text
    assert "<img src=x" not in text


def test_a_broken_edit_is_refused_with_its_words_and_what_stands_stays(house: House, tmp_path: Path):
    broken = tmp_path / "broken.otio"
    broken.write_text('{"OTIO_SCHEMA": "Timeline.1"')
    before, standing = house.manifest, HandedEdits(house.studio.database).of(house.title, CUT)

    with pytest.raises(MediaError, match=r"broken\.otio: is no OpenTimelineIO file"):
        house.make(edit=broken)

    assert house.manifest == before
    assert standing is not None and HandedEdits(house.studio.database).of(house.title, CUT) == standing


def test_a_persons_words_pass_the_word_lists_as_the_house_s_own_do(house: House, tmp_path: Path):
    timeline = otio.adapters.read_from_file(str(house.file("edit.otio")))
    card = next(
        clip
        for clip in timeline.video_tracks()[0].find_clips()
        if isinstance(clip.media_reference, otio.schema.GeneratorReference)
    )
    card.media_reference.parameters["lines"] = ["What the", "fuck"]
    path = tmp_path / "rude.otio"
    otio.adapters.write_to_file(timeline, str(path), adapter_name="otio_json")
    before = house.manifest

    report = house.make(edit=path)

    assert "rude.otio: event " in report.failed[ASSET] and "fuck" in report.failed[ASSET]
    assert house.manifest == before


def test_an_edit_for_an_earlier_master_is_not_laid_on_other_frames(house: House, first: First):
    edits = HandedEdits(house.studio.database)
    edits.hand_in(house.title, CUT, name="old.otio", otio=first.edit.read_text(), master="0" * 64)

    report = house.make()

    assert "old.otio: was handed in for an earlier master" in report.failed[ASSET]


def test_an_edit_is_rendered_where_the_house_cannot_cut_the_film(house: House, first: First):
    before = house.make(asset="trailer/trailer_60")
    assert "trailer/trailer_60" in before.skipped

    report = house.make(asset="trailer/trailer_60", edit=first.edit)

    assert not report.failed and not report.skipped and not report.held, (report.failed, report.held)
    assert report.artifacts[-1].manifest.made_by.parameters["by_hand"] is True
    assert "trailer/trailer_60" in house.make(asset="trailer/trailer_60", edit=OWN_EDIT).skipped


def test_auto_takes_the_edit_back_and_the_house_s_own_returns_to_the_byte(house: House, first: First):
    report = house.make(edit=OWN_EDIT)

    assert not report.failed
    assert HandedEdits(house.studio.database).of(house.title, CUT) is None
    assert house.manifest.data_version == first.data_version


def test_an_ordered_recut_stands_beside_what_viewers_are_shown_each_with_its_own_files(house: House, first: First):
    shown = first.variant
    seen = Completions(house.title, CUT, first.sha256("trailer.mp4")[:32], 400, 100)
    assert order_recut(house.studio.database, seen, arm_of(house.manifest, shown), "a quarter saw it through")

    report = house.make()

    assert not report.failed and not report.held, (report.failed, report.held)
    now = house.manifest
    for name in FILES - {"variants.json"}:
        assert now.file(name).sha256 == first.sha256(name), name  # the kept trailer's own
    old, new = house.told("variants.json")["variants"]
    assert (old["id"], old["kept"], old["file"]) == (shown["id"], True, "trailer.mp4")
    assert (new["kept"], new["file"]) == (False, "challenger.mp4") and new["id"] != old["id"]
    assert house.told("challenger.json")["id"] == new["id"]
    assert now.file("challenger.mp4").sha256 != now.file("trailer.mp4").sha256
    beside = {"challenger.mp4", "challenger.json", "challenger_edit.otio", "challenger_cut_sheet.png"}
    assert beside <= {file.name for file in now.files}


def rejected(house: House, edit: str) -> None:
    """Viewers flagged an edit, and a person rejected it."""
    house.studio.reviews.ask(house.key, Question.FLAGGED, edit, why="viewers flagged it")
    review = next(each for each in house.studio.reviews.queue() if each.subject == edit)
    house.studio.reviews.decide(review.id, Verdict.REJECTED, who="test", note="in bad taste")


def test_an_edit_that_a_person_rejected_is_not_published_again(house: House, first: First):
    rejected(house, first.variant["id"])

    report = house.again()

    assert not report.failed and not report.held, (report.failed, report.held)
    (now,) = house.told("variants.json")["variants"]
    assert now["id"] != first.variant["id"]
    assert house.manifest.file("trailer.mp4").sha256 != first.sha256("trailer.mp4")


def test_a_handed_in_edit_that_a_person_rejected_is_refused_with_what_to_do(house: House, first: First):
    report = house.make(edit=first.edit)  # to the frame what was rejected above
    HandedEdits(house.studio.database).take_back(house.title, CUT)
    assert "was rejected by a person" in report.failed[ASSET] and "--edl auto" in report.failed[ASSET]


@pytest.fixture(scope="module")
def flagged(house: House) -> tuple[int, Studio, dict[str, Any]]:
    """A shot that the trailer shows, a checker that flags it, and the film's keyframes."""
    manifest = house.studio.store.manifest(ArtifactKey.of_asset(house.title, "keyframes"))
    assert manifest is not None
    folder = house.studio.store.fetch_all(manifest)
    keyframes = KeyframeSet.from_json(json.loads((folder / KEYFRAMES_FILE).read_text()))
    shown = {int(event["shows"][5:]) for event in house.told()["events"] if event["shows"].startswith("shot ")}
    keyframe = next(each for each in keyframes.keyframes if each.shot in shown)
    with Image.open(folder / keyframe.file) as opened:
        checker = Flags(np.asarray(opened.convert("RGB")))
    scenes = house.studio.store.manifest(ArtifactKey.of_asset(house.title, "scenes"))
    assert scenes is not None
    analysis = SceneAnalysis.load(house.studio.store.fetch(scenes, SCENES_FILE))
    columns = (analysis.column(name).tolist() for name in ("shot", "start_s", "end_s"))
    shots = {int(shot): (start, end) for shot, start, end in zip(*columns, strict=True)}
    return keyframe.shot, house.checked_by(checker), {"shots": shots, "keyframes": keyframes, "folder": folder}


def subject(master: str, shot: int, film: dict[str, Any]) -> str:
    """What a question about a shot is about: a place in a master."""
    start, end = film["shots"][shot]
    return f"{master[:12]}:{round(start * 1000)}-{round(end * 1000)}"


def test_a_shot_that_a_checker_flags_is_not_shown_and_a_person_is_asked_once(house: House, flagged):
    shot, studio, film = flagged
    master = house.studio.catalogue.master(house.title).sha256

    report = house.again(studio=studio)
    judge_shots(house.key, studio, master=master, **film)

    assert not report.failed and not report.held, (report.failed, report.held)
    assert f"shot {shot}" not in {event["shows"] for event in house.told()["events"]}
    asked = [each for each in house.studio.reviews.queue() if each.asks is Question.SHOT]
    assert len(asked) == 1 and f"shot {shot} at" in asked[0].why
    assert house.manifest.made_by.parameters["image_checker"] == "classifier:tiny"


@pytest.mark.parametrize(("verdict", "barred"), [(Verdict.APPROVED, False), (Verdict.REJECTED, True)])
def test_a_person_s_word_on_a_shot_holds_for_this_master(house: House, flagged, verdict: Verdict, barred: bool):
    shot, studio, film = flagged
    master = {Verdict.APPROVED: "a" * 64, Verdict.REJECTED: "b" * 64}[verdict]

    def judged(by: Studio, of: str = master) -> bool:
        return shot in judge_shots(house.key, by, master=of, **film).barred

    assert judged(studio)
    review = next(each for each in house.studio.reviews.queue() if each.subject == subject(master, shot, film))
    house.studio.reviews.decide(review.id, verdict, who="test", note="looked at it")

    assert judged(studio) is barred
    assert judged(house.studio) is barred  # with no checker chosen the word still holds
    assert not judged(house.studio, "c" * 64) and judged(studio, "c" * 64)


def test_a_word_on_a_shot_holds_for_its_place_whatever_its_number_and_only_what_is_judged_counts(house: House, flagged):
    shot, studio, film = flagged
    counted = {
        **film,
        "shots": {number + 1: place for number, place in film["shots"].items()},
        "keyframes": KeyframeSet(tuple(replace(each, shot=each.shot + 1) for each in film["keyframes"].keyframes)),
    }

    assert shot + 1 in judge_shots(house.key, house.studio, master="b" * 64, **counted).barred  # rejected above
    allowed = judge_shots(house.key, studio, master="a" * 64, **counted)  # approved above
    assert shot + 1 not in allowed.barred
    of_it = sum(each.shot == shot for each in film["keyframes"].keyframes)
    assert allowed.judged == len(film["keyframes"].keyframes) - of_it


def test_approving_a_shot_has_the_trailer_made_again_with_it(house: House, flagged):
    shot, studio, film = flagged
    master = house.studio.catalogue.master(house.title).sha256
    review = next(each for each in house.studio.reviews.queue() if each.subject == subject(master, shot, film))
    house.studio.reviews.decide(review.id, Verdict.APPROVED, who="test")
    assert verdicts_of(house.title, house.studio)[ASSET] is Standing.STALE

    house.make(studio=studio)

    assert f"shot {shot}" in {event["shows"] for event in house.told()["events"]}


def test_the_command_line_tells_of_it_as_json(house: House, capsys: pytest.CaptureFixture[str]):
    before = house.make()
    home = str(house.studio.settings.home)

    done = main(["make", str(house.film), "--only", ASSET, "--json", "--home", home])

    told = json.loads(capsys.readouterr().out)
    assert done == 0 and before.unchanged
    own = [entry for entry in told["artifacts"] if entry["asset"] == ASSET]
    assert {Path(entry["path"]).name for entry in own} == FILES
    assert all(entry["reused"] and entry["engine"] == "embedded/editor" for entry in own)
    assert {check["name"] for check in own[0]["checks"]} == {promise.name for promise in TRAILER_PROMISES}
    assert told["title"] == house.title and Path(told["gallery"]).is_file() and not told["failed"]


def test_a_broken_edit_on_the_command_line_exits_1_with_one_line(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    broken = tmp_path / "mine.otio"
    broken.write_text("{")

    done = main(
        ["make", str(house.film), "--only", ASSET, "--edl", str(broken), "--home", str(house.studio.settings.home)]
    )

    said = capsys.readouterr()
    assert done == 1
    assert "mine.otio: is no OpenTimelineIO file" in said.err
    assert "Traceback" not in said.err
