"""Renditions as assets: published with the film's sound, stale when a style changes, several from one decode."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import av
import dagster as dg
import pandas as pd
import pytest

from assets import ordered_rendition as ordered_module
from assets import renditions as asset_module
from assets.checks.tables import run_checks
from assets.families import ARTIFACTS
from assets.ordered_rendition import make_ordered_rendition, outdated
from assets.placement import placement
from assets.rendition_styles import in_styles, styles_named
from assets.renditions import GPU_RENDITIONS, RENDITIONS, make_renditions
from assets.shots import SHOTS_FILE
from assets.source_video import SOURCE_FILE
from assets.staleness import Verdict, judge
from ops.errors import ModelUnavailable, StoreError, UsageError
from ops.style.catalogue import house_styles
from ops.style.fingerprint import style_fingerprint
from ops.style.model import Recipe, look_of
from resources.catalogue import Catalogue
from resources.rendition_orders import OrderState, RenditionOrders
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio
from tests.ops.media.witness import ffmpeg

TITLE = "sintel"


@pytest.fixture(scope="module")
def clip(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "sintel.mp4"
    source = data / "video" / "sintel_portrait_270x480.mp4"
    ffmpeg("-t", "1", "-i", source, "-vf", "scale=90:160", "-c:a", "copy", path)
    return path


@pytest.fixture
def titled(studio: Studio, clip: Path, tmp_path: Path) -> Studio:
    """A title in the house, probed and cut."""
    sha = hashlib.sha256(clip.read_bytes()).hexdigest()
    Catalogue(studio.database).deliver(TITLE, sha256=sha, uri=str(clip), size_bytes=clip.stat().st_size)
    told = {
        "source_video": (SOURCE_FILE, {"video": {"hdr": None}}),
        "shots": (SHOTS_FILE, {"shots": [{"start": 0}, {"start": 12}]}),
    }
    for asset, (name, value) in told.items():
        file = tmp_path / name
        file.write_text(json.dumps(value))
        key = ArtifactKey(TITLE, asset)
        manifest = studio.store.publish(key, {name: file}, made_by=MadeBy("1", "test"), inputs={})
        studio.ledger.ready(key, input_hash="as made", manifest=manifest)
    return studio


def sound_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_styles_of_a_title_are_published_from_one_decode_with_the_films_own_sound(titled: Studio, clip: Path):
    made = list(make_renditions(TITLE, titled, ["rendition/noir", "rendition/pastel"]))
    assert {each.asset: each.held for each in made} == {"rendition/noir": "", "rendition/pastel": ""}
    for each in made:
        assert each.manifest is not None
        style = each.asset.partition("/")[2]
        names = {file.name for file in each.manifest.files}
        assert names == {f"{style}.mp4", "before_after.jpg", "rendition.json"}
        assert sound_of(titled.store.fetch(each.manifest, f"{style}.mp4")) == sound_of(clip) != []
        assert each.manifest.made_by.engine == f"{style}@{style_fingerprint(house_styles()[style])}"
        assert each.manifest.made_by.parameters["look"]["parts"][0]["seed"] == 0
        assert {"before and after", "flicker, frame by frame", "done"} <= set(each.metadata)


def test_a_style_that_cannot_be_made_here_keeps_no_other_back(titled: Studio, monkeypatch: pytest.MonkeyPatch):
    def refuse(look, library) -> None:
        if look.styles == ("noir",):
            raise ModelUnavailable("the network is not here", where="noir")

    monkeypatch.setattr(asset_module, "_try_out", refuse)
    making = make_renditions(TITLE, titled, ["rendition/noir", "rendition/pastel"])
    assert next(making).asset == "rendition/pastel"
    with pytest.raises(ModelUnavailable, match="not here"):
        next(making)
    row = titled.ledger.row(ArtifactKey(TITLE, "rendition", "noir"))
    assert row is not None and "not here" in row.last_error


def test_a_film_in_high_dynamic_range_is_skipped_with_its_reason(titled: Studio, tmp_path: Path):
    file = tmp_path / SOURCE_FILE
    file.write_text(json.dumps({"video": {"hdr": "PQ"}}))
    titled.store.publish(ArtifactKey(TITLE, "source_video"), {SOURCE_FILE: file}, made_by=MadeBy("1", "t"), inputs={})
    [made] = make_renditions(TITLE, titled, ["rendition/noir"])
    assert "PQ" in made.skipped


def test_a_changed_style_makes_its_rendition_stale_and_changed_words_do_not():
    style = house_styles()["noir"]
    renamed = replace(style, name="Black and white", about="Other words.")
    regraded = replace(style, stages=(replace(style.stages[0], settings={"exposure": 0.1}), *style.stages[1:]))
    assert style_fingerprint(renamed) == style_fingerprint(style) != style_fingerprint(regraded)


def test_a_rendition_is_fresh_until_its_styles_fingerprint_is_another(titled: Studio):
    list(make_renditions(TITLE, titled, ["rendition/noir"]))
    rows = {row.key.asset: row for row in titled.ledger.rows(TITLE)}
    settled = {name: replace(ARTIFACTS[name], upstream=()) for name in ("source_video", "shots")}
    noir = ARTIFACTS["rendition/noir"]

    def verdict(artifact) -> Verdict:
        judged = {name: replace(rows[name], input_hash=_own(settled[name])) for name in settled}
        return judge({**settled, "rendition/noir": artifact}, {**rows, **judged}, "m")["rendition/noir"]

    assert verdict(noir) is Verdict.FRESH
    assert verdict(replace(noir, engine="noir@000000000000")) is Verdict.STALE


def _own(artifact) -> str:
    from resources.ledger import input_hash

    return input_hash({"master": "m"}, code_version=artifact.code_version, engine=artifact.engine)


def test_every_style_has_its_asset_on_the_machine_and_in_the_container_that_it_names():
    assets = {each.asset: each for each in (*RENDITIONS, *GPU_RENDITIONS)}
    assert set(assets) == {f"rendition/{style}" for style in house_styles()}
    for style in house_styles().values():
        where = placement(assets[f"rendition/{style.id}"].family)
        assert (where.image, where.gpus > 0) == (style.container, style.gpu)


def test_an_order_of_a_mix_is_made_once_and_again_when_its_film_changed(titled: Studio, tmp_path: Path):
    library = house_styles()
    look = look_of([(Recipe("noir"), 0.6), (Recipe("pastel", strength=0.5), 0.4)], library)
    orders = RenditionOrders(titled.database)
    order = orders.order(TITLE, look, "a test")

    [made] = make_ordered_rendition(order.id, titled)

    done = orders.find(order.id)
    assert done is not None and done.state is OrderState.DONE
    assert made.manifest is not None and made.held == ""
    manifest = titled.store.manifest(ArtifactKey(TITLE, "rendition", look.key))
    assert manifest is not None and manifest.made_by.parameters["look"] == look.to_json()
    assert outdated(done, titled) == ""
    file = tmp_path / SHOTS_FILE
    file.write_text(json.dumps({"shots": [{"start": 0}, {"start": 9}]}))
    key = ArtifactKey(TITLE, "shots")
    cut_anew = titled.store.publish(key, {SHOTS_FILE: file}, made_by=MadeBy("2", "test"), inputs={})
    titled.ledger.ready(key, input_hash="anew", manifest=cut_anew)
    assert outdated(done, titled) != ""


def test_an_order_that_cannot_be_made_says_why_and_is_not_tried_in_vain(titled: Studio):
    look = look_of([(Recipe("noir"), 0.5), (Recipe("pastel"), 0.5)], house_styles())
    orders = RenditionOrders(titled.database)
    order = orders.order(TITLE, look, "a test")
    with titled.database.connection() as connection:
        connection.execute("""UPDATE rendition_orders SET look = '{"parts": [{"style": "given_up"}]}'""")
    with pytest.raises(UsageError, match="given_up"):
        list(make_ordered_rendition(order.id, titled))
    failed = orders.find(order.id)
    assert failed is not None and failed.state is OrderState.FAILED
    assert "given_up" in failed.last_error


def test_a_store_that_is_away_opens_the_order_for_another_run_and_this_run_does_not_try_again(
    titled: Studio, monkeypatch: pytest.MonkeyPatch
):
    tries = []

    def away(*_args: object) -> None:
        tries.append(1)
        raise StoreError("is away", where="the store")

    monkeypatch.setattr(ordered_module, "_make", away)
    [asset, _] = ordered_module.ordered_rendition_assets
    at_once = dg.RetryPolicy(max_retries=2)
    monkeypatch.setattr(asset.op, "_retry_policy", at_once)
    orders = RenditionOrders(titled.database)
    look = look_of([(Recipe("noir"), 0.5), (Recipe("pastel"), 0.5)], house_styles())
    order = orders.order(TITLE, look, "a test")
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("rendition_orders", [order.id])
        ended = dg.materialize(
            [asset], partition_key=order.id, instance=instance, resources={"studio": titled}, raise_on_error=False
        )

    assert not ended.success
    assert len(tries) == 1
    [again] = orders.open(9)
    assert (again.id, again.last_error) == (order.id, "the store: is away.") and again.run_key != order.run_key


def sound_table(**other: object) -> pd.DataFrame:
    facts = {
        "style": "noir", "codec": "h264 yuv420p", "sounds_same": True, "upright": True, "off_s": 0.0,
        "sync_off_s": 0.0, "length_off_s": 0.0, "shape_off": 0.0, "flicker": 1.2, "white_added": 0.0,
        "width": 640, "height": 360,
    }  # fmt: skip
    counts = {name: 1 for each in ("frames", "sounds", "subtitles", "chapters") for name in (each, f"{each}_expected")}
    return pd.DataFrame([{**facts, **counts, **other}])


@pytest.mark.parametrize(
    ("other", "check"),
    [
        ({"frames": 0}, "rendition_frames_kept"),
        ({"off_s": 0.02}, "rendition_frames_kept"),
        ({"sounds_same": False}, "rendition_sound_untouched"),
        ({"sync_off_s": 0.08}, "rendition_sound_untouched"),
        ({"subtitles": 0}, "rendition_streams_carried"),
        ({"chapters": 0}, "rendition_streams_carried"),
        ({"length_off_s": -0.5}, "rendition_length_kept"),
        ({"codec": "hevc yuv420p"}, "rendition_picture_conforms"),
        ({"upright": False}, "rendition_picture_conforms"),
        ({"shape_off": 9.0}, "rendition_picture_conforms"),
        ({"flicker": 9.0}, "rendition_steady"),
        ({"white_added": 0.2}, "rendition_highlights_kept"),
    ],
)
def test_each_fault_of_a_rendition_fails_its_own_check(other: dict[str, object], check: str):
    outcomes = run_checks("rendition", sound_table(**other), judged_by_motion=True)
    assert [one.name for one in outcomes if not one.passed] == [check]


def test_grain_is_no_flicker():
    outcomes = run_checks("rendition", sound_table(flicker=9.0), judged_by_motion=False)
    assert all(one.passed for one in outcomes)


def test_styles_narrow_a_pattern_that_means_all_and_are_added_where_none_is_meant():
    every = [each.asset for each in RENDITIONS]
    assert in_styles(["shots", *every], ["rendition/*"], ["noir", "pastel"]) == [
        "shots",
        "rendition/noir",
        "rendition/pastel",
    ]
    assert in_styles(["shots"], [], ["noir"]) == ["shots", "rendition/noir"]
    assert in_styles(["rendition/noir"], ["rendition/noir"], []) == ["rendition/noir"]


def test_a_pattern_that_means_every_style_asks_which():
    with pytest.raises(UsageError, match="--styles"):
        in_styles([each.asset for each in RENDITIONS], ["rendition/*"], [])


@pytest.mark.parametrize("told", ["noir,technicolour", ",", ""])
def test_a_style_that_there_is_not_is_told_with_those_there_are(told: str):
    with pytest.raises(UsageError, match="noir"):
        styles_named(told)
