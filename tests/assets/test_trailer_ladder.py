"""From a published trailer to its published ladder, and what keeps a bad one from being published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from assets.artifact import Artifact
from assets.checks import ladder as suites
from assets.checks.promises import check_specs_for
from assets.checks.tables import run_checks
from assets.finished_ladder import ladder_checks
from assets.making import UpstreamMissing
from assets.staleness import Verdict, judge
from assets.trailer_ladder import LADDERS, make_trailer_ladders, trailer_ladders
from ops.ladder import choice
from ops.ladder.read_back import read_back
from ops.trailer.cuts import CUTS
from resources.catalogue import Catalogue
from resources.ledger import Ledger, input_hash
from resources.reviews import Question
from resources.reviews import Verdict as Said
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.studio import Studio
from tests.ops.media.witness import ffmpeg
from tests.support.ladders import FinishedLadder, finished

TITLE, CUT = "sintel", "teaser_15"
LADDER = f"trailer_ladder/{CUT}"


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FinishedLadder]:
    yield finished(data, tmp_path_factory)


def failed(table_of: str, table: pd.DataFrame, **known: object) -> dict[str, str]:
    return {one.name: one.why for one in run_checks(table_of, table, **known) if not one.passed}


def of_rungs(table: pd.DataFrame, **other: object) -> dict[str, str]:
    known = {"source_size": (854, 480), "planned": ["480p", "360p"], "dropped": [], **other}
    return failed("ladder", table, **known)


def changed(table: pd.DataFrame, row: int, **values: object) -> pd.DataFrame:
    other = table.copy()
    for column, value in values.items():
        other[column] = [value if nth == row else old for nth, old in enumerate(table[column])]
    return other


def test_a_published_trailer_gets_its_ladder_and_only_the_cut_that_was_asked_for(
    studio: Studio, data: Path, tmp_path: Path
):
    Catalogue(studio.database).deliver(TITLE, sha256="0" * 64, uri="/none", size_bytes=1)
    film = tmp_path / "trailer.mp4"
    ffmpeg("-t", "5", "-i", data / "video" / "sintel_portrait_270x480.mp4", "-c:a", "aac", film)
    upstream = studio.store.publish(
        ArtifactKey(TITLE, "trailer", CUT), {"trailer.mp4": film}, made_by=MadeBy("1", "test"), inputs={}
    )
    (ladder,) = make_trailer_ladders(TITLE, studio, [LADDER])
    assert ladder.held == ""
    assert ladder.manifest is not None
    assert ladder.inputs == {f"trailer/{CUT}": upstream.data_version}
    names = {file.name for file in ladder.manifest.files}
    assert {"master.m3u8", "manifest.mpd", "poster.jpg", "storyboard.vtt", "video_270p.mp4", "sound_high.mp4"} <= names
    assert ladder.manifest.quality["height"] == 480
    told = json.loads(studio.store.fetch(ladder.manifest, "ladder.json").read_text())
    assert told["encoder"] == ladder.manifest.made_by.parameters["encoder"]

    (again,) = make_trailer_ladders(TITLE, studio, [LADDER])
    assert again.manifest is not None
    assert again.manifest.version == ladder.manifest.version


def cuts(studio: Studio, data: Path, folder: Path, *names: str) -> Manifest:
    """The title's teaser in the ledger and the store, with these variants: the first choice, and a challenger."""
    Catalogue(studio.database).deliver(TITLE, sha256="0" * 64, uri="/none", size_bytes=1)
    source, variants, files = data / "video" / "sintel_portrait_270x480.mp4", [], {}
    for start, (name, file) in enumerate(zip(names, ("trailer.mp4", "challenger.mp4"), strict=False)):
        files[file] = folder / f"{name}.mp4"
        ffmpeg("-y", "-ss", str(start), "-t", "2", "-i", source, "-an", "-c:v", "libx264", files[file])
        variants.append({"id": name, "file": file})
    files["variants.json"] = folder / "variants.json"
    files["variants.json"].write_text(json.dumps({"variants": variants}))
    key = ArtifactKey(TITLE, "trailer", CUT)
    manifest = studio.store.publish(key, files, made_by=MadeBy("1", "test"), inputs={})
    studio.ledger.ready(key, input_hash="as made", manifest=manifest)
    return manifest


def promote(studio: Studio, trailer: Manifest, arm: str, file: str) -> None:
    sha = trailer.file(file).sha256
    studio.experiments.promote(TITLE, CUT, arm, trailer.version, None, "ada", "better", file=file, sha256=sha)


def made_of(studio: Studio) -> tuple[str, str]:
    """By the published ladder's manifest: of which film, and of which variant."""
    manifest = studio.store.manifest(ArtifactKey(TITLE, "trailer_ladder", CUT))
    assert manifest is not None
    return manifest.made_by.parameters["film"], manifest.made_by.parameters["arm"]


