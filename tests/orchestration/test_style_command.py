"""`showrunner style`, from the arguments to the picture."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ops.errors import ModelUnavailable
from ops.style.networks import train
from orchestration import style_command
from orchestration.cli import main, parser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One for all: setting up its database takes longer than a style."""
    return str(tmp_path_factory.mktemp("home"))


def test_a_style_is_made_on_the_command_line(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["style", "slightly warm noir", "--name", "Ember", "--home", home, "--json"]

    assert main(arguments) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["name"] == "Ember" and Path(told["picture"]).is_file()
    assert any("noir" in each for each in told["understood"])
    assert main(["style", "kjhgq zxcv", "--home", home]) == 1
    assert "says nothing of a look" in capsys.readouterr().err


def test_a_network_that_was_asked_for_and_not_trained_is_no_success(
    home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a style that was made without one
    ramp = np.linspace(0, 255, 96)[None, :, None] * np.ones((80, 1, 1)) * [1.0, 0.8, 0.6]
    Image.fromarray(ramp.astype(np.uint8)).save(tmp_path / "dusk.png")
    arguments = ["style", "--image", str(tmp_path / "dusk.png"), "--home", home]
    assert main(arguments) == 0

    # when its training fails
    def fails(*_: object, **__: object) -> None:
        raise ModelUnavailable("the house's network is not here", where="network")

    monkeypatch.setattr(train, "train_style", fails)
    capsys.readouterr()

    # then the command fails, and says why
    assert main([*arguments, "--network"]) == 1
    assert "the house's network is not here" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["warm", "--image", "a.png"], ["--image", "/nowhere/at/all.png"]])
def test_not_exactly_one_source_is_unusable(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["style", *arguments]) == 2
    assert capsys.readouterr().err.startswith("showrunner: ")


def test_a_style_is_named_after_its_words_or_its_file(tmp_path: Path) -> None:
    (tmp_path / "Starry night.png").write_bytes(b"x")
    by_words = style_command._asked(parser().parse_args(["style", "  warm   evening "]))
    by_file = style_command._asked(parser().parse_args(["style", "--image", str(tmp_path / "Starry night.png")]))
    assert (by_words[2], by_file[2]) == ("warm evening", "Starry night")
