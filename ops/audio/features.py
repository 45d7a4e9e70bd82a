"""What was measured on a track: one value that is kept as JSON and shown as tables.

The JSON is the same for the same sound: numbers are rounded to what the ear or a cut could tell apart, and
none of them is infinite or no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ops.audio.envelope import Waveform
from ops.audio.kinds import Segment, SoundKind
from ops.audio.loudness import STEP_S, Loudness
from ops.audio.onsets import Onsets
from ops.audio.rhythm import Beat, Passage, Rhythm

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AudioFeatures"]


@dataclass(frozen=True)
class AudioFeatures:
    """Loudness, onsets, rhythm, kinds of sound and waveform of one track. Times are seconds from its start.

    Attributes:
        sample_rate: Of the track, Hz.
        channels: Of the track.
        samples: Length of the track.
        loudness: EBU R128.
        onsets: Where something begins to sound.
        rhythm: Passages, beats and tempo.
        segments: Speech, music, silence and other sound; they cover the track without gap or overlap.
        waveform: For pictures.
    """

    sample_rate: int
    channels: int
    samples: int
    loudness: Loudness
    onsets: Onsets
    rhythm: Rhythm
    segments: tuple[Segment, ...]
    waveform: Waveform

    @property
    def duration_s(self) -> float:
        """Length of the track."""
        return self.samples / self.sample_rate

    def seconds_of(self, kind: SoundKind) -> float:
        """How long a kind of sound is heard in all."""
        return sum(each.end_s - each.start_s for each in self.segments if each.kind is kind)

    def beats_table(self) -> pd.DataFrame:
        """One row a beat: time_s, position (1 is the downbeat), passage, tempo_bpm, confidence, strength."""
        import pandas as pd

        beats, passages = self.rhythm.beats, self.rhythm.passages
        of = [passages[beat.passage] for beat in beats]
        return pd.DataFrame(
            {
                "time_s": np.array([beat.time_s for beat in beats], dtype=float),
                "position": np.array([beat.position for beat in beats], dtype=int),
                "passage": np.array([beat.passage for beat in beats], dtype=int),
                "tempo_bpm": np.array([passage.tempo_bpm for passage in of], dtype=float),
                "confidence": np.array([passage.confidence for passage in of], dtype=float),
                "strength": np.array([beat.strength for beat in beats], dtype=float),
            }
        )

    def onsets_table(self) -> pd.DataFrame:
        """One row an onset: time_s, strength (dB)."""
        import pandas as pd

        return pd.DataFrame({"time_s": self.onsets.times_s, "strength": self.onsets.strengths.astype(float)})

    def segments_table(self) -> pd.DataFrame:
        """One row a segment: kind, start_s, end_s, duration_s, confidence."""
        import pandas as pd

        start = np.array([each.start_s for each in self.segments], dtype=float)
        end = np.array([each.end_s for each in self.segments], dtype=float)
        return pd.DataFrame(
            {
                "kind": pd.Series([str(each.kind) for each in self.segments], dtype="str"),
                "start_s": start,
                "end_s": end,
                "duration_s": end - start,
                "confidence": np.array([each.confidence for each in self.segments], dtype=float),
            }
        )

    def loudness_table(self) -> pd.DataFrame:
        """One row every 0.1 s: time_s (the end of the window), momentary_lufs, short_term_lufs."""
        import pandas as pd

        curve = self.loudness.momentary_lufs
        return pd.DataFrame(
            {
                "time_s": np.round(np.arange(1, len(curve) + 1) * STEP_S, 1),
                "momentary_lufs": curve.astype(float),
                "short_term_lufs": self.loudness.short_term_lufs.astype(float),
            }
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, equal for equal sound."""
        loudness, rhythm, waveform = self.loudness, self.rhythm, self.waveform
        return {
            "sample_rate": self.sample_rate,
            "channels": self.channels,
            "samples": self.samples,
            "duration_s": round(self.duration_s, 6),
            "loudness": {
                "integrated_lufs": _rounded(loudness.integrated_lufs, 2),
                "range_lu": _rounded(loudness.range_lu, 2),
                "true_peak_dbtp": _rounded(loudness.true_peak_dbtp, 2),
                "sample_peak_dbfs": _rounded(loudness.sample_peak_dbfs, 2),
                "momentary_max_lufs": _rounded(loudness.momentary_max_lufs, 2),
                "short_term_max_lufs": _rounded(loudness.short_term_max_lufs, 2),
                "step_s": STEP_S,
                "momentary_lufs": _list(loudness.momentary_lufs, 1),
                "short_term_lufs": _list(loudness.short_term_lufs, 1),
            },
            "onsets": {
                "times_s": _list(self.onsets.times_s, 4),
                "strengths": _list(self.onsets.strengths, 2),
            },
            "rhythm": {
                "tempo_bpm": _rounded(rhythm.tempo_bpm, 2),
                "confidence": round(rhythm.confidence, 3),
                "reason": rhythm.reason,
                "passages": [
                    {
                        "start_s": round(each.start_s, 4),
                        "end_s": round(each.end_s, 4),
                        "tempo_bpm": round(each.tempo_bpm, 2),
                        "confidence": round(each.confidence, 3),
                        "meter": each.meter,
                        "bar_confidence": round(each.bar_confidence, 3),
                    }
                    for each in rhythm.passages
                ],
                "beats": {
                    "times_s": [round(each.time_s, 4) for each in rhythm.beats],
                    "positions": [each.position for each in rhythm.beats],
                    "passages": [each.passage for each in rhythm.beats],
                    "strengths": [round(each.strength, 2) for each in rhythm.beats],
                },
            },
            "segments": [
                {
                    "kind": str(each.kind),
                    "start_s": round(each.start_s, 6),
                    "end_s": round(each.end_s, 6),
                    "confidence": round(each.confidence, 3),
                }
                for each in self.segments
            ],
            "waveform": {
                "step_s": waveform.step_s,
                "low": _list(waveform.low, 4),
                "high": _list(waveform.high, 4),
                "rms": _list(waveform.rms, 4),
            },
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> AudioFeatures:
        """Read what `to_json` gave."""
        loudness, rhythm, waveform = values["loudness"], values["rhythm"], values["waveform"]
        beats = rhythm["beats"]
        rows = zip(beats["times_s"], beats["positions"], beats["passages"], beats["strengths"], strict=True)
        return cls(
            sample_rate=values["sample_rate"],
            channels=values["channels"],
            samples=values["samples"],
            loudness=Loudness(
                integrated_lufs=loudness["integrated_lufs"],
                range_lu=loudness["range_lu"],
                true_peak_dbtp=loudness["true_peak_dbtp"],
                sample_peak_dbfs=loudness["sample_peak_dbfs"],
                momentary_max_lufs=loudness["momentary_max_lufs"],
                short_term_max_lufs=loudness["short_term_max_lufs"],
                momentary_lufs=np.array(loudness["momentary_lufs"], dtype=np.float32),
                short_term_lufs=np.array(loudness["short_term_lufs"], dtype=np.float32),
            ),
            onsets=Onsets(
                np.array(values["onsets"]["times_s"], dtype=np.float64),
                np.array(values["onsets"]["strengths"], dtype=np.float32),
            ),
            rhythm=Rhythm(
                tempo_bpm=rhythm["tempo_bpm"],
                confidence=rhythm["confidence"],
                reason=rhythm["reason"],
                passages=tuple(Passage(**each) for each in rhythm["passages"]),
                beats=tuple(Beat(*row) for row in rows),
            ),
            segments=tuple(
                Segment(SoundKind(each["kind"]), each["start_s"], each["end_s"], each["confidence"])
                for each in values["segments"]
            ),
            waveform=Waveform(
                waveform["step_s"],
                *(np.array(waveform[name], dtype=np.float32) for name in ("low", "high", "rms")),
            ),
        )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) + 0.0  # no -0.0


def _list(values: np.ndarray, digits: int) -> list[float]:
    return [round(value, digits) + 0.0 for value in values.astype(np.float64).tolist()]