def verdict(studio: Studio) -> Verdict:
    """What the house's rule says of the ladder, were the trailer itself fresh."""
    trailer = Artifact(f"trailer/{CUT}", (), "1", "test")
    artifact = next(each for each in LADDERS if each.asset == LADDER)
    rows = {row.key.asset: row for row in studio.ledger.rows(TITLE)}
    rows[trailer.asset] = replace(
        rows[trailer.asset], input_hash=input_hash({"master": "m"}, code_version="1", engine="test")
    )
    return judge({trailer.asset: trailer, LADDER: artifact.under(studio.settings)}, rows, "m")[LADDER]


def orders(studio: Studio) -> list[tuple[str, ...]]:
    return [order.artifacts for batch in studio.orders.batch(9, 9) for order in batch.orders]


def test_a_promotion_has_the_ladder_stale_and_ordered_and_it_is_made_of_the_promoted_cut_in_whichever_version_it_lies(
    studio: Studio, data: Path, tmp_path: Path
):
    first = cuts(studio, data, tmp_path, "old", "new")
    list(make_trailer_ladders(TITLE, studio, [LADDER]))
    assert made_of(studio) == (first.file("trailer.mp4").sha256, "old")
    assert (verdict(studio), orders(studio)) == (Verdict.FRESH, [])

    promote(studio, first, "new", "challenger.mp4")
    assert (verdict(studio), orders(studio)) == (Verdict.STALE, [(LADDER,)])
    promote(studio, first, "new", "challenger.mp4")
    assert orders(studio) == [(LADDER,)], "the same promotion again orders nothing more"
    cuts(studio, data, tmp_path, "newest")
    [ladder] = make_trailer_ladders(TITLE, studio, [LADDER])
    assert ladder.manifest is not None and ladder.held == ""
    assert made_of(studio) == (first.file("challenger.mp4").sha256, "new")
    assert verdict(studio) is Verdict.FRESH

    studio.experiments.rollback(TITLE, CUT, "ada", "a complaint")
    assert verdict(studio) is Verdict.STALE
    list(make_trailer_ladders(TITLE, studio, [LADDER]))
    assert made_of(studio)[1] == "newest"


def test_a_cut_that_never_had_a_ladder_is_promoted_without_one(studio: Studio, data: Path, tmp_path: Path):
    promote(studio, cuts(studio, data, tmp_path, "old", "new"), "new", "challenger.mp4")
    assert orders(studio) == []
    assert studio.ledger.row(ArtifactKey(TITLE, "trailer_ladder", CUT)) is None


def test_a_rejected_cut_gives_no_ladder(studio: Studio, data: Path, tmp_path: Path):
    trailer = cuts(studio, data, tmp_path, "old", "new")
    promote(studio, trailer, "new", "challenger.mp4")
    list(make_trailer_ladders(TITLE, studio, [LADDER]))
    assert made_of(studio)[1] == "new"

    reject(studio, trailer, "new")
    assert orders(studio) == [(LADDER,)]
    list(make_trailer_ladders(TITLE, studio, [LADDER]))
    assert made_of(studio)[1] == "old"
    reject(studio, trailer, "old")
    [none] = make_trailer_ladders(TITLE, studio, [LADDER])
    assert none.manifest is None
    assert "may be shown" in none.skipped


def reject(studio: Studio, trailer: Manifest, arm: str) -> None:
    studio.reviews.ask(trailer.key, Question.GENERATED, arm, why="a viewer complained")
    [review] = [each for each in studio.reviews.queue() if each.subject == arm]
    studio.reviews.decide(review.id, Said.REJECTED, who="ada", note="not for children")


