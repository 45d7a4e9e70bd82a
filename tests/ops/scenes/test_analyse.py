"""The whole analysis on films whose scenes are known, and on films that lack something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.errors import StoreError
from ops.scenes.analyse import Judges, analyse_scenes
from ops.scenes.model import COLUMNS, CURVES, SceneAnalysis
from ops.scenes.timeline import draw_scene_timeline
from resources.models.aesthetics import StillAesthetics
from tests.ops.audio.sounds import write_wave
from tests.ops.scenes.films import Take, assembled, known_of

JFK, RAIN, VIBE = "jfk_inaugural_11s.flac", "rain_20s.mp3", "vibe_ace.ogg"
PLACES = (
    (
        Take("pedestrians_interlaced_576i.mpg", 0, 3, RAIN),
        Take("pedestrians_interlaced_576i.mpg", 3, 3, RAIN, 3, (0.1, 0.2, 0.7)),
        Take("pedestrians_interlaced_576i.mpg", 0, 3, RAIN, 6, (0.25, 0.1, 0.7)),
    ),
    (Take("big_buck_bunny_0_30_720p.webm", 8.0, 4), Take("big_buck_bunny_0_30_720p.webm", 12.0, 3)),
    (
        Take("seeking_720x480.mp4", 0, 3, JFK),
        Take("seeking_720x480.mp4", 3, 2.5, JFK, 3, (0.1, 0.1, 0.75)),
        Take("seeking_720x480.mp4", 1, 3, JFK, 6),
    ),
    (Take("chaplin_640x360.mp4", 0, 4), Take("chaplin_640x360.mp4", 5, 4, part=(0.2, 0.1, 0.7))),
)


def analysed(film: Path, folder: Path, *, track: Path | None = None) -> SceneAnalysis:
    return analyse_scenes(film, known_of(film, folder, track=track), Judges(StillAesthetics()), folder=folder)


def silence(folder: Path, seconds: float) -> Path:
    return write_wave(folder / "silence.wav", np.zeros((round(seconds * 16_000), 1), np.int16), 16_000)


@pytest.fixture(scope="module")
def visit(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[SceneAnalysis, Path]:
    """A film of four places, and the folder it was analysed in."""
    folder = tmp_path_factory.mktemp("places")
    film = assembled(folder / "film.mkv", data, [take for place in PLACES for take in place])
    return analysed(film, folder), folder


def test_the_scenes_of_a_film_of_known_places_are_found(visit: tuple[SceneAnalysis, Path]):
    found, _ = visit
    lengths = [sum(take.length_s for take in place) for place in PLACES]
    wanted = np.cumsum(lengths)[:-1]

    scenes, starts = found.column("scene"), found.column("start_s")
    begun = starts[1:][np.diff(scenes) > 0]

    assert all(np.abs(begun - each).min() < 0.15 for each in wanted)
    assert len(begun) <= len(wanted) + 1


def test_every_number_is_on_its_scale_and_the_curves_cover_the_film(visit: tuple[SceneAnalysis, Path]):
    found, _ = visit

    assert found.numbers.shape[1] == len(COLUMNS)
    assert np.isfinite(found.numbers).all()
    assert set(found.curves) == set(CURVES)
    assert {len(curve) for curve in found.curves.values()} == {int(np.ceil(found.duration_s / found.step_s - 1e-6))}
    for name in ("speech", "music", "arousal", "brightness", "aesthetics", "stillness", "darkness", "highlight"):
        assert 0 <= found.column(name).min() <= found.column(name).max() <= 1


def test_what_is_seen_and_heard_is_what_was_put_there(visit: tuple[SceneAnalysis, Path]):
    found, _ = visit
    starts, lengths = found.column("start_s"), [sum(take.length_s for take in place) for place in PLACES]
    place = np.searchsorted(np.cumsum(lengths), starts + 0.2, side="right")

    action = [float(found.column("action")[place == nth].mean()) for nth in range(4)]
    speech = [float(found.column("speech")[place == nth].mean()) for nth in range(4)]
    colourful = [float(found.column("colourfulness")[place == nth].mean()) for nth in range(4)]
    assert action[2] > 4 * action[0]  # people run; people walk in the distance
    assert speech[2] > 0.6 > speech[1]
    assert colourful[3] < 5 < colourful[1]  # Chaplin is black and white
    said = [line for line in found.lines if place[line.shot] == 2]
    assert len(said) >= 2
    assert all(line.end_s - line.start_s < 7.1 for line in found.lines)


def test_shots_of_one_place_are_more_alike_than_those_of_two(visit: tuple[SceneAnalysis, Path]):
    found, _ = visit
    shots = np.arange(len(found))

    alike = found.likeness(shots[:, None], shots[None])

    assert alike == pytest.approx(alike.T, abs=1e-6)
    assert np.diag(alike) == pytest.approx(1, abs=1e-3)
    assert 0 <= alike.min() <= alike.max() <= 1.001
    assert float(found.likeness(0, 2)) > float(found.likeness(0, len(found) - 1))


def test_what_was_saved_is_read_back(visit: tuple[SceneAnalysis, Path], tmp_path: Path):
    found, _ = visit
    found.save(tmp_path / "one.npz")
    found.save(tmp_path / "other.npz")

    again = SceneAnalysis.load(tmp_path / "one.npz")

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()
    assert np.array_equal(again.numbers, found.numbers) and np.array_equal(again.embedding, found.embedding)
    assert (again.lines, dict(again.engines), again.step_s) == (found.lines, dict(found.engines), found.step_s)
    assert all(np.array_equal(again.curves[name], found.curves[name]) for name in CURVES)


def test_a_file_that_is_no_analysis_is_told(tmp_path: Path):
    (tmp_path / "scenes.npz").write_bytes(b"nothing")

    with pytest.raises(StoreError, match="Make the scenes artifact again"):
        SceneAnalysis.load(tmp_path / "scenes.npz")


def test_the_timeline_is_a_picture_and_the_same_for_the_same_film(visit: tuple[SceneAnalysis, Path]):
    import io

    from PIL import Image

    found, folder = visit
    keyframes = known_keyframes(folder, len(found))

    first, second = (draw_scene_timeline(found, keyframes, folder) for _ in range(2))

    assert first == second
    with Image.open(io.BytesIO(first)) as picture:
        assert picture.size == (1800, 1440)
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 5_000  # keyframes are in it


def known_keyframes(folder: Path, shots: int):
    from ops.keyframes.model import Keyframe, KeyframeSet

    return KeyframeSet(
        tuple(
            Keyframe(place, place, float(place), place, f"keyframe_{place}.jpg", 1, 1, 0, 0, 1)
            for place in range(shots)
        )
    )


def test_a_film_of_one_picture_and_no_sound_is_analysed(data: Path, tmp_path: Path):
    found = analysed(data / "video" / "one_frame.mp4", tmp_path, track=silence(tmp_path, 0.5))

    assert len(found) == found.scene_count == 1
    assert found.lines == ()
    assert np.isfinite(found.numbers).all()
    assert draw_scene_timeline(found, known_keyframes(tmp_path, 1), tmp_path)


def test_a_film_of_variable_rate_keeps_its_times(data: Path, tmp_path: Path):
    found = analysed(data / "video" / "sintel_first20s_vfr_360p.mp4", tmp_path, track=silence(tmp_path, 20))

    starts = found.column("start_s")
    assert np.abs(starts - 13.917).min() < 0.01  # the cut that the ground truth has
    assert found.duration_s == pytest.approx(20, abs=0.1)
    assert set(np.diff(found.column("scene"))) <= {0, 1}
    assert (found.column("arousal") == 0).all()


def test_a_film_that_begins_late_counts_from_its_first_picture(data: Path, tmp_path: Path):
    found = analysed(data / "broken" / "start_offset_5s.mp4", tmp_path, track=silence(tmp_path, 2))

    assert found.column("start_s")[0] == 0
    assert found.duration_s == pytest.approx(2, abs=0.1)
    assert (found.column("steady_end_s") <= found.column("end_s") + 1e-4).all()
