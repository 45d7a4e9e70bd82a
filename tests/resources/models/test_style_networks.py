from __future__ import annotations

import shutil

import pytest

torch = pytest.importorskip("torch", reason="style networks need torch (pip install 'showrunner[models]')")

from safetensors.torch import save_file  # noqa: E402

from ops.errors import ModelUnavailable, UsageError  # noqa: E402
from ops.style.model import Family  # noqa: E402
from ops.style.networks.paintings import PAINTINGS  # noqa: E402
from ops.style.networks.weights_file import HOUSE  # noqa: E402
from resources.models.style_networks import brought_styles, styles_of_folder  # noqa: E402


def test_a_network_of_the_houses_kind_becomes_a_style_for_each_of_its_rows(tmp_path):
    shutil.copy(HOUSE, tmp_path / "mine.safetensors")
    styles = styles_of_folder(tmp_path)
    assert {style.id for style in styles} == {f"network_mine_{name}" for name in PAINTINGS}
    assert {style.family for style in styles} == {Family.NEURAL}
    assert styles[0].stages[0].settings["file"] == "mine.safetensors"


def test_a_style_that_tells_of_a_network_takes_its_file(tmp_path):
    shutil.copy(HOUSE, tmp_path / "mine.safetensors")
    (tmp_path / "hatched.toml").write_text(
        'id = "hatched"\nname = "Hatched"\nabout = "Lines."\nfamily = "neural"\ncost = "heavy"\n'
        'container = "showrunner-styles-gpu"\n[[stages]]\nop = "network"\n'
        'file = "mine.safetensors"\nstyle = "engraving"\n'
    )
    assert [style.id for style in styles_of_folder(tmp_path)] == ["hatched"]


def test_a_file_of_another_network_is_told_by_what_it_holds(tmp_path):
    save_file({"unet.down.weight": torch.zeros(3)}, tmp_path / "unet.safetensors")
    with pytest.raises(ModelUnavailable, match=r"1 tensors that begin with unet\.down\.weight of \(3,\)"):
        styles_of_folder(tmp_path)


def test_a_folder_that_is_not_there_names_the_setting(tmp_path):
    with pytest.raises(UsageError, match="SHOWRUNNER_STYLE_NETWORKS_FOLDER"):
        styles_of_folder(tmp_path / "none")


def test_the_folder_is_set_by_the_environment_and_looked_into_again_when_it_changes(tmp_path, monkeypatch):
    assert brought_styles() == {}
    monkeypatch.setenv("SHOWRUNNER_STYLE_NETWORKS_FOLDER", str(tmp_path))
    assert brought_styles() == {}
    shutil.copy(HOUSE, tmp_path / "mine.safetensors")
    assert "network_mine_mosaic" in brought_styles()
