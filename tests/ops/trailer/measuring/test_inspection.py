"""Every blocking check of a trailer can fail: one fault at a time in a finished one is told by its own check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assets.checks.tables import run_checks
from ops.trailer.editing.editor import edit
from ops.trailer.editing.moments import spoiler_frame
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Clip
from ops.trailer.finish import Materials, finish
from ops.trailer.measuring.inspection import Demands, Inspection, inspect
from ops.trailer.picture.cache import PieceCache
from ops.trailer.picture.encoder import Encoder
from ops.trailer.soundtrack import FilmSound, SoundRole
from tests.ops.media.witness import ffmpeg
from tests.ops.trailer.editing.briefs import brief_for
from tests.support.analysed_film import AnalysedFilm, analysed_film

X264 = (
    "-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-profile:v", "high", "-g", "48", "-flags", "+cgop",
    "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
    "-color_range", "tv",
)  # fmt: skip
COPIED = ("-c:v", "copy", "-c:a", "copy")
FIRST = ("-movflags", "+faststart")


@dataclass(frozen=True)
class Finished:
    """A trailer with everything that it is inspected by."""

    made: AnalysedFilm
    edl: EditDecisionList
    path: Path
    demands: Demands

    def inspected(
        self, path: Path | None = None, *, edl: EditDecisionList | None = None, demands: Demands | None = None
    ) -> Inspection:
        return inspect(
            path or self.path,
            edl or self.edl,
            demands or self.demands,
            film=self.made.film.path,
            track=self.made.track,
            analysis=self.made.analysis,
        )


def failed(seen: Inspection) -> set[str]:
    return {outcome.name for outcome in run_checks("trailer", seen.table()) if not outcome.passed}


@pytest.fixture(scope="module")
def finished(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    made = analysed_film(data, tmp_path_factory)
    edl = edit(made.analysis, brief_for(made.analysis, "teaser_15", "drama"))
    folder = tmp_path_factory.mktemp("finished")
    materials = Materials(made.film.path, made.track)
    done = finish(edl, materials, folder, pieces=PieceCache(folder / "pieces"), encoder=Encoder.X264)
    assert any(sound.role is SoundRole.DIALOGUE for sound in edl.sounds)
    return Finished(made, done.edl, done.path, Demands(15, spoiler_frame(made.analysis, edl.rate), frozenset()))


@pytest.fixture(scope="module")
def seen(finished: Finished) -> Inspection:
    return finished.inspected()


def test_a_trailer_as_the_house_makes_it_passes_every_check(seen: Inspection) -> None:
    assert failed(seen) == set()
    assert seen.beats_by == "ear" and seen.heard_beat_error_frames == seen.beat_error_frames
    assert seen.to_json()["beats_by"] == "ear" and seen.to_json()["sound_note"] == ""
    assert abs(seen.loudness_lufs + 14) <= 0.5 and seen.peak_dbtp <= -1.0
    assert seen.frame_offset == 0 and abs(seen.offset_ms) < 5
    assert seen.music == "synthesised" and seen.traits["lines"] == str(seen.lines) and 0 < seen.score <= 1


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ((*X264, "-c:a", "copy", *FIRST), set()),  # coded again as it should be: no fault
        (("-c:v", "mpeg4", "-q:v", "2", "-c:a", "copy", *FIRST), {"codecs_conform"}),
        (COPIED, {"codecs_conform"}),  # the index behind the media
        ((*COPIED[:2], "-af", "volume=-3dB", "-c:a", "aac", "-b:a", "192k", *FIRST), {"loudness_on_target"}),
        (
            (*COPIED[:2], "-af", "volume=3dB", "-c:a", "aac", "-b:a", "192k", *FIRST),
            {"loudness_on_target", "peaks_below_limit"},
        ),
    ],
    ids=["none", "mpeg4", "index last", "softer", "louder"],
)
def test_a_fault_of_the_file_fails_its_own_check(
    finished: Finished, tmp_path: Path, arguments: tuple[str, ...], wrong: set[str]
) -> None:
    out = tmp_path / "trailer.mp4"
    ffmpeg("-i", finished.path, *arguments, out)
    assert failed(finished.inspected(out)) == wrong


@pytest.mark.parametrize(
    "fault",
    ["drawbox=t=fill:c=black:enable='between(t,4,5.2)'", "select='not(between(t,4.02,5.2))',fps=24"],
    ids=["black", "frozen"],
)
def test_a_black_or_frozen_stretch_is_seen(finished: Finished, tmp_path: Path, fault: str) -> None:
    out = tmp_path / "trailer.mp4"
    ffmpeg("-i", finished.path, "-vf", fault, *X264, "-c:a", "copy", *FIRST, out)
    seen = finished.inspected(out)
    assert "no_black_or_frozen_stretch" in failed(seen) <= {"no_black_or_frozen_stretch", "frames_exact"}
    assert any(flaw.start <= 4.7 * 24 <= flaw.end for flaw in seen.flaws)


def test_sound_that_is_60_ms_late_is_heard(finished: Finished, tmp_path: Path) -> None:
    out = tmp_path / "trailer.mp4"
    ffmpeg(
        "-i", finished.path, "-itsoffset", "0.06", "-i", finished.path, "-map", "0:v", "-map", "1:a", *COPIED, *FIRST,
        out,
    )  # fmt: skip
    seen = finished.inspected(out)
    assert "sound_in_sync" in failed(seen) <= {"sound_in_sync", "codecs_conform"}
    assert seen.offset_ms == pytest.approx(60, abs=2)


def of_events(edl: EditDecisionList, place: int, change: Callable[[Clip], Clip]) -> EditDecisionList:
    event = edl.events[place]
    assert isinstance(event, Clip)
    return replace(edl, events=(*edl.events[:place], change(event), *edl.events[place + 1 :]))


def moved(sound: FilmSound, frames: int) -> FilmSound:
    if sound.role is not SoundRole.DIALOGUE:
        return sound
    return replace(sound, start=sound.start + frames, at=sound.at + frames)


def by_a_frame(edl: EditDecisionList) -> EditDecisionList:
    """A clip in the middle is one frame later in the film."""
    return of_events(edl, 3, lambda clip: replace(clip, start=clip.start + 1, end=clip.end + 1))


def words_cut(edl: EditDecisionList) -> EditDecisionList:
    """Lines begin 0.3 s into themselves, in step with their pictures as before."""
    return replace(edl, sounds=tuple(moved(sound, 7) for sound in edl.sounds))


def off_the_beat(edl: EditDecisionList) -> EditDecisionList:
    """The music's beats lie between the cuts, at a tempo that is not what is heard."""
    assert edl.bed is not None and edl.bed.tempo_bpm is not None
    beats = tuple(at + 0.2 for at in edl.bed.beats_s)
    return replace(edl, bed=replace(edl.bed, beats_s=beats, tempo_bpm=0.8 * edl.bed.tempo_bpm))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [(by_a_frame, "frames_exact"), (words_cut, "no_clipped_word"), (off_the_beat, "cuts_on_beats")],
)
def test_a_trailer_that_is_not_as_its_edit_says_fails_its_own_check(
    finished: Finished, change: Callable[[EditDecisionList], EditDecisionList], wrong: str
) -> None:
    assert failed(finished.inspected(edl=change(finished.edl))) == {wrong}


