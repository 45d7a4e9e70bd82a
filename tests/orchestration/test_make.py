"""`showrunner make`, as a person or a script calls it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assets.families import DEFAULT
from ops.thumbnails.aspect import Aspect
from resources.settings import load_settings
from serving.app import create_app

WHOLE = {asset for asset in DEFAULT if not asset.startswith("trailer")} - {"transcript"}
"""What a film too short for a trailer, in which nobody speaks, gets where nobody says what."""


def showrunner(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a shell would run it."""
    command = Path(sys.executable).with_name("showrunner")
    return subprocess.run(
        [str(command), "make", *map(str, arguments), "--home", str(home)], capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for the module: its tests build on each other's titles."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def made(home: Path, data: Path) -> dict:
    """A film with sound, made whole, as JSON."""
    done = showrunner(data / "video" / "chaplin_640x360.mp4", "--json", home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_artifact_of_a_film_is_made_checked_and_on_disk(made: dict):
    assert {entry["asset"] for entry in made["artifacts"]} == WHOLE
    for entry in made["artifacts"]:
        assert Path(entry["path"]).is_file()
        assert entry["reused"] is False
        assert entry["engine"]
        assert entry["media_type"]
        assert all(check["passed"] for check in entry["checks"]), entry
    assert Path(made["gallery"]).is_file()


def test_the_shots_artifact_has_the_form_that_is_promised(made: dict):
    path = next(e["path"] for e in made["artifacts"] if e["path"].endswith("shots.json"))
    shots = json.loads(Path(path).read_text())
    assert shots["fps"] == "25/1"
    assert shots["frames"] == 241
    assert shots["shots"][0]["start"] == 0
    assert shots["shots"][-1]["end"] == shots["frames"]
    assert {"start_pts", "end_pts"} <= set(shots["shots"][0])


def test_thumbnails_have_exactly_their_shape(made: dict):
    from PIL import Image

    for entry in made["artifacts"]:
        if entry["asset"].startswith("thumbnails/") and entry["media_type"] == "image/jpeg":
            across, down = map(int, entry["asset"].removeprefix("thumbnails/").split("x"))
            with Image.open(entry["path"]) as picture:
                assert picture.width * down == picture.height * across


@pytest.mark.parametrize("aspect", list(Aspect))
def test_what_was_made_is_what_a_front_page_gets(made: dict, home: Path, aspect: Aspect):
    settings = load_settings(home, database_url=None, public_thumbnails=True)
    chosen = next(Path(each["path"]) for each in made["artifacts"] if Path(each["path"]).name == f"{aspect}.jpg")

    with TestClient(create_app(settings)) as client:
        answer = client.get(f"/v1/titles/{made['title']}/thumbnail?aspect={aspect}")

    assert answer.status_code == 200  # after the redirect to the picture's own address
    assert answer.content == chosen.read_bytes()
    assert "immutable" in answer.headers["cache-control"]


def test_a_second_make_of_an_unchanged_film_does_no_work_and_says_so(made: dict, home: Path, data: Path):
    film = data / "video" / "chaplin_640x360.mp4"

    again = json.loads(showrunner(film, "--json", home=home).stdout)
    told = showrunner(film, home=home)

    assert all(entry["reused"] for entry in again["artifacts"])
    assert {e["path"] for e in again["artifacts"]} == {e["path"] for e in made["artifacts"]}
    assert "nothing was made" in told.stdout


def test_what_was_deleted_from_the_store_is_made_again(made: dict, home: Path, data: Path):
    path = next(Path(e["path"]) for e in made["artifacts"] if e["asset"] == "thumbnails/1x1")
    shutil.rmtree(home / "store" / made["title"] / "thumbnails" / "1x1")

    again = json.loads(showrunner(data / "video" / "chaplin_640x360.mp4", "--json", home=home).stdout)

    remade = {entry["asset"] for entry in again["artifacts"] if not entry["reused"]}
    assert remade == {"thumbnails/1x1"}
    assert any(Path(e["path"]).name == path.name for e in again["artifacts"])


def test_only_makes_the_asset_and_what_it_needs(home: Path, data: Path):
    done = showrunner(data / "video" / "one_frame.mp4", "--only", "shots", "--json", home=home)
    assert done.returncode == 0, done.stderr
    assert {entry["asset"] for entry in json.loads(done.stdout)["artifacts"]} == {"source_video", "shots"}


def test_a_silent_film_has_its_sound_skipped_with_the_reason_and_is_no_failure(home: Path, data: Path):
    done = showrunner(data / "video" / "one_frame.mp4", "--json", home=home)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    of_sound = {"audio_track", "audio_features", "scenes", "speech"}
    assert {each["asset"] for each in report["skipped"]} == of_sound | (set(DEFAULT) - WHOLE)
    assert all("no sound" in each["why"] for each in report["skipped"])
    assert {e["asset"] for e in report["artifacts"]} == WHOLE - of_sound


def test_a_film_too_short_for_a_trailer_has_it_skipped_with_the_reason(made: dict):
    skipped = {each["asset"]: each["why"] for each in made["skipped"]}
    assert set(skipped) == set(DEFAULT) - WHOLE
    assert skipped.pop("transcript") == "nobody speaks in it."
    assert all("a trailer of 30 s is cut from 90 s or more" in why for why in skipped.values())


def test_a_broken_film_is_told_in_one_line_and_leaves_the_others_alone(home: Path, data: Path):
    done = showrunner(
        data / "broken" / "text_named.mp4", data / "video" / "one_frame.mp4", "--only", "shots", home=home
    )
    assert done.returncode == 1
    assert "text_named.mp4" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert "shots" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-such-film.mp4"], "is no file"),
        ([".", "--only", "shots"], "is no file"),
        (["{film}", "--only", "thumbnial/*"], "matches no asset"),
    ],
)
def test_unusable_arguments_exit_2_and_say_what_to_do(arguments: list[str], told: str, home: Path, data: Path):
    film = str(data / "video" / "one_frame.mp4")
    done = showrunner(*(argument.replace("{film}", film) for argument in arguments), home=home)
    assert done.returncode == 2
    assert told in done.stderr