def test_a_cut_that_is_promoted_while_the_ladder_is_made_orders_it_again(
    studio: Studio, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    trailer = cuts(studio, data, tmp_path, "old", "new")
    ready = type(studio.ledger).ready

    def promoted_before(ledger: Ledger, key: ArtifactKey, **more: Any) -> None:
        promote(studio, trailer, "new", "challenger.mp4")
        ready(ledger, key, **more)

    with monkeypatch.context() as patched:
        patched.setattr(type(studio.ledger), "ready", promoted_before)
        list(make_trailer_ladders(TITLE, studio, [LADDER]))

    assert made_of(studio)[1] == "old"
    assert verdict(studio) is Verdict.STALE
    assert orders(studio) == [(LADDER,)]


def test_a_trailer_that_was_not_made_is_asked_for_by_name(studio: Studio):
    Catalogue(studio.database).deliver(TITLE, sha256="0" * 64, uri="/none", size_bytes=1)
    with pytest.raises(UpstreamMissing, match="trailer/square_30"):
        list(make_trailer_ladders(TITLE, studio, ["trailer_ladder/square_30"]))


def test_every_cut_has_an_asset_of_its_own_made_from_it_alone():
    assert [artifact.asset for artifact in LADDERS] == [f"trailer_ladder/{cut}" for cut in CUTS]
    for artifact, asset in zip(LADDERS, trailer_ladders, strict=True):
        assert asset.key == artifact.key
        deps = {key for keys in asset.asset_deps.values() for key in keys}
        assert deps == {dg.AssetKey(["trailer", artifact.asset.partition("/")[2]])}
        assert len(list(asset.check_specs)) == len(check_specs_for(artifact.asset))


def test_a_real_ladder_passes_and_reports_what_is_declared(made: FinishedLadder):
    outcomes = ladder_checks(made.ladder)
    assert {one.name: one.why for one in outcomes if not one.passed} == {}
    assert {one.name for one in outcomes} == {one.name for one in check_specs_for(LADDER)}
    assert suites.TOLERANCE == choice.TOLERANCE
    assert choice.LEAST_GAIN == 6


def test_a_rung_above_the_film_or_out_of_its_shape_is_refused(made: FinishedLadder):
    table = made.ladder.table()
    above = of_rungs(changed(table, 0, width=1280, height=720))
    assert {"ladder_within_source"} <= set(above)
    assert set(of_rungs(changed(table, 1, width=480, height=360))) == {"ladder_shape_kept"}
    assert set(of_rungs(changed(table, 1, width=360, height=640))) >= {"ladder_shape_kept"}


def test_a_rung_that_is_missing_without_a_reason_is_refused(made: FinishedLadder):
    alone = made.ladder.table().head(1)
    assert set(of_rungs(alone)) == {"ladder_rungs_present"}
    assert of_rungs(alone, dropped=["360p"]) == {}
    lowest = made.ladder.table().tail(1).reset_index(drop=True)
    assert "ladder_within_source" in of_rungs(lowest, dropped=["480p"])


def test_a_vmaf_off_its_target_is_refused_unless_it_is_explained(made: FinishedLadder):
    table = made.ladder.table()
    target = float(table["target_vmaf"].tolist()[0])
    off = changed(table, 0, vmaf=target - 4.0, why_off="")
    assert "ladder_vmaf_on_target" in of_rungs(off)
    assert "ladder_vmaf_on_target" not in of_rungs(changed(off, 0, why_off="its dearest seconds are held to 721 kb/s"))
    assert "ladder_vmaf_on_target" in of_rungs(changed(table, 0, vmaf=target + 4.0, why_off=""))


@pytest.mark.parametrize("codec", ["avc1.4D401F", "avc1.640033", "hvc1.1.6.L93", "avc1.64"])
def test_a_codec_that_old_players_lack_is_refused(made: FinishedLadder, codec: str):
    assert "ladder_codecs_conform" in of_rungs(changed(made.ladder.table(), 0, codec=codec))


def test_segments_that_are_not_aligned_are_refused(made: FinishedLadder):
    table = made.ladder.segments_table()
    assert failed("ladder_segments", table) == {}
    for values, check in (
        ({"off_top_frames": 1.0}, "ladder_keyframes_aligned"),
        ({"off_grid_frames": 0.5}, "ladder_keyframes_aligned"),
        ({"starts_with_key": False}, "ladder_keyframes_aligned"),
        ({"lacking": 1}, "ladder_keyframes_aligned"),
        ({"keys_inside": 1}, "ladder_key_frames_regular"),
        ({"duration_s": 3.0}, "ladder_segments_short"),
    ):
        why = failed("ladder_segments", changed(table, 9, **values))
        assert set(why) == {check}
        assert "360p 1" in why[check]


def test_a_manifest_that_leads_nowhere_or_to_less_is_refused(made: FinishedLadder, tmp_path: Path):
    for path in made.folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    manifests = {"HLS": tmp_path / "master.m3u8", "DASH": tmp_path / "manifest.mpd"}
    assert failed("ladder_manifests", read_back(made.ladder, manifests)) == {}

    text = (tmp_path / "video_360p.m3u8").read_text()
    (tmp_path / "video_360p.m3u8").write_text(text.rsplit("#EXTINF", 1)[0] + "#EXT-X-ENDLIST\n")
    short = failed("ladder_manifests", read_back(made.ladder, manifests))
    assert set(short) == {"ladder_frames_complete"}

    (tmp_path / "video_360p.mp4").unlink()
    gone = failed("ladder_manifests", read_back(made.ladder, manifests))
    assert "ladder_manifests_parse" in gone


def test_sound_that_the_film_has_and_the_ladder_lacks_is_refused(made: FinishedLadder):
    manifests = {"HLS": made.folder / "master.m3u8", "DASH": made.folder / "manifest.mpd"}
    table = read_back(made.ladder, manifests)
    table["sounds"] = table["sounds_expected"] = 0
    assert set(failed("ladder_manifests", table)) == {"ladder_sound_as_source"}
    table["source_has_sound"] = False
    assert failed("ladder_manifests", table) == {}