def test_the_ear_and_not_the_edit_tells_the_beats(finished: Finished, tmp_path: Path) -> None:
    assert finished.edl.bed is not None and finished.edl.bed.tempo_bpm is not None
    wrong = replace(finished.edl.bed, beats_s=tuple(at + 0.2 for at in finished.edl.bed.beats_s))
    assert failed(finished.inspected(edl=replace(finished.edl, bed=wrong))) == set()

    late = tmp_path / "late.mp4"  # by a third of a beat
    ffmpeg(
        "-i", finished.path, "-c:v", "copy", "-af", f"adelay={round(20_000 / finished.edl.bed.tempo_bpm)}:all=1",
        "-c:a", "aac", "-b:a", "192k", "-shortest", *FIRST, late,
    )  # fmt: skip
    seen = finished.inspected(late)
    assert {"cuts_on_beats", "sound_in_sync"} <= failed(seen) and seen.beats_by == "ear"


def test_words_that_cannot_be_set_are_warned_of_and_what_the_master_lost_is_told(finished: Finished) -> None:
    seen = inspect(
        finished.path, finished.edl, finished.demands, film=finished.made.film.path, track=finished.made.track,
        analysis=finished.made.analysis, sound_note="softer than its target", unset_words=("\u16a0\u16a2",),
    )  # fmt: skip
    assert failed(seen) == {"every_word_is_set"}
    outcome = next(each for each in run_checks("trailer", seen.table()) if each.name == "every_word_is_set")
    assert not outcome.blocking and "\u16a0\u16a2" in outcome.why
    assert seen.to_json()["unset_words"] == ["\u16a0\u16a2"]
    assert seen.to_json()["sound_note"] == "softer than its target"


def test_what_is_demanded_is_held_each_by_its_own_check(finished: Finished) -> None:
    clips = [clip for _, clip in finished.edl.clips()]
    shot = clips[2].shot
    assert shot is not None
    cases = {
        "length_within_a_quarter_second": replace(finished.demands, seconds=14),
        "no_spoiler": replace(finished.demands, spoiler_frame=max(clip.end for clip in clips) - 1),
        "no_barred_shot": replace(finished.demands, barred=frozenset({shot})),
    }
    for wrong, demands in cases.items():
        assert failed(finished.inspected(demands=demands)) == {wrong}


def test_a_person_s_edit_cuts_where_it_cuts_and_is_as_long_as_it_is(finished: Finished) -> None:
    seen = finished.inspected(edl=off_the_beat(finished.edl), demands=Demands(None, 10**6, frozenset(), on_beats=False))
    assert seen.beat_error_frames is None and failed(seen) == set()


def test_a_barred_shot_is_known_by_its_pictures_whatever_the_edit_calls_it(finished: Finished) -> None:
    clip = finished.edl.clips()[2][1]
    assert clip.shot is not None
    renamed = of_events(finished.edl, 2, lambda clip: replace(clip, shot=None))
    demands = replace(finished.demands, barred=frozenset({clip.shot}))
    assert failed(finished.inspected(edl=renamed, demands=demands)) == {"no_barred_shot"}


def test_a_shot_that_is_shown_again_is_warned_of(finished: Finished) -> None:
    one, other = finished.edl.clips()[1][1], finished.edl.clips()[4][1]
    again = of_events(finished.edl, 4, lambda _: replace(other, start=one.start, end=one.start + other.frames))
    seen = finished.inspected(edl=again)
    assert seen.repeated >= 1
    outcome = next(each for each in run_checks("trailer", seen.table()) if each.name == "no_repeated_shot")
    assert not outcome.passed and not outcome.blocking and "again" in outcome.why


def test_the_slowest_pace_is_warned_of(seen: Inspection) -> None:
    table = seen.table().assign(mean_shot_s=3.9)
    assert {each.name for each in run_checks("trailer", table) if not each.passed} == {"pace_of_a_trailer"}
