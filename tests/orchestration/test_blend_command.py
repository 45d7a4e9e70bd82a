"""`showrunner blend` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="blends need torch (pip install 'showrunner[models]')")

from orchestration.blend_command import recipe_of
from orchestration.cli import OK, UNUSABLE, main, parser


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    names = []
    for seed, name in enumerate(("cat.png", "night.jpg", "mask.png")):
        path = tmp_path / name
        coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
        Image.fromarray(coarse).resize((80, 60), Image.Resampling.BICUBIC).save(path)
        names.append(str(path))
    return names


def test_a_blend_is_made_and_told_as_one_json_object(
    pictures: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "blend.png"
    quick = ["--size", "64", "--iterations", "2", "--style-layers", "relu1_1", "--content-layers", "relu1_2=0.5"]
    masked = ["--mask", f"{pictures[1]}={pictures[2]}"]
    out.with_suffix(".json").write_text("somebody's own")

    code = main(
        ["blend", *pictures[:2], *masked, *quick, "--json", "--output", str(out), "--home", str(tmp_path / "h")]
    )

    assert code == OK
    told = json.loads(capsys.readouterr().out)
    with Image.open(out) as opened:
        assert opened.size == (told["width"], told["height"]) == (64, 48)
    assert [each["style"] for each in told["recipe"]["sources"]] == [0.0, 1.0]
    assert [each["content"] for each in told["recipe"]["sources"]] == [1.0, 0.0]
    assert told["recipe"]["sources"][1]["style_mask"]
    assert json.loads(out.with_suffix(".recipe.json").read_text()) == told["recipe"]
    assert out.with_suffix(".json").read_text() == "somebody's own"


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_painted(
    pictures: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ops.blend.render.render_blend", lambda *given, **more: pytest.fail("it was painted"))
    (tmp_path / "taken.png").mkdir()
    for output, told in (("nowhere/blend.png", "nowhere: there is no such folder"), ("taken.png", "cannot be written")):
        given = ["--output", str(tmp_path / output), "--home", str(tmp_path / "h")]
        assert main(["blend", *pictures[:2], *given]) == UNUSABLE
        assert told in capsys.readouterr().err


def test_arguments_become_the_recipe_that_they_say(pictures: list[str]):
    given = parser().parse_args(
        [
            "blend",
            *pictures[:2],
            "--target",
            pictures[2],
            "--style",
            "0.7,0.3",
            "--content",
            "1,0",
            "--seed",
            "4",
            "--style-layers",
            "relu1_1=0.5,relu3_1",
            "--learning-rate",
            "0.1",
            "--colour",
            "keep",
        ]
    )
    recipe, files = recipe_of(given)
    assert files[recipe.target] == Path(pictures[2])
    assert [(each.style, each.content) for each in recipe.sources] == [(0.7, 1.0), (0.3, 0.0)]
    assert recipe.style_layers == {"relu1_1": 0.5, "relu3_1": 1.0}
    assert (recipe.seed, recipe.learning_rate, recipe.colour) == (4, 0.1, "keep")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (["--style", "0.7"], "--style: has 1 weights"),
        (["--style", "a,b"], "--style: 'a,b' are no weights"),
        (["--style", "2,0"], "sources[0].style: cannot be 2"),
        (["--mask", "nobody.png=mask.png"], "--mask"),
        (["--target", "nowhere.png"], "nowhere.png: cannot be read"),
        (["--size", "9"], "size: cannot be 9"),
        (["--output", "blend.doc"], "blend.doc"),
        (["--style-layers", "relu9_9=1"], "there is no layer 'relu9_9'"),
    ],
)
def test_unusable_arguments_are_told_in_a_line(
    wrong: list[str], told: str, pictures: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["blend", *pictures[:2], *wrong, "--home", str(tmp_path / "h")]) == UNUSABLE
    assert told in capsys.readouterr().err
