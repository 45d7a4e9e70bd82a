"""The embedded writer: the same lines for the same seed, all fit to print, none about what a film may not hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import ops.thumbnails.templates as templates_module
from ops.errors import SettingsError
from ops.taglines import why_no_prompt, why_no_tagline
from ops.thumbnails.looks import look_of, read_looks
from ops.thumbnails.templates import MOODS, TemplateWriter, read_phrases
from ops.writing import Brief

WRITER = TemplateWriter()
TABLE = Path(templates_module.__file__).with_name("taglines.toml").read_text()
LOOKS = Path(templates_module.__file__).with_name("looks.toml").read_text()
GENRES = sorted(read_looks(LOOKS, where="looks.toml"))


@pytest.mark.parametrize("genre", GENRES)
def test_every_genre_of_the_house_has_lines_and_scenes_of_its_own(genre: str):
    phrases = read_phrases(TABLE, where="taglines.toml")
    assert set(phrases.lines) == set(GENRES)
    assert len(phrases.lines[genre]) >= 5
    assert len(phrases.scenes[genre]) >= 3


@pytest.mark.parametrize("genre", GENRES)
def test_lines_are_fit_to_print_and_short_enough_for_a_list(genre: str):
    lines = WRITER.taglines(Brief("Sintel", genre, moods=tuple(MOODS)), count=99, seed=1)
    assert not [(line, why) for line in lines if (why := why_no_tagline(line, title="Sintel"))]
    assert len({line.casefold() for line in lines}) == len(lines)
    assert max(map(len, lines)) <= 40


def test_the_same_seed_gives_the_same_lines_in_another_process():
    brief = Brief("Sintel", "drama", ("one person",), ("dark",))
    script = (
        "from ops.thumbnails.templates import TemplateWriter as W; from ops.writing import Brief;"
        "print(W().taglines(Brief('Sintel','drama',('one person',),('dark',)), count=4, seed=7))"
    )
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    assert there == repr(WRITER.taglines(brief, count=4, seed=7))
    assert len({tuple(WRITER.taglines(brief, count=4, seed=seed)) for seed in range(8)}) > 4


def test_a_genres_own_lines_come_first_then_its_light():
    lines = WRITER.taglines(Brief("Sintel", "horror", moods=("dark",)), count=99, seed=3)
    phrases = read_phrases(TABLE, where="taglines.toml")
    assert set(lines[: len(phrases.lines["horror"])]) == set(phrases.lines["horror"])
    own_light = lines[len(phrases.lines["horror"]) :][: len(phrases.moods["dark"])]
    assert set(own_light) == set(phrases.moods["dark"])


def test_an_unknown_genre_gets_anybodys_lines():
    any_, unknown = (WRITER.taglines(Brief("Sintel", genre), count=99, seed=0) for genre in ("any", "western"))
    assert sorted(any_) == sorted(unknown)


def test_a_line_never_repeats_the_title():
    assert "Hold on tight." not in WRITER.taglines(Brief("Hold On Tight", "action"), count=99, seed=0)


def test_a_description_shows_what_was_seen_in_its_light():
    prompts = WRITER.picture_prompts(Brief("Sintel", "drama", ("two people",), ("cold",)), count=3, seed=0)
    assert len(set(prompts)) == 3
    for prompt in prompts:
        assert prompt.startswith("two people seen")
        assert prompt.endswith("cold colours")
        assert why_no_prompt(prompt) == ""
        assert len((look_of("drama").prompt_for("Sintel") + prompt).split()) < 60  # CLIP reads 77 tokens


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"Look closer."', '"Winner of two awards."', "claims"),
        ('"Look closer."', '"Look *closer*."', "markup"),
        ("bright = [", "bleak = [", "must hold"),
        ("[any]", "[anything]", "must hold|any"),
        ("[any]", "[any", "TOML"),
    ],
)
def test_a_table_that_could_not_be_shown_is_refused(old: str, new: str, told: str):
    with pytest.raises(SettingsError, match=told):
        read_phrases(TABLE.replace(old, new), where="taglines.toml")
