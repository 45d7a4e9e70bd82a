"""What a finished trailer is, measured on its file: the numbers that decide whether viewers may see it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.scenes.model import SceneAnalysis
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Clip, Join, JoinKind
from ops.trailer.measuring.conform import faults_of, measure_file
from ops.trailer.measuring.pictures import Flaw, measure_pictures
from ops.trailer.measuring.proxies import Proxies, hard_cuts, judge_edit
from ops.trailer.measuring.sync import beat_errors, hear_beats, sound_offset_s
from ops.trailer.measuring.words import ClippedWord, clipped_words
from ops.trailer.sound.mastering import loudness_of_file
from ops.trailer.soundtrack import SoundRole

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Demands", "Inspection", "inspect"]

_UNFOUND_MS = 1_000.0
"""For a sound that is not found at all where it should be."""


@dataclass(frozen=True)
class Demands:
    """What a trailer is held to, beside its own edit.

    Attributes:
        seconds: How long it should be; None for as long as its edit.
        spoiler_frame: The film's frame from which on nothing may be shown.
        barred: Shots that must not be shown.
        on_beats: Whether its cuts should fall on the music's beats: a person's edit cuts where it cuts.
    """

    seconds: int | None
    spoiler_frame: int
    barred: Set[int]
    on_beats: bool = True


@dataclass(frozen=True)
class Inspection:
    """A finished trailer in numbers.

    Attributes:
        cut: Which trailer.
        length_error_s: How much longer than it should be.
        faults: What of the file is not as ordered, in words.
        loudness_lufs, loudness_error_lu: Programme loudness as decoded, and its distance from the target.
        peak_dbtp, over_peak_db: True peak, and by how much it is beyond the highest that is taken.
        flaws: Black and frozen stretches.
        clipped: Words that are cut in half.
        beat_error_frames: Median distance of hard cuts from the next beat, as `beats_by` knows it; None where there is
            nothing to hold it to.
        offset_ms: Distance of the sound from its pictures.
        frame_offset: Most frames by which a picture is off.
        late: Clips beyond the spoiler limit.
        barred: Clips of shots that must not be shown.
        repeated: Clips of a shot that was shown before.
        mean_shot_s: Mean length of shots.
        proxies: How good the edit is, as far as numbers can say.
        lines: Lines that are spoken.
        music: Where the music is from.
        heard_beat_error_frames: The same distance by the beats that are heard in the file; None where none are.
        beats_by: "ear" where the beats are those heard in the file, "bed" where they are those that its music was
            chosen with, as the ear is not sure of them; empty where it has none.
        sound_note: What the master could not keep, in words; empty where it kept all.
        unset_words: Words of its cards that no typeface of the house can set, and that are missing from the picture.
    """

    cut: str
    length_error_s: float
    faults: tuple[str, ...]
    loudness_lufs: float
    loudness_error_lu: float
    peak_dbtp: float
    over_peak_db: float
    flaws: tuple[Flaw, ...]
    clipped: tuple[ClippedWord, ...]
    beat_error_frames: float | None
    offset_ms: float
    frame_offset: int
    late: int
    barred: int
    repeated: int
    mean_shot_s: float
    proxies: Proxies
    lines: int
    music: str
    heard_beat_error_frames: float | None = None
    beats_by: str = ""
    sound_note: str = ""
    unset_words: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """0 to 1, for people and lists; what decides is each check by itself."""
        return round(self.proxies.mean, 4)

    @property
    def numbers(self) -> dict[str, float]:
        """What a manifest keeps."""
        return {
            "loudness_lufs": round(self.loudness_lufs, 2),
            "peak_dbtp": round(self.peak_dbtp, 2),
            "offset_ms": round(self.offset_ms, 2),
            "mean_shot_s": round(self.mean_shot_s, 3),
            **({} if self.beat_error_frames is None else {"beat_error_frames": round(self.beat_error_frames, 3)}),
        }

    @property
    def traits(self) -> dict[str, str]:
        """What lessons of tests are drawn by."""
        pace = "quick" if self.mean_shot_s < 1.4 else "slow" if self.mean_shot_s > 2.2 else "middling"
        return {"music": self.music, "pace": pace, "lines": str(min(self.lines, 3))}

    def table(self) -> pd.DataFrame:
        """One row, as the checks take it."""
        import pandas as pd

        row = {
            "cut": self.cut,
            "length_error_s": self.length_error_s,
            "faults": float(len(self.faults)),
            "faults_told": "; ".join(self.faults),
            "loudness_error_lu": self.loudness_error_lu,
            "over_peak_db": self.over_peak_db,
            "flaws": float(len(self.flaws)),
            "clipped_words": float(sum(word.sure for word in self.clipped)),
            "beat_error_frames": np.nan if self.beat_error_frames is None else abs(self.beat_error_frames),
            "offset_ms": abs(self.offset_ms),
            "frame_offset": float(self.frame_offset),
            "late": float(self.late),
            "barred": float(self.barred),
            "repeated": float(self.repeated),
            "mean_shot_s": self.mean_shot_s,
            "unset_words": float(len(self.unset_words)),
            "unset_told": "; ".join(self.unset_words),
        }
        return pd.DataFrame([row])

    def to_json(self) -> dict[str, Any]:
        """JSON values, for people."""
        return {
            **self.numbers,
            "length_error_s": round(self.length_error_s, 4),
            "frame_offset": self.frame_offset,
            "faults": list(self.faults),
            "flaws": [f"{flaw.kind} in event {flaw.event}, frames {flaw.start} to {flaw.end}" for flaw in self.flaws],
            "clipped_words": [word.told for word in self.clipped if word.sure],
            "words_perhaps_clipped": [word.told for word in self.clipped if not word.sure],
            "beats_by": self.beats_by,
            "heard_beat_error_frames": _rounded(self.heard_beat_error_frames),
            "sound_note": self.sound_note,
            "unset_words": list(self.unset_words),
            "proxies": self.proxies.to_json(),
        }


def inspect(
    trailer: Path,
    edl: EditDecisionList,
    demands: Demands,
    *,
    film: Path,
    track: Path | None,
    analysis: SceneAnalysis,
    supplied: Path | None = None,
    sound_note: str = "",
    unset_words: tuple[str, ...] = (),
) -> Inspection:
    """Measure a finished trailer.

    Args:
        trailer: The file.
        edl: What it was made from.
        demands: What it is held to.
        film: The film it was cut from.
        track: The film's sound.
        analysis: What the film's shots are like.
        supplied: Music that was supplied.
        sound_note: What its master could not keep: `CodedSound.note`.
        unset_words: Words that are missing from its pictures: `Rendering.unset`.

    Raises:
        MediaError: A file cannot be read, or the trailer has no sound.
    """
    facts = measure_file(trailer, edl.rate)
    heard = loudness_of_file(trailer)
    loudness = -70.0 if heard.integrated_lufs is None else heard.integrated_lufs
    peak = -70.0 if heard.true_peak_dbtp is None else heard.true_peak_dbtp
    pictures = measure_pictures(trailer, edl, film)
    offset_s = sound_offset_s(trailer, edl, track, supplied=supplied).worst_s
    on_beats, heard_error, beats_by = _beats(trailer, edl)
    clips = [clip for _, clip in edl.clips()]
    shown = _shots_shown(edl, analysis)
    length_s = float(edl.seconds) if demands.seconds is None else float(demands.seconds)
    return Inspection(
        cut=edl.cut,
        length_error_s=facts.video_s - length_s,
        faults=faults_of(facts, frames=edl.frames, rate=edl.rate, size=edl.size, sound=True),
        loudness_lufs=loudness,
        loudness_error_lu=abs(loudness - edl.target_lufs),
        peak_dbtp=peak,
        over_peak_db=max(0.0, peak - edl.peak_dbtp),
        flaws=pictures.flaws,
        clipped=()
        if track is None
        else clipped_words(edl, track, lines=[(line.start_s, line.end_s) for line in analysis.lines]),
        beat_error_frames=on_beats if demands.on_beats else None,
        offset_ms=_UNFOUND_MS if offset_s is None else 1000 * offset_s,
        frame_offset=pictures.worst_offset,
        late=sum(end > demands.spoiler_frame for _, end in _seen(edl)),
        barred=sum(bool(seen & demands.barred) for seen in shown),
        repeated=_repeated(shown),
        mean_shot_s=float(np.mean([float(Fraction(clip.frames) / edl.rate) for clip in clips])) if clips else 0.0,
        proxies=judge_edit(edl, analysis, demands.spoiler_frame),
        lines=sum(sound.role is SoundRole.DIALOGUE for sound in edl.sounds),
        music=str(edl.bed.kind) if edl.bed else "none",
        heard_beat_error_frames=heard_error,
        beats_by=beats_by,
        sound_note=sound_note,
        unset_words=unset_words,
    )


def _seen(edl: EditDecisionList) -> list[tuple[int, int]]:
    """First frame of the film and one past the last that is seen of each clip, with what its dissolves reach into."""
    found = []
    for nth, event in enumerate(edl.events):
        if isinstance(event, Clip):
            into = edl.joins[nth - 1] if nth else Join()
            out = edl.joins[nth] if nth < len(edl.joins) else Join()
            ahead = into.before if into.kind is JoinKind.DISSOLVE else 0
            behind = out.after if out.kind is JoinKind.DISSOLVE else 0
            found.append((event.start - ahead, event.end + behind))
    return found


def _shots_shown(edl: EditDecisionList, analysis: SceneAnalysis) -> list[set[int]]:
    """The film's shots that are seen in each clip: by its frames, whatever a person's edit says that it shows."""
    rate = float(edl.rate)
    starts, ends = (analysis.column(name).astype(float) * rate for name in ("start_s", "end_s"))
    shot = analysis.column("shot").astype(int)
    # half a frame of slack: a shot's edges are known as rounded seconds
    return [set(shot[(starts < end - 0.5) & (ends > first + 0.5)].tolist()) for first, end in _seen(edl)]


def _repeated(shown: Sequence[Set[int]]) -> int:
    """Clips of which something was seen before."""
    before: set[int] = set()
    again = 0
    for seen in shown:
        again += bool(seen & before)
        before |= seen
    return again


def _beats(trailer: Path, edl: EditDecisionList) -> tuple[float | None, float | None, str]:
    """How far cuts are from beats, how far from those that are heard, and who told the beats of the first."""
    if edl.bed is None or not edl.bed.beats_s:
        return None, None, ""
    cuts = hard_cuts(edl)
    ear = hear_beats(trailer, cuts, edl.rate, edl.bed)
    heard, told = _median(ear.errors), _median(beat_errors(cuts, edl.rate, edl.bed))
    return (heard, heard, "ear") if ear.told else (told, heard, "bed")


def _median(errors: np.ndarray) -> float | None:
    return float(np.median(np.abs(errors))) if len(errors) else None


def _rounded(frames: float | None) -> float | None:
    return None if frames is None else round(frames, 3)
