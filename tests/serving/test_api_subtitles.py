"""Subtitles over HTTP: which tracks players are given, and how people correct cues and name voices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
import webvtt

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.files.ass import write_ass
from ops.subtitles.files.srt import write_srt
from ops.subtitles.files.vtt import write_vtt
from resources.api_keys import Scope
from resources.ledger import Ledger, LedgerState, Showing
from resources.reviews import Question, Reviews, Verdict
from resources.store.model import ArtifactKey, MadeBy
from resources.store.opening import open_store
from resources.subtitles.corrections import Corrections
from resources.subtitles.speakers import SpeakerNames
from resources.work_orders import WorkOrders
from tests.serving.live import Live, open_live

ENGLISH = CueTrack(
    "eng_Latn",
    Fraction(24),
    (
        Cue(292, 345, ("What brings you to", "the land of the gatekeepers?"), ("S1",), sentences=("aaaaaaaaaaaa-0",)),
        Cue(447, 475, ("I'm searching for someone.",), ("S2",), sentences=("bbbbbbbbbbbb-0",)),
    ),
)
FRENCH = CueTrack(
    "fra_Latn", Fraction(24), (Cue(292, 345, ("Que viens-tu chercher ?",), sentences=("aaaaaaaaaaaa-0",)),)
)
SPEECH = {
    "turns": [
        {"start_s": 12.2, "end_s": 14.4, "speaker": "S1"},
        {"start_s": 18.6, "end_s": 19.8, "speaker": "S2"},
        {"start_s": 37.0, "end_s": 38.9, "speaker": "S1"},
    ],
    "names": {},
}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with open_live(tmp_path / "home") as opened:
        publish(opened, "transcript", {"transcript.json": {}}, quality={"language": "eng_Latn"})
        publish(opened, "speech", {"speech.json": SPEECH})
        publish_track(opened, ENGLISH, "en", Showing.PUBLISHED)
        publish_track(opened, FRENCH, "fr", Showing.DRAFT)
        publish_track(opened, CueTrack("fij_Latn", Fraction(24), FRENCH.cues), "fj", Showing.WITHHELD)
        yield opened


def publish(live: Live, asset: str, files: dict[str, object], *, quality=None) -> None:
    folder = live.settings.home / "staged" / asset
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content), newline="")
    key = ArtifactKey.of_asset("sintel", asset)
    staged = {name: folder / name for name in files}
    manifest = open_store(live.settings).publish(
        key, staged, made_by=MadeBy("1", "test"), inputs={}, quality={"checks": [], **(quality or {})}
    )
    Ledger(live.database).ready(key, input_hash="h", manifest=manifest)


def publish_track(live: Live, track: CueTrack, tag: str, showing: Showing) -> None:
    files = {
        f"{tag}.srt": write_srt(track),
        f"{tag}.vtt": write_vtt(track),
        f"{tag}.ass": write_ass(track, size=(1280, 720)),
        "cues.json": track.to_json(),
        "quality.json": {"showing": str(showing), "why": "", "corrections": {"applied": 0, "conflicts": []}},
    }
    hashes = {kind: sha256(str(files[f"{tag}.{kind}"]).encode()).hexdigest() for kind in ("srt", "vtt", "ass")}
    told = {"pass_rate": 0.9, "showing": str(showing), "files": hashes}
    publish(live, f"subtitles/{track.language}", files, quality=told)


def cues(live: Live, language: str = "eng_Latn") -> list[dict]:
    return live.get(f"/v1/titles/sintel/subtitles/{language}/cues").json()["cues"]


def state(live: Live, asset: str) -> str | None:
    row = Ledger(live.database).row(ArtifactKey.of_asset("sintel", asset))
    assert row is not None and row.state is LedgerState.READY
    return row.input_hash


def test_players_get_what_is_published_and_drafts_only_where_they_ask(live: Live):
    shown = live.get("/v1/titles/sintel/subtitles").json()["tracks"]
    drafts = live.get("/v1/titles/sintel/subtitles?drafts=true").json()["tracks"]

    assert [track["tag"] for track in shown] == ["en"]
    assert [track["tag"] for track in drafts] == ["en", "fr"]  # what is withheld is never listed
    assert shown[0]["spoken"] and not drafts[1]["spoken"]


def test_a_tracks_address_gives_its_cues_for_ever(live: Live, tmp_path: Path):
    track = live.get("/v1/titles/sintel/subtitles").json()["tracks"][0]

    answer = live.get(track["vtt"], key="")

    assert answer.headers["content-type"].startswith("text/vtt")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    (tmp_path / "en.vtt").write_bytes(answer.content)
    read = webvtt.read(str(tmp_path / "en.vtt"))
    assert [(cue.start, cue.end) for cue in read.captions] == [
        ("00:00:12.166", "00:00:14.375"),
        ("00:00:18.625", "00:00:19.791"),
    ]


def test_an_unchanged_answer_is_not_sent_again(live: Live):
    first = live.get("/v1/titles/sintel/subtitles")

    assert live.get("/v1/titles/sintel/subtitles", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_correction_is_kept_and_outdates_what_it_touches_alone(live: Live):
    first = cues(live, "fra_Latn")[0]
    wanted = {"cue": first["cue"], "base_text": first["text"], "text": "Que cherches-tu ici ?"}

    answer = live.post("/v1/titles/sintel/subtitles/fra_Latn/corrections", wanted)

    assert answer.status_code == 200 and answer.json()["changed"], answer.text
    assert state(live, "subtitles/fra_Latn") == ""  # to be made again
    assert state(live, "subtitles/eng_Latn") == "h" and state(live, "transcript") == "h"
    (kept,) = Corrections(live.database).of("sintel", "fra_Latn")
    assert (kept.text, kept.base_text, kept.who) == (wanted["text"], first["text"], "everything")
    assert not live.post("/v1/titles/sintel/subtitles/fra_Latn/corrections", wanted).json()["changed"]


def test_a_correction_of_what_is_spoken_outdates_the_transcript(live: Live):
    first = cues(live)[0]
    wanted = {"cue": first["cue"], "base_text": first["text"], "text": "What brings you here?"}

    assert live.post("/v1/titles/sintel/subtitles/eng_Latn/corrections", wanted).status_code == 200

    assert state(live, "transcript") == "" and state(live, "subtitles/eng_Latn") == ""
    assert state(live, "subtitles/fra_Latn") == "h"  # stale by its input once the transcript is made again


def test_a_correction_of_a_text_that_has_changed_is_a_conflict_and_shows_what_stands(live: Live):
    wanted = {"cue": cues(live)[0]["cue"], "base_text": "Something older.", "text": "Something new."}

    answer = live.post("/v1/titles/sintel/subtitles/eng_Latn/corrections", wanted)

    assert answer.status_code == 409 and "gatekeepers" in answer.json()["detail"]
    assert Corrections(live.database).of("sintel", "eng_Latn") == []


def test_a_correction_taken_back_outdates_again(live: Live):
    first = cues(live, "fra_Latn")[0]
    wanted = {"cue": first["cue"], "base_text": first["text"], "text": "Bonjour."}
    live.post("/v1/titles/sintel/subtitles/fra_Latn/corrections", wanted)

    gone = live.call("DELETE", f"/v1/titles/sintel/subtitles/fra_Latn/corrections/{first['cue']}")

    assert gone.json() == {"forgotten": 1}
    assert Corrections(live.database).of("sintel", "fra_Latn") == []


def test_a_voice_keeps_the_name_that_a_person_gives_it(live: Live):
    named = live.call("PUT", "/v1/titles/sintel/speakers/S1", json={"name": "Shaman"})

    assert named.json() == {"speaker": "S1", "name": "Shaman", "seconds": pytest.approx(4.1)}
    assert SpeakerNames(live.database).of("sintel") == {"Shaman": [(12.2, 14.4), (37.0, 38.9)]}
    assert state(live, "speech") == ""
    assert live.call("PUT", "/v1/titles/sintel/speakers/S9", json={"name": "Nobody"}).status_code == 404


def test_who_may_fetch_tracks_may_not_correct_them(live: Live):
    reader = live.new_key(Scope.THUMBNAILS)

    assert live.get("/v1/titles/sintel/subtitles", key=reader).status_code == 200
    assert live.get("/v1/titles/sintel/subtitles/eng_Latn/cues", key=reader).status_code == 403
    assert live.get("/v1/titles/nobody/subtitles", key=reader).status_code == 404


def test_a_person_who_has_read_all_cues_may_have_them_shown(live: Live):
    said = live.post("/v1/titles/sintel/subtitles/fra_Latn/approve", {"note": "Read on the train."})

    assert said.status_code == 200, said.text
    assert state(live, "subtitles/fra_Latn") == ""  # made again, and shown then
    verdicts = Reviews(live.database).verdicts("sintel", Question.SUBTITLES)
    assert list(verdicts.values()) == [Verdict.APPROVED]
    assert [batch.artifacts for batch in WorkOrders(live.database).batch(10, 10)] == [("subtitles/fra_Latn",)]


def test_what_speaks_of_another_language_is_given_out_no_more(live: Live):
    Ledger(live.database).hide("sintel", "subtitles", "ita_Latn is spoken")

    assert live.get("/v1/titles/sintel/subtitles?drafts=true").json()["tracks"] == []
