"""What the doctor tells of the engine that translates: what is missing, under which licence, and what mends it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from orchestration.doctor import Finding, Health, examine
from resources.settings import load_settings


@pytest.fixture(autouse=True)
def _empty_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))


def told(home: Path, thing: str = "translation engine", **settings: Any) -> Finding:
    out_of_reach = "postgresql://nobody@127.0.0.1:1/none"
    findings = examine(load_settings(home, database_url=out_of_reach, **settings))
    [found] = [each for each in findings if each.thing == thing]
    return found


def test_without_a_translator_it_tells_what_is_made_and_each_choice_with_its_licence(tmp_path: Path):
    found = told(tmp_path)

    assert found.health is Health.OPTIONAL
    assert "language that is spoken" in found.found
    assert found.fix.startswith("set SHOWRUNNER_TRANSLATION_ENGINE to nllb (CC-BY-NC-4.0: not for commercial use)")
    assert "madlad (Apache-2.0)" in found.fix
    assert "apertium (GPL" in found.fix


def test_languages_that_are_wanted_and_that_nothing_translates_are_broken(tmp_path: Path):
    found = told(tmp_path, subtitle_languages="fra_Latn,deu_Latn")

    assert found.broken
    assert "SHOWRUNNER_SUBTITLE_LANGUAGES wants 2 languages" in found.found


def test_weights_of_nllb_that_are_not_here_are_told_with_their_licence_and_the_command(tmp_path: Path):
    found = told(tmp_path, translation_engine="nllb", subtitle_languages="all")

    assert (found.health, found.fix) == (Health.OPTIONAL, "hf download facebook/nllb-200-distilled-600M")
    assert "CC-BY-NC-4.0: not for commercial use" in found.found


def test_a_folder_that_is_not_there_is_broken_and_says_which_setting_names_it(tmp_path: Path):
    found = told(tmp_path, translation_engine=f"madlad:{tmp_path / 'madlad400-3b'}")

    assert found.broken
    assert "SHOWRUNNER_TRANSLATION_ENGINE" in found.fix
    assert found.found.endswith("licence: Apache-2.0")


@pytest.mark.parametrize(("pairs", "broken"), [("spa-eng eng-spa", False), ("eng-spa-tagger", True), (None, True)])
def test_apertium_is_asked_for_its_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pairs: str | None, broken: bool
):
    monkeypatch.setenv("PATH", str(tmp_path))
    if pairs is not None:
        program = tmp_path / "apertium"
        program.write_text(f"#!/bin/sh\necho {pairs}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    found = told(tmp_path, translation_engine="apertium")

    assert found.broken is broken
    assert ("apt-get install apertium" in found.fix) is broken
    assert ("2 directions; licence: GPL" in found.found) is not broken


def test_the_embedded_recogniser_is_told_as_what_it_is(tmp_path: Path):
    found = told(tmp_path, "recogniser engine")

    assert (found.health, found.fix) == (Health.OK, "")
    assert "English" in found.found
    assert "drafts" in found.found
