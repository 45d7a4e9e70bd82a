"""From wishes to published styles, on a real database and store, through Dagster."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import numpy as np
import pytest
from PIL import Image

from assets.checks.custom_style import CUSTOM_STYLE_PROMISES
from assets.custom_style import custom_style, make_custom_style
from assets.partitions import custom_styles
from ops.errors import StoreError, UsageError
from ops.style.grading.cube import read_cube, write_cube
from ops.style.grading.luts import grid
from orchestration.sensors.custom_styles import custom_styles_wished
from resources.custom_styles import style_library
from resources.studio import Studio
from resources.style_wish_model import Kind, State, StyleWish
from resources.style_wishes import StyleWishes


@pytest.fixture
def wishes(studio: Studio) -> Iterator[StyleWishes]:
    with studio.database.connection() as connection:
        connection.execute("TRUNCATE custom_styles")
    yield StyleWishes(studio.database)


@pytest.fixture
def example(tmp_path: Path) -> bytes:
    """A picture with cold shadows and warm lights."""
    light = np.linspace(0, 1, 96)[None, :, None] * np.ones((64, 1, 1))
    noise = np.random.default_rng(0).normal(0, 4, (64, 96, 3))
    rgb = 255 * (light * [1.0, 0.85, 0.6] + (1 - light) * [0.05, 0.1, 0.25]) + noise
    Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8)).save(tmp_path / "example.png")
    return (tmp_path / "example.png").read_bytes()


def _made(studio: Studio, wishes: StyleWishes, wish: StyleWish) -> StyleWish:
    make_custom_style(wish.id, studio)
    found = wishes.find(wish.id)
    assert found is not None
    return found


def test_words_become_a_style_that_the_library_has(studio: Studio, wishes: StyleWishes) -> None:
    wish = wishes.ask(Kind.PROMPT, b"a warm faded 1970s look", name="Seventies", owner="ada")
    done = _made(studio, wishes, wish)
    assert done.state is State.READY and any("1970s" in each for each in done.told)
    style = style_library(studio.database, studio.store)[wish.id]
    assert (style.name, style.id) == ("Seventies", wish.id)
    assert {file.name for file in style.folder.iterdir()} == {"style.json", "picture.jpg"}
    with Image.open(style.folder / style.picture) as picture:
        assert picture.size == (480, 270)


def test_what_is_made_is_not_made_again(studio: Studio, wishes: StyleWishes) -> None:
    wish = wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada")
    first = make_custom_style(wish.id, studio)
    again = make_custom_style(wish.id, studio)
    assert again.manifest == first.manifest and again.style == first.style
    assert again.checks == first.checks and again.picture.read_bytes() == first.picture.read_bytes()


def test_a_picture_becomes_a_style_with_a_lut_of_its_own(studio: Studio, wishes: StyleWishes, example) -> None:
    wish = wishes.ask(Kind.IMAGE, example, name="Example", owner="ada")
    _made(studio, wishes, wish)
    style = style_library(studio.database, studio.store)[wish.id]
    lut = read_cube(style.folder / "grade.cube")
    shadow, light = lut[8, 8, 8], lut[26, 26, 26]
    assert shadow[2] > shadow[0] and light[0] > light[2]  # cold below, warm above


def test_a_document_may_bring_its_lut_and_nothing_else(studio: Studio, wishes: StyleWishes, tmp_path: Path) -> None:
    write_cube(tmp_path / "a.cube", 1 - grid(5))
    document = {"stages": [{"op": "lut", "file": "grade.cube"}], "lut": (tmp_path / "a.cube").read_text()}
    wish = wishes.ask(Kind.DOCUMENT, json.dumps(document).encode(), name="Negative", owner="ada")
    _made(studio, wishes, wish)
    style = style_library(studio.database, studio.store)[wish.id]
    assert np.allclose(read_cube(style.folder / "grade.cube"), 1 - grid(5), atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "source", "name"),
    [
        (Kind.PROMPT, b"qzxv wlkj", "Nothing"),
        (Kind.PROMPT, b"warm fuck", "Rude"),
        (Kind.PROMPT, b"warm", "sh1t"),
        (Kind.IMAGE, b"no picture", "Broken"),
        (Kind.DOCUMENT, b'{"stages": [{"op": "lut", "file": "../../etc/passwd"}]}', "Elsewhere"),
        (Kind.DOCUMENT, b'{"stages": [{"op": "exec", "code": "1"}]}', "Code"),
        (Kind.DOCUMENT, b'{"stages": [{"op": "network", "file": "network.safetensors"}]}', "Weights"),
    ],
)
def test_what_may_not_or_cannot_be_made_is_refused_and_says_why(
    studio: Studio, wishes: StyleWishes, kind: Kind, source: bytes, name: str
) -> None:
    wish = wishes.ask(kind, source, name=name, owner="eve")
    with pytest.raises(UsageError) as refused:
        make_custom_style(wish.id, studio)
    found = wishes.find(wish.id)
    assert found is not None and found.state is State.REFUSED and found.why == str(refused.value)
    assert wish.id not in style_library(studio.database, studio.store)


def test_an_image_model_paints_the_example_where_the_setting_says_so(studio: Studio, wishes: StyleWishes) -> None:
    painted: list[str] = []

    def text2img(words: str, **_: object) -> np.ndarray:
        painted.append(words)
        ramp = np.linspace(0, 255, 64)[None, :, None] * np.ones((48, 1, 1))
        return (ramp * [1.0, 0.5, 0.5]).astype(np.uint8)

    painter = SimpleNamespace(name="painter:model", text2img=text2img)
    settings = studio.settings.model_copy(update={"style_prompt_engine": "image_engine"})
    engines = SimpleNamespace(painter=painter, words=studio.engines.words)
    modelled = replace(studio, settings=settings, engines=engines)
    wish = wishes.ask(Kind.PROMPT, b"sundown on mars", name="Mars", owner="ada")

    made = make_custom_style(wish.id, modelled)

    assert painted[0].startswith("sundown on mars") and made.manifest.made_by.engine == "painter:model"
    without = replace(modelled, engines=SimpleNamespace(painter=None, words=studio.engines.words))
    other = wishes.ask(Kind.PROMPT, b"sundown on venus", name="Venus", owner="ada")
    with pytest.raises(UsageError, match="none is chosen"):
        make_custom_style(other.id, without)


def test_a_wish_gets_its_partition_and_one_run_that_leaves_checks(
    studio: Studio, wishes: StyleWishes, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = wishes.ask(Kind.PROMPT, b"noir", name="Dark", owner="ada")
    context = dg.build_sensor_context(instance=instance, resources={"studio": studio})

    # when the sensor looks twice, however long between
    ticks = []
    for now_s in (1_800_000_000.0, 1_800_003_000.0):
        monkeypatch.setattr(time, "time", lambda now_s=now_s: now_s)
        ticks.append(custom_styles_wished(context))
    monkeypatch.undo()

    # then both ask for the same run, and the partition
    assert all(isinstance(each, dg.SensorResult) for each in ticks)
    requests = [each.run_requests[0] for each in ticks]  # type: ignore[union-attr,index]
    assert requests[0].run_key == requests[1].run_key and requests[0].partition_key == wish.id
    added = ticks[0].dynamic_partitions_requests[0]  # type: ignore[union-attr,index]
    assert (added.partitions_def_name, list(added.partition_keys)) == (custom_styles.name, [wish.id])

    # and the run makes it, with every check told
    instance.add_dynamic_partitions(str(custom_styles.name), [wish.id])
    run = dg.materialize([custom_style], partition_key=wish.id, instance=instance, resources={"studio": studio})
    told = {each.check_name: each.passed for each in run.get_asset_check_evaluations()}
    assert told == {each.name: True for each in CUSTOM_STYLE_PROMISES}
    assert isinstance(custom_styles_wished(context), dg.SkipReason)


def test_a_run_that_was_cancelled_in_the_queue_is_asked_for_again(
    studio: Studio, wishes: StyleWishes, instance: dg.DagsterInstance
) -> None:
    wish = wishes.ask(Kind.PROMPT, b"noir", name="Dark", owner="ada")
    context = dg.build_sensor_context(instance=instance, resources={"studio": studio})
    instance.add_run(
        dg.DagsterRun("custom", status=dg.DagsterRunStatus.CANCELED, tags={"dagster/run_key": wish.run_key})
    )
    tick = custom_styles_wished(context)
    assert isinstance(tick, dg.SensorResult) and tick.run_requests
    assert tick.run_requests[0].run_key != wish.run_key


def test_an_error_that_passes_leaves_trying_again_to_the_wish_alone(
    studio: Studio, wishes: StyleWishes, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a store that is away
    wish = wishes.ask(Kind.PROMPT, b"noir", name="Dark", owner="ada")
    instance.add_dynamic_partitions(str(custom_styles.name), [wish.id])

    def away(*_: object, **__: object) -> None:
        raise StoreError("is out of reach", where="store")

    monkeypatch.setattr(studio.store, "publish", away)

    # when its run fails
    run = dg.materialize(
        [custom_style], partition_key=wish.id, instance=instance, resources={"studio": studio}, raise_on_error=False
    )

    # then the wish is open for another run, and this one is over without a retry
    [due] = wishes.due()
    assert (due.state, due.attempts) == (State.ASKED, 1) and "out of reach" in due.why
    assert not run.success
    assert not [each for each in run.all_events if each.event_type is dg.DagsterEventType.STEP_UP_FOR_RETRY]
