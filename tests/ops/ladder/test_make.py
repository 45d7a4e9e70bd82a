"""A ladder of a real trailer, held against what other readers say of it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from PIL import Image

from ops.errors import MediaError
from ops.ladder.choice import TOLERANCE
from ops.ladder.make import make_ladder
from ops.ladder.quality import Reference, frame_scores
from ops.ladder.read_back import read_back
from ops.ladder.rungs import Rung
from tests.ops.media.witness import count_frames, ffmpeg, look_at
from tests.support.ladders import LENGTH_S, FinishedLadder, excerpt, finished

FRAMES = 24 * LENGTH_S
MANIFESTS = {"HLS": "master.m3u8", "DASH": "manifest.mpd"}


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> FinishedLadder:
    return finished(data, tmp_path_factory)


@pytest.fixture(scope="module")
def upright(data: Path, tmp_path_factory: pytest.TempPathFactory) -> FinishedLadder:
    """Six seconds, upright, silent, at a rate that no second divides."""
    folder = tmp_path_factory.mktemp("upright")
    film = excerpt(data, folder / "film.mp4", filters="crop=304:540:488:90,fps=24000/1001", seconds=6, sound=False)
    (folder / "made").mkdir()
    return FinishedLadder(film, folder / "made", make_ladder(film, folder / "made"))


def playlist(made: FinishedLadder, name: str) -> str:
    return (made.folder / name).read_text()


def attributes(line: str) -> dict[str, str]:
    return {name: value.strip('"') for name, value in re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line)}


def test_every_rung_shows_every_frame_in_its_size_and_at_the_films_rate(made: FinishedLadder):
    assert [rung.name for rung in made.ladder.rungs] == ["480p", "360p"]
    for rung in made.ladder.rungs:
        seen = look_at(rung.track.path)
        assert (seen.width, seen.height) == (rung.choice.rung.width, rung.choice.rung.height)
        assert seen.pixel_format == "yuv420p"
        assert count_frames(rung.track.path) == FRAMES
        with av.open(str(rung.track.path)) as container:
            times = [frame.time for frame in container.decode(video=0)]
        assert times == pytest.approx([frame / 24 for frame in range(FRAMES)], abs=1e-6)


def test_vmaf_is_near_its_target_and_near_what_was_predicted(made: FinishedLadder):
    for rung in made.ladder.rungs:
        assert rung.why_off or abs(rung.vmaf - rung.choice.target) <= TOLERANCE
        assert rung.average_rate == pytest.approx(rung.choice.predicted_rate, rel=0.35)
        assert rung.worst_vmaf <= rung.vmaf <= rung.choice.ceiling + 1


def test_segments_begin_with_a_key_frame_at_the_same_frame_in_every_rung(made: FinishedLadder):
    starts = []
    for rung in made.ladder.rungs:
        with av.open(str(rung.track.path)) as container:
            stream = container.streams.video[0]
            base = Fraction(stream.time_base or 0)
            keys = [
                (packet.pts or 0) * base for packet in container.demux(stream) if packet.is_keyframe and packet.size
            ]
        starts.append([each.start for each in rung.track.segments])
        assert starts[-1] == keys
    assert starts[0] == starts[1] == [Fraction(2 * nth) for nth in range(8)]


def test_a_segment_and_its_header_decode_alone(made: FinishedLadder, tmp_path: Path):
    for track in (made.ladder.rungs[0].track, made.ladder.sounds[0].track):
        whole = track.path.read_bytes()
        segment = track.segments[3]
        piece = tmp_path / f"{track.path.stem}-3.mp4"
        piece.write_bytes(
            whole[: track.header_bytes] + whole[segment.offset : segment.offset + segment.size]
        )  # fmt: skip
        kind = "v" if track.width else "a"
        told = ffmpeg("-v", "error", "-xerror", "-i", piece, "-map", f"0:{kind}", "-f", "null", "-")
        assert told.stderr == b""
    assert count_frames(tmp_path / "video_480p-3.mp4") == 48


def test_the_master_playlist_tells_the_peak_and_the_average_of_what_lies_there(made: FinishedLadder):
    lines = playlist(made, "master.m3u8").splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    sounds = {told["GROUP-ID"]: told["URI"] for told in map(attributes, lines) if told.get("TYPE") == "AUDIO"}
    told_of = {lines[nth + 1]: attributes(line) for nth, line in enumerate(lines) if "STREAM-INF" in line}
    assert set(told_of) == {f"video_{each}.m3u8" for each in ("480p", "360p")}
    for name, told in told_of.items():
        peak = average = 0.0
        for part in (name, sounds[told["AUDIO"]]):
            sizes = [int(size) for size in re.findall(r"BYTERANGE:(\d+)@", playlist(made, part))]
            lengths = [float(length) for length in re.findall(r"EXTINF:([\d.]+)", playlist(made, part))]
            # 15 s in segments of 2: the last of 1 s is half a target, and no two go into one and a half
            peak += max(8 * size / length for size, length in zip(sizes, lengths, strict=True) if length >= 1)
            average += 8 * sum(sizes) / sum(lengths)
        assert int(told["BANDWIDTH"]) == pytest.approx(peak, abs=2)
        assert int(told["AVERAGE-BANDWIDTH"]) == pytest.approx(average, abs=2)
        assert told["FRAME-RATE"] == "24.000"
        seen = look_at(made.folder / name.replace("m3u8", "mp4"))
        assert told["RESOLUTION"] == f"{seen.width}x{seen.height}"


def test_codecs_are_those_of_the_streams_own_headers(made: FinishedLadder):
    for line in filter(lambda each: "STREAM-INF" in each, playlist(made, "master.m3u8").splitlines()):
        video, audio = attributes(line)["CODECS"].split(",")
        assert re.fullmatch(r"avc1\.6400[0-9A-F]{2}", video)
        assert audio == "mp4a.40.2"
    for rung in made.ladder.rungs:
        # the sequence parameter set as it lies in the stream: profile, constraints, level after its NAL byte
        annexb = ffmpeg(
            "-v", "error", "-i", rung.track.path, "-c", "copy", "-bsf", "h264_mp4toannexb", "-f", "h264", "-"
        )
        at = re.search(rb"\x00\x00\x01[\x27\x47\x67]", annexb.stdout)
        assert at is not None
        assert rung.track.codec == f"avc1.{annexb.stdout[at.end() : at.end() + 3].hex().upper()}"


def test_media_playlists_keep_the_rules_for_durations_and_ranges(made: FinishedLadder):
    for track in (*(rung.track for rung in made.ladder.rungs), *(sound.track for sound in made.ladder.sounds)):
        text = playlist(made, f"{track.path.stem}.m3u8")
        target = int(re.search(r"TARGETDURATION:(\d+)", text)[1])  # type: ignore[index]
        lengths = [float(length) for length in re.findall(r"EXTINF:([\d.]+)", text)]
        assert max(round(length) for length in lengths) <= target == 2
        assert sum(lengths) == pytest.approx(LENGTH_S, abs=0.05)
        ranges = [(int(size), int(at)) for size, at in re.findall(r"EXT-X-BYTERANGE:(\d+)@(\d+)", text)]
        for (size, at), (_, following) in pairwise(ranges):
            assert at + size == following
        assert sum(ranges[-1]) == track.path.stat().st_size
        assert text.endswith("#EXT-X-ENDLIST\n")


def test_the_dash_manifest_has_what_the_on_demand_profile_asks_and_leads_to_the_same_bytes(made: FinishedLadder):
    space = "{urn:mpeg:dash:schema:mpd:2011}"
    root = ElementTree.fromstring(playlist(made, "manifest.mpd"))
    assert root.get("profiles") == "urn:mpeg:dash:profile:isoff-on-demand:2011"
    assert (root.get("type"), root.get("mediaPresentationDuration")) == ("static", "PT15S")
    sets = root.findall(f"{space}Period/{space}AdaptationSet")
    assert [each.get("mimeType") for each in sets] == ["video/mp4", "audio/mp4"]
    assert all(each.get("subsegmentStartsWithSAP") == "1" == each.get("startWithSAP") for each in sets)
    for told in root.iter(f"{space}Representation"):
        name = told.findtext(f"{space}BaseURL") or ""
        content = (made.folder / name).read_bytes()
        base = told.find(f"{space}SegmentBase")
        assert base is not None
        first, last = map(int, (base.get("indexRange") or "").split("-"))
        assert content[first + 4 : first + 8] == b"sidx"
        assert int.from_bytes(content[first : first + 4], "big") == last - first + 1
        header = re.search(r'URI="[^"]*",BYTERANGE="(\d+)@0"', playlist(made, name.replace(".mp4", ".m3u8")))
        initialisation = base.find(f"{space}Initialization")
        assert header is not None and initialisation is not None
        assert initialisation.get("range") == f"0-{int(header[1]) - 1}"
        assert int(told.get("bandwidth") or 0) > 0 and told.get("codecs")


def test_players_readers_find_every_rung_and_sound_behind_both_manifests(made: FinishedLadder):
    table = read_back(made.ladder, {name: made.folder / file for name, file in MANIFESTS.items()})
    assert list(table["parses"]) == [True, True]
    assert list(table["rungs"]) == [2, 2]
    assert set(table["fewest_frames"]) | set(table["most_frames"]) == {FRAMES}
    assert list(table["sounds"]) == [2, 2]


def test_a_film_of_one_rung_has_one_sound_and_both_manifests_lead_to_it(data: Path, tmp_path: Path):
    film = excerpt(data, tmp_path / "film.mp4", filters="scale=640:360", seconds=4)
    (tmp_path / "made").mkdir()

    ladder = make_ladder(film, tmp_path / "made")

    table = read_back(ladder, {name: tmp_path / "made" / file for name, file in MANIFESTS.items()})
    assert len(ladder.rungs) == 1
    assert list(table["sounds"]) == list(table["sounds_expected"]) == [1, 1]
    assert [path.name for path in (tmp_path / "made").glob("sound_*.mp4")] == ["sound_high.mp4"]


def test_the_sound_is_the_films_own_and_stays_where_it_was(made: FinishedLadder):
    def samples(path: Path) -> np.ndarray:
        told = ffmpeg("-v", "error", "-i", path, "-map", "0:a", "-f", "f32le", "-ac", "1", "-ar", "48000", "-")
        return np.frombuffer(told.stdout, np.float32)

    own, (high, low) = samples(made.film), (samples(sound.track.path) for sound in made.ladder.sounds)
    length = min(len(own), len(high), len(low)) - 4096
    assert np.array_equal(own[4096:length], high[4096:length])
    window = own[48000 : 48000 * 9]
    lags = range(-2400, 2401, 12)
    alike = [float(np.dot(window, low[48000 + lag : 48000 + lag + len(window)])) for lag in lags]
    assert abs(lags[int(np.argmax(alike))]) <= 24  # half a millisecond


def test_vmaf_agrees_with_what_was_published_for_a_reference_pair(data: Path):
    """The pair and the mean are from Netflix/vmaf's own tests: 82.56; its frames are 576x324."""
    reference, distorted = (data / "video" / f"vmaf_src01_{kind}_576x324_10bit.mkv" for kind in ("ref", "dis"))
    (scores,) = frame_scores(Reference.whole(reference), [distorted], Rung(324, 576), every=1, timeout_s=60)
    assert len(scores) == 3
    assert np.mean(list(scores.values())) == pytest.approx(82.56, abs=1.0)


