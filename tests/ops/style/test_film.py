"""Whole films through looks: every frame at its time, every sound to the packet, whatever the film is."""

from __future__ import annotations

import json
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from ops.errors import MediaError, UsageError
from ops.media.probe import probe
from ops.style.catalogue import house_styles
from ops.style.film import MOST_AT_ONCE, RenderedFilm, Wanted, render_film, render_films
from ops.style.film_inspection import inspect_rendition
from ops.style.film_pictures import draw_flicker, strip
from ops.style.film_source import size_of
from ops.style.model import Look, Recipe, look_of
from ops.style.runtime import Styler
from tests.ops.media.witness import ffmpeg, look_at


def look(style: str = "noir", **recipe: float) -> Look:
    return look_of([(Recipe(style, **recipe), 1.0)], house_styles())  # pyright: ignore[reportArgumentType]


def rendered(source: Path, folder: Path, **more: object) -> RenderedFilm:
    return render_film(source, folder / "film.mp4", look(), house_styles(), preset="ultrafast", **more)  # pyright: ignore[reportArgumentType]


def packets(path: Path, kind: str) -> list[list[bytes]]:
    """What is in each stream of a kind, packet for packet."""
    with av.open(str(path)) as container:
        streams = [each for each in container.streams if each.type == kind]
        found: dict[int, list[bytes]] = {each.index: [] for each in streams}
        for packet in container.demux(streams) if streams else ():
            if packet.size:
                found[packet.stream_index].append(bytes(packet))
        return list(found.values())


