"""The tables of structures and genres: held to what the craft knows, and refused where they are broken."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

import ops.trailer.editing.structure as told
from ops.errors import SettingsError
from ops.trailer.cuts import CUTS
from ops.trailer.editing.structure import genre_of, genre_that_fits, structure_of
from ops.trailer.events import JoinKind, Part

FOLDER = Path(told.__file__).parent


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("cut", CUTS.values(), ids=lambda cut: cut.name)
def test_every_cut_has_its_structure_quickening_to_the_climax(cut) -> None:
    parts = {plan.part: plan for plan in structure_of(cut.structure).parts}
    means = [sum(parts[part].shot_s) / 2 for part in (Part.SETUP, Part.RISE, Part.CLIMAX)]
    assert means == sorted(means, reverse=True)
    assert sum(plan.share for plan in parts.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("name", table("genres.toml"))
def test_in_every_genre_most_joins_are_hard_cuts(name: str) -> None:
    genre = genre_of(name)
    assert genre is not None and genre.name == name
    assert sum(genre.joins.values()) <= 0.30
    assert JoinKind.CUT not in genre.joins


def test_a_structure_that_nobody_wrote_is_told_with_those_there_are() -> None:
    with pytest.raises(SettingsError, match=r"structures.toml: has no 'epic'.*trailer, teaser"):
        structure_of("epic")


def broken(row: dict[str, Any], change: str) -> dict[str, Any]:
    row = copy.deepcopy(row)
    if change == "a part is missing":
        del row["parts"][2]
    elif change == "parts are turned":
        row["parts"][0], row["parts"][1] = row["parts"][1], row["parts"][0]
    elif change == "too much time":
        row["parts"][1]["share"] += 0.1
    elif change == "flicker":
        row["parts"][3]["shot_s"] = [0.5, 0.4]
    elif change == "stares":
        row["parts"][1]["shot_s"] = [4.6, 3.0]
    return row


@pytest.mark.parametrize(
    ("change", "told_as"),
    [
        ("a part is missing", "every part in its order"),
        ("parts are turned", "every part in its order"),
        ("too much time", "shares do not add up"),
        ("flicker", "mean length lies in"),
        ("stares", "mean length lies in"),
    ],
)
def test_a_broken_structure_is_refused(change: str, told_as: str) -> None:
    row = table("structures.toml")["trailer"]
    told._structure("trailer", row)
    with pytest.raises(SettingsError, match=told_as):
        told._structure("trailer", broken(row, change))


def test_a_genre_of_too_many_effects_or_of_unknown_traits_is_refused() -> None:
    row = table("genres.toml")["drama"]
    told._genre("drama", row)
    with pytest.raises(SettingsError, match="at most 35 of 100"):
        told._genre("drama", row | {"joins": row["joins"] | {"whip": 20}})
    with pytest.raises(SettingsError, match="at most 35 of 100"):
        told._genre("drama", row | {"joins": {"dissolve": 10}})
    with pytest.raises(SettingsError, match="other traits"):
        told._genre("drama", row | {"values": row["values"] | {"charm": 1.0}})


@pytest.mark.parametrize(
    ("words", "name"),
    [("Drama / Romance", "drama"), ("SCI-FI", "action"), ("a Western", "action"), ("Kids", "comedy"), ("", None),
     (None, None), ("docu", "documentary"), ("Concert film", "music"), ("scifi, horror", "action")],
)  # fmt: skip
def test_a_genre_is_known_in_anybody_s_words(words: str | None, name: str | None) -> None:
    found = genre_of(words)
    assert (None if found is None else found.name) == name


@pytest.mark.parametrize(
    ("speech", "music", "action", "name"),
    [(0.02, 0.95, 0.5, "music"), (0.7, 0.1, 0.05, "documentary"), (0.2, 0.3, 0.4, "action"), (0.2, 0.3, 0.1, "drama")],
)
def test_an_untold_genre_is_read_from_the_film_and_explained(speech, music, action, name) -> None:
    genre, why = genre_that_fits(speech=speech, music=music, action=action)
    assert genre.name == name
    assert "%" in why or "diagonals" in why