def test_the_poster_is_a_frame_with_something_to_see(made: FinishedLadder):
    with Image.open(made.folder / "poster.jpg") as opened:
        assert opened.size == (854, 480)
        luma = np.asarray(opened.convert("L"), float)
    assert luma.mean() > 30
    assert luma.std() > 20


def test_the_storyboard_shows_each_second_where_its_cues_say(made: FinishedLadder):
    text = playlist(made, "storyboard.vtt")
    cues = re.findall(r"(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)", text)
    assert text.startswith("WEBVTT\n\n")
    assert len(cues) == LENGTH_S
    assert (cues[0][0], cues[-1][1]) == ("00:00:00.000", "00:00:15.000")
    assert all(one[1] == other[0] for one, other in pairwise(cues))
    with Image.open(made.folder / "storyboard_0.jpg") as opened:
        sheet = opened.convert("RGB")
    with av.open(str(made.film)) as container:
        film = {
            nth: np.asarray(frame.to_image().resize((240, 134)), float)
            for nth, frame in enumerate(container.decode(video=0))
            if nth % 12 == 0
        }
    for second, (_, _, _, x, y, width, height) in enumerate(cues):
        box = (int(x), int(y), int(x) + int(width), int(y) + int(height))
        tile = np.asarray(sheet.crop(box), float)
        errors = {frame: np.abs(tile - picture).mean() for frame, picture in film.items()}
        assert errors[24 * second] < min(errors.values()) + 1.5


