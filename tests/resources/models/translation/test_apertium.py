"""Apertium as the translator: a stand-in program with its protocol, and the real one where it is installed."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from ops.errors import ModelUnavailable, UsageError
from ops.translation.translator import Decoding, Pair, Spelling, Translator, TranslatorRow
from resources.models.choice import EngineChoice
from resources.models.translation import apertium
from resources.models.translation.apertium import load_apertium

CHOICE = EngineChoice("translation_engine", "apertium", "")

STAND_IN = """#!/bin/sh
if [ "$1" = "-l" ]; then printf '  %s\\n' {modes}; exit 0; fi
{body}
"""
SAYS_THE_MODE = 'exec sed "s/^\\(..*\\)$/$2 \\1 /"'
"""Every line that is not blank, with the mode before it and a blank after."""


def install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, modes: str = "eng-spa spa-eng", body: str = SAYS_THE_MODE
):
    program = folder / "apertium"
    program.write_text(STAND_IN.format(modes=modes, body=body), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def said(engine: Translator, texts: list[str], target: str = "spa_Latn") -> list[str]:
    rows = [TranslatorRow(text) for text in texts]
    ((found, candidates),) = engine.translate(rows, "eng_Latn", [target], decoding=Decoding())
    assert found == target
    return [candidate.text for (candidate,) in candidates]


def test_every_sentence_keeps_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path, monkeypatch)
    texts = ["One.", "", "Two\nlines  here.", "One.", "  ", "a; $(rm -rf /) `x` | -f html"]
    assert said(load_apertium(CHOICE), texts) == [
        "eng-spa One.", "", "eng-spa Two lines here.", "eng-spa One.", "", "eng-spa a; $(rm -rf /) `x` | -f html",
    ]  # fmt: skip


def test_many_sentences_are_given_in_several_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path, monkeypatch)
    monkeypatch.setattr(apertium, "_SENTENCES_A_CALL", 3)
    texts = [f"Number {place}." for place in range(8)]
    assert said(load_apertium(CHOICE), texts) == [f"eng-spa {text}" for text in texts]


def test_modes_old_and_new_are_the_languages_of_the_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path, monkeypatch, modes="en-ca spa-eng_US spa-eng nno-nob hbs-mkd eng-spa-tagger sme-nob eng")
    engine = load_apertium(CHOICE)
    assert engine.speaks("eng_Latn", "cat_Latn")
    assert engine.speaks("spa_Latn", "eng_Latn")
    assert engine.speaks("nno_Latn", "nob_Latn")
    assert not engine.speaks("eng_Latn", "spa_Latn")
    assert not engine.speaks("eng_Latn", "eng_Latn")
    ((_, [[candidate]]),) = engine.translate([TranslatorRow("Sí.")], "spa_Latn", ["eng_Latn"], decoding=Decoding())
    assert candidate.text == "spa-eng Sí."  # and not the American one


def test_what_it_cannot_tell_is_none_and_it_writes_every_character(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path, monkeypatch)
    engine = load_apertium(CHOICE)
    assert engine.score([Pair("a", "b")], "eng_Latn", "spa_Latn") is None
    assert engine.attention([Pair("a", "b")], "eng_Latn", "spa_Latn") is None
    assert not isinstance(engine, Spelling)
    assert engine.licence.startswith("GPL")


def test_a_pair_that_is_not_installed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path, monkeypatch)
    with pytest.raises(UsageError, match="Install the pair"):
        load_apertium(CHOICE).translate([], "eng_Latn", ["fra_Latn"], decoding=Decoding())


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("echo lost; exit 0", "gave 1 sentences for 2"),
        ("echo 'no such file' >&2; exit 3", "no such file"),
        ("sleep 60 | sleep 60", "took more than"),
    ],
)
def test_a_program_that_fails_is_told_and_never_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, why: str
):
    install(tmp_path, monkeypatch, body=body)
    monkeypatch.setattr(apertium, "_STARTS_S", 0.2)
    monkeypatch.setattr(apertium, "_SENTENCE_S", 0.5 if "sleep" not in body else 0.0)
    with pytest.raises(ModelUnavailable, match=why):
        said(load_apertium(CHOICE), ["One.", "Two."])


def test_without_the_program_the_command_that_installs_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelUnavailable, match=r"SHOWRUNNER_TRANSLATION_ENGINE.*apt-get install apertium"):
        load_apertium(CHOICE)


def test_without_a_language_pair_it_is_not_there_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path, monkeypatch, modes="sme-nob-x")
    with pytest.raises(ModelUnavailable, match="no language pair"):
        load_apertium(CHOICE)


def test_the_real_program_translates_sentence_by_sentence():
    if shutil.which("apertium") is None:
        pytest.skip("apertium is not installed: apt-get install apertium apertium-eng-spa")
    engine = load_apertium(CHOICE)
    if not engine.speaks("eng_Latn", "spa_Latn"):
        pytest.skip("its pair is not installed: apt-get install apertium-eng-spa")
    texts = ["Where is my house?", "♪ [a] ^b$ / @c * \\ <b> {x} ♪", "", "I live in", "Spain.", "x" * 3000, "Yes"]
    found = said(engine, texts)
    assert found[0] == "Dónde es mi casa?"
    assert found[2] == ""
    assert found[3:5] == ["Vivo en", "España."]
    assert found[6] == "Sí"
    assert found[1].startswith("♪")
