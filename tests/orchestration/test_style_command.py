"""`showrunner style`, from the arguments to the picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orchestration import style_command
from orchestration.cli import main, parser


def test_a_style_is_made_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = str(tmp_path / "home")
    arguments = ["style", "slightly warm noir", "--name", "Ember", "--home", home, "--json"]

    assert main(arguments) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["name"] == "Ember" and Path(told["picture"]).is_file()
    assert any("noir" in each for each in told["understood"])
    assert main(["style", "kjhgq zxcv", "--home", home]) == 1
    assert "says nothing of a look" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["warm", "--image", "a.png"], ["--image", "/nowhere/at/all.png"]])
def test_not_exactly_one_source_is_unusable(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["style", *arguments]) == 2
    assert capsys.readouterr().err.startswith("showrunner: ")


def test_a_style_is_named_after_its_words_or_its_file(tmp_path: Path) -> None:
    (tmp_path / "Starry night.png").write_bytes(b"x")
    by_words = style_command._asked(parser().parse_args(["style", "  warm   evening "]))
    by_file = style_command._asked(parser().parse_args(["style", "--image", str(tmp_path / "Starry night.png")]))
    assert (by_words[2], by_file[2]) == ("warm evening", "Starry night")