def test_an_upright_silent_film_keeps_its_shape_and_has_no_sound(upright: FinishedLadder):
    ladder = upright.ladder
    assert ladder.sounds == ()
    assert ladder.rate == Fraction(24000, 1001)
    assert (ladder.rungs[0].track.width, ladder.rungs[0].track.height) == (304, 540)
    assert "AUDIO" not in playlist(upright, "master.m3u8")
    assert 'contentType="audio"' not in playlist(upright, "manifest.mpd")
    assert [each.start for each in ladder.rungs[0].track.segments] == [
        Fraction(1001 * 48 * nth, 24000) for nth in range(3)
    ]


def test_the_same_film_gives_the_same_bytes(upright: FinishedLadder, tmp_path: Path):
    again = make_ladder(upright.film, tmp_path)
    assert set(again.files) == set(upright.ladder.files)
    for name, path in again.files.items():
        assert path.read_bytes() == upright.ladder.files[name].read_bytes(), name


def test_facts_are_told_as_json(made: FinishedLadder):
    told = json.loads(playlist(made, "ladder.json"))
    assert [rung["rung"] for rung in told["rungs"]] == ["480p", "360p"]
    assert told["duration_s"] == LENGTH_S


@pytest.mark.parametrize(
    ("name", "why"),
    [("sintel_first20s_vfr_360p.mp4", "varies"), ("pedestrians_interlaced_576i.mpg", "interlaced")],
)
def test_a_film_that_is_not_finished_is_refused_with_its_reason(data: Path, tmp_path: Path, name: str, why: str):
    with pytest.raises(MediaError, match=why):
        make_ladder(data / "video" / name, tmp_path)