def times(path: Path) -> list[Fraction]:
    with av.open(str(path)) as container:
        film = container.streams.video[0]
        shown = [(each.pts or 0) * Fraction(each.time_base) for each in container.demux(film) if each.size]
        return [time - min(shown) for time in sorted(shown)]


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def sintel(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of Sintel with two sounds in two languages, two subtitles, chapters and a name."""
    folder = tmp_path_factory.mktemp("sintel")
    source = data / "video" / "sintel_360p_two_subtitles_chapters.mkv"
    path = folder / "sintel.mkv"
    ffmpeg(
        "-ss", "10", "-t", "1", "-i", source, "-map", "0:v", "-map", "0:a", "-map", "0:a", "-map", "0:s?",
        "-vf", "scale=160:90", "-c:v", "libx264", "-preset", "ultrafast", "-c:a:0", "aac", "-c:a:1", "flac",
        "-c:s", "copy", "-metadata", "title=Sintel", "-metadata:s:a:1", "language=deu", path,
    )  # fmt: skip
    return path


ODD = [
    "bikes_rotate90_metadata.mp4",
    "bikes_anamorphic_sar2_320x272.mp4",
    "bikes_odd_dimensions_427x181_yuv444.mp4",
    "bikes_hevc_10bit.mp4",
    "pedestrians_interlaced_576i.mpg",
    "sintel_first20s_vfr_360p.mp4",
    "newtons_cradle_200x150.gif",
    "one_frame.mp4",
]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_film_keeps_its_frames_their_times_and_its_shape_upright_in_square_pixels(
    data: Path, tmp_path: Path, name: str
):
    short = tmp_path / f"short{Path(name).suffix}"
    copied = ffmpeg("-t", "0.6", "-i", data / "video" / name, "-c", "copy", short, check=False)
    source = short if copied.returncode == 0 and name != "newtons_cradle_200x150.gif" else data / "video" / name
    shown = probe(source).video
    assert shown is not None

    film = rendered(source, tmp_path, height=96)

    made = look_at(film.path)
    assert (made.codec, made.pixel_format, made.rotation, made.interlaced) == ("h264", "yuv420p", 0, False)
    assert abs(made.width - shown.width * made.height / shown.height) <= 1.01
    assert times(film.path) == times(source)


def test_all_sounds_subtitles_chapters_and_names_come_along_to_the_packet(sintel: Path, tmp_path: Path):
    film = rendered(sintel, tmp_path)
    assert film.path.suffix == ".mkv", "SubRip cannot go into MP4"
    for kind in ("audio", "subtitle"):
        assert packets(film.path, kind) == packets(sintel, kind) != []
    before, after = probe(sintel), probe(film.path)
    assert [each.language for each in after.audio] == [each.language for each in before.audio]
    assert after.chapters == before.chapters
    with av.open(str(film.path)) as container:
        assert container.metadata["title"] == "Sintel"


def test_sound_stays_as_far_from_its_pictures_as_it_was(data: Path, tmp_path: Path):
    source = tmp_path / "late.mp4"
    clip = data / "video" / "sintel_portrait_270x480.mp4"
    ffmpeg("-t", "1", "-i", clip, "-itsoffset", "0.25", "-t", "0.7", "-i", clip, "-map", "0:v", "-map", "1:a",
           "-vf", "scale=54:96", "-c:a", "copy", source)  # fmt: skip
    facts = inspect_rendition(source, rendered(source, tmp_path)).facts
    assert (facts["sounds"], facts["sounds_same"]) == (1, True)
    assert facts["sync_off_s"] < 1e-4
    assert abs(facts["length_off_s"]) < 0.001


def test_several_looks_from_one_decode_are_what_each_is_alone(sintel: Path, tmp_path: Path):
    looks = [look("noir"), look("pastel")]
    together = render_films(
        sintel, [Wanted(tmp_path / f"{n}.mp4", each) for n, each in enumerate(looks)], house_styles()
    )
    for number, each in enumerate(looks):
        alone = render_film(sintel, tmp_path / f"alone{number}.mp4", each, house_styles())
        assert np.array_equal(pictures(alone.path), pictures(together[number].path))
    assert not np.array_equal(pictures(together[0].path), pictures(together[1].path))


def test_a_look_of_no_strength_is_the_film_itself(sintel: Path, tmp_path: Path):
    film = render_film(sintel, tmp_path / "film.mp4", look(strength=0.0), house_styles(), crf=1)
    for before, after in zip(pictures(sintel), pictures(film.path), strict=True):
        assert np.abs(before.astype(int) - after).mean() < 1.5


def test_pictures_are_tagged_as_what_they_are(sintel: Path, tmp_path: Path):
    told = ffmpeg("-i", rendered(sintel, tmp_path).path, check=False).stderr.decode()
    assert "yuv420p(tv, bt709" in told


def test_shots_are_told_to_the_look(sintel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen = []
    real = Styler.__call__

    def noted(self, frame, tick):
        seen.append((tick.frame, tick.cut))
        return real(self, frame, tick)

    monkeypatch.setattr(Styler, "__call__", noted)
    rendered(sintel, tmp_path, cuts=[3, 7])
    assert [frame for frame, cut in seen if cut] == [3, 7]
    assert [frame for frame, _ in seen] == list(range(len(seen)))


def test_the_same_film_and_look_make_the_same_file(sintel: Path, tmp_path: Path):
    files = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        files.append(rendered(sintel, tmp_path / name).path.read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("name", ["truncated.mp4", "zero.mp4", "text.mp4"])
def test_a_broken_film_is_refused_in_words_and_leaves_nothing_behind(data: Path, tmp_path: Path, name: str):
    source = tmp_path / name
    whole = (data / "video" / "one_frame.mp4").read_bytes()
    source.write_bytes({"truncated.mp4": whole[: len(whole) // 2], "zero.mp4": b"", "text.mp4": b"no film"}[name])
    before = threading.active_count()
    with pytest.raises(MediaError, match=name):
        rendered(source, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [source]
    assert threading.active_count() == before


def test_a_film_in_high_dynamic_range_is_refused_in_words(data: Path, tmp_path: Path):
    source = tmp_path / "hdr.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=c=gray:s=64x64:d=0.2", "-pix_fmt", "yuv420p10le", "-c:v", "libx265",
           "-x265-params", "log-level=0:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", source)  # fmt: skip
    with pytest.raises(MediaError, match=r"PQ.*standard dynamic range"):
        rendered(source, tmp_path)


@pytest.mark.parametrize("failing", ["_style", "_encode"])
def test_a_failure_in_any_thread_ends_all_and_is_told_as_it_is(
    sintel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
):
    def fail(*_: object) -> None:
        raise MediaError("the disk is full", where="here")

    monkeypatch.setattr(f"ops.style.film._Line.{failing}", fail)
    before = threading.active_count()
    with pytest.raises(MediaError, match="the disk is full"):
        rendered(sintel, tmp_path)
    assert threading.active_count() == before
    assert list(tmp_path.iterdir()) == []


def test_more_looks_than_memory_is_planned_for_are_refused(sintel: Path, tmp_path: Path):
    wanted = [Wanted(tmp_path / f"{n}.mp4", look()) for n in range(MOST_AT_ONCE + 1)]
    with pytest.raises(UsageError, match="at once"):
        render_films(sintel, wanted, house_styles())


@pytest.mark.parametrize(
    ("stored", "height", "size"),
    [((640, 360), None, (640, 360)), ((427, 181), None, (428, 182)), ((1920, 1080), 540, (960, 540)),
     ((640, 360), 1080, (640, 360)), ((9, 9), None, (16, 16))],
)  # fmt: skip
def test_sizes_are_even_in_the_films_shape_and_never_larger(data: Path, stored, height, size):
    from dataclasses import replace

    video = probe(data / "video" / "one_frame.mp4").video
    assert video is not None
    assert size_of(replace(video, width=stored[0], height=stored[1]), height) == size


def test_an_inspection_finds_what_is_missing_late_or_another_sound(sintel: Path, data: Path, tmp_path: Path):
    from dataclasses import replace

    film = rendered(sintel, tmp_path)
    good = inspect_rendition(sintel, film)
    assert good.facts["frames"] == good.facts["frames_expected"]
    assert (good.facts["off_s"], good.facts["sounds_same"]) == (0.0, True)
    json.dumps(good.facts)
    assert len(good.table()) == 1

    other = tmp_path / "other.mkv"
    ffmpeg("-i", film.path, "-t", "0.5", "-map", "0:v", "-map", "0:a:0", "-c:v", "copy", "-af", "volume=0.5", other)
    found = inspect_rendition(sintel, replace(film, path=other)).facts
    assert found["frames"] < found["frames_expected"]
    assert (found["sounds"], found["sounds_same"], found["subtitles"]) == (1, False, 0)


def test_pictures_of_a_rendition_are_pictures(sintel: Path, tmp_path: Path):
    found = inspect_rendition(sintel, rendered(sintel, tmp_path))
    for png in (strip(found.moments), draw_flicker(found.changes, title="noir")):
        assert png.startswith(b"\x89PNG")
    frames = [each.frame for each in found.changes]
    assert len(set(frames)) == len(frames) > 0
