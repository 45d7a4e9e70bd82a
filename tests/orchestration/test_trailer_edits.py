"""`showrunner make --edl`: which trailer an edit is of, and what is told of arguments that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import opentimelineio as otio
import pytest

from ops.errors import MediaError, UsageError
from orchestration.cli import main
from orchestration.handing_in import OWN_EDIT, hand_in, named_cut
from orchestration.ingest import deliver
from resources.handed_edits import HandedEdits
from resources.ledger import LedgerRow
from resources.store.model import ArtifactKey
from resources.studio import Studio
from tests.resources.test_ledger import manifest


def otio_of(path: Path, cut: object) -> Path:
    path.write_text(json.dumps({"OTIO_SCHEMA": "Timeline.1", "metadata": {"showrunner": {"cut": cut}}}))
    return path


def test_the_one_trailer_that_is_asked_for_is_meant(tmp_path: Path) -> None:
    edit = str(otio_of(tmp_path / "edit.otio", "trailer_30"))
    assert named_cut(edit, ["source_video", "trailer/teaser_15"]) == "teaser_15"
    assert named_cut(OWN_EDIT, ["trailer/teaser_15"]) == "teaser_15"


def test_else_the_one_that_the_file_names(tmp_path: Path) -> None:
    edit = str(otio_of(tmp_path / "edit.otio", "trailer_30"))
    assert named_cut(edit, []) == "trailer_30"
    assert named_cut(edit, ["trailer/teaser_15", "trailer/trailer_30"]) == "trailer_30"


@pytest.mark.parametrize(
    ("cut", "wanted", "told"),
    [
        ("epic_90", [], "does not tell which trailer"),
        (None, [], "does not tell which trailer"),
        ({"a": 1}, [], "does not tell which trailer"),
        ("trailer_30", ["trailer/teaser_15", "trailer/trailer_60"], "does not tell which trailer"),
        ("trailer_30", ["shots"], "is an edit of a trailer"),
    ],
)
def test_an_edit_of_no_trailer_is_refused_with_what_to_add(
    tmp_path: Path, cut: object, wanted: list[str], told: str
) -> None:
    with pytest.raises(UsageError, match=told) as error:
        named_cut(str(otio_of(tmp_path / "edit.otio", cut)), wanted)
    assert "--only trailer/<cut>" in str(error.value)


@pytest.fixture
def files(tmp_path: Path, data: Path) -> dict[str, Path]:
    """What arguments speak of."""
    binary = tmp_path / "binary.otio"
    binary.write_bytes(b"\xff\xfe\x00\x80")
    return {
        "{film}": data / "video" / "one_frame.mp4",
        "{folder}": tmp_path,
        "{edit}": otio_of(tmp_path / "edit.otio", "teaser_15"),
        "{unnamed}": otio_of(tmp_path / "unnamed.otio", None),
        "{binary}": binary,
    }


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["{film}", "--edl", "nowhere.otio"], 2, "nowhere.otio: is no file. Give the path of an .otio file, or auto."),
        (["{film}", "--edl", "{folder}"], 2, "is no file"),
        (["{film}", "{film}", "--edl", "{edit}"], 2, "is an edit of one film"),
        (["{film}", "--edl", "auto"], 2, "does not tell which trailer it is an edit of"),
        (["{film}", "--edl", "{unnamed}"], 2, "does not tell which trailer it is an edit of"),
        (["{film}", "--edl", "{edit}", "--only", "shots"], 2, "is an edit of a trailer"),
        (["{film}", "--edl", "{edit}", "--only", "trailer/*_15", "--only", "trailers"], 2, "matches no asset"),
        (["{film}", "--edl", "{binary}"], 1, "cannot be read as OpenTimelineIO"),
    ],
)
def test_unusable_edits_are_told_before_anything_is_made(
    arguments: list[str], code: int, told: str, files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    home = files["{folder}"] / "home"

    done = main(["make", *(str(files.get(each, each)) for each in arguments), "--home", str(home)])

    said = capsys.readouterr()
    assert (done, said.out) == (code, "")
    assert told in said.err and "Traceback" not in said.err
    assert not (home / "store").exists()


def test_an_edit_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.otio"
    with path.open("wb") as out:
        out.truncate((16 << 20) + 1)
    with pytest.raises(MediaError, match="too large"):
        named_cut(str(path), [])


def timeline(path: Path, frames: int) -> Path:
    """A timeline of one shot, as any tool writes one."""
    lasts = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(frames, 24))
    shot = otio.schema.Clip("shot", otio.schema.ExternalReference("film.mp4"), lasts)
    track = otio.schema.Track("picture", [shot], kind=otio.schema.TrackKind.Video)
    made = otio.schema.Timeline(path.stem)
    made.tracks.append(track)
    otio.adapters.write_to_file(made, str(path), adapter_name="otio_json")
    return path


@pytest.fixture
def title(studio: Studio, instance: dg.DagsterInstance, data: Path) -> str:
    """A title whose trailers nobody made yet."""
    return deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title


def test_the_newest_edit_of_each_cut_stands_until_it_is_taken_back(studio: Studio, title: str, tmp_path: Path) -> None:
    edits = HandedEdits(studio.database)
    first, second = (timeline(tmp_path / f"{name}.otio", frames) for name, frames in (("first", 24), ("second", 48)))
    hand_in(title, "teaser_15", str(first), studio)
    hand_in(title, "trailer_30", str(first), studio)
    hand_in(title, "teaser_15", str(second), studio)

    standing = edits.of(title, "teaser_15")
    assert standing is not None and (standing.name, standing.otio) == ("second.otio", second.read_text())
    assert standing.master == studio.catalogue.master(title).sha256

    hand_in(title, "teaser_15", OWN_EDIT, studio)
    hand_in(title, "teaser_15", OWN_EDIT, studio)  # nothing is left to take back
    assert edits.of(title, "teaser_15") is None
    assert edits.of(title, "trailer_30") is not None
    assert studio.ledger.row(ArtifactKey(title, "trailer", "teaser_15")) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no OpenTimelineIO file"),
        ('{"OTIO_SCHEMA": "Clip.1"}', "holds no timeline"),
        ('{"OTIO_SCHEMA": "Timeline.1"}', "is no OpenTimelineIO file"),
    ],
)
def test_garbage_never_takes_the_place_of_an_edit_that_stands(
    studio: Studio, title: str, tmp_path: Path, text: str, told: str
) -> None:
    good, bad = timeline(tmp_path / "good.otio", 24), tmp_path / "bad.otio"
    bad.write_text(text)
    hand_in(title, "teaser_15", str(good), studio)

    with pytest.raises(MediaError, match=told):
        hand_in(title, "teaser_15", str(bad), studio)

    standing = HandedEdits(studio.database).of(title, "teaser_15")
    assert standing is not None and standing.name == "good.otio"


@pytest.mark.parametrize("state", ["ready", "skipped", "held", "failed", "making"])
def test_whatever_became_of_a_trailer_an_edit_makes_it_stale_and_so_does_taking_it_back(
    studio: Studio, title: str, tmp_path: Path, state: str
) -> None:
    key, ledger = ArtifactKey(title, "trailer", "teaser_15"), studio.ledger

    def reach() -> None:
        ledger.start(key, input_hash="i1")
        match state:
            case "ready":
                ledger.ready(key, input_hash="i1", manifest=manifest(key))
            case "skipped":
                ledger.skipped(key, input_hash="i1", why="too short")
            case "held":
                ledger.held(key, "a gate", place="held/1")
            case "failed":
                ledger.failed(key, "no")

    for edit in (str(timeline(tmp_path / "edit.otio", 24)), OWN_EDIT):
        reach()
        hand_in(title, "teaser_15", edit, studio)
        row = ledger.row(key)
        assert row is not None
        assert (row.state.value, row.tried_hash, row.failures) == (state, None, 0)
        assert row.input_hash != "i1" and ledger.unchanged(key, "i1") is None


@pytest.mark.parametrize("ends", ["ready", "skipped"])
def test_a_trailer_that_was_being_made_when_an_edit_came_is_stale_once_it_is_made(
    studio: Studio, title: str, tmp_path: Path, ends: str
) -> None:
    key, ledger = ArtifactKey(title, "trailer", "teaser_15"), studio.ledger
    ledger.start(key, input_hash="i1")
    hand_in(title, "teaser_15", str(timeline(tmp_path / "edit.otio", 24)), studio)

    def end() -> LedgerRow:
        if ends == "ready":
            ledger.ready(key, input_hash="i1", manifest=manifest(key))
        else:
            ledger.skipped(key, input_hash="i1", why="too short")
        row = ledger.row(key)
        assert row is not None and row.state.value == ends
        return row

    assert end().input_hash == ""
    ledger.start(key, input_hash="i1")  # the making that has the edit
    assert end().input_hash == "i1"
