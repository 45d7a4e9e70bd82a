"""The `speech` artifact of a track: where somebody speaks, and who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from ops.audio.listening import RATE
from ops.progress import Progress, no_progress
from ops.speech.centre import centre_sound
from ops.speech.denoise import denoised
from ops.speech.diarisation.channels import diarise_channels
from ops.speech.diarisation.clustering import MOST_SPEAKERS
from ops.speech.diarisation.diarise import diarise
from ops.speech.diarisation.embedding import VoiceEmbedder
from ops.speech.diarisation.windows import Span
from ops.speech.model import Speech, Turn
from ops.speech.sound import SpeechSound, channel_sounds, speech_sound
from ops.speech.vad import ENGINE, FRAME, speech_probabilities, speech_spans

__all__ = ["analyse_speech"]

_MIDDLE_DOUBT = 0.2
"""By so much surer the middle alone must be: what is lifted out of rain or a blow may sound like a voice. With 0 there
was speech in pure rain and in a shout of Sintel's trailer, with 0.1 in the shout; with 0.3 all its lines are found
still."""

_PARTS = 1200
"""Of the envelope: more than a picture has columns for."""

_SHARES = {"sound": (0.0, 0.2), "noise": (0.2, 0.25), "speech": (0.25, 0.45), "voices": (0.45, 1.0)}
"""Of the progress, by step."""


@dataclass(frozen=True)
class _Told:
    """Who was found to speak, and by what."""

    spans: tuple[Span, ...]
    turns: tuple[Turn, ...]
    by: str
    note: str = ""


def analyse_speech(
    track: Path,
    *,
    voices: VoiceEmbedder,
    folder: Path,
    names: Mapping[str, str] | None = None,
    progress: Progress = no_progress,
) -> Speech:
    """Find where somebody speaks and who.

    Args:
        track: The `audio_track` artifact; any sound file will do.
        voices: Tells voices apart.
        folder: For the samples; empty, and to be thrown away after.
        names: What speakers are called, by id; those of nobody found are left out. A voice's id may change from one
            run to the next: `ops.speech.names.carried_over` finds it again.
        progress: Told the fraction done.

    Raises:
        MediaError: The track cannot be read, or has no sample.
        ModelUnavailable: The voice activity detector's weights are not here.
    """
    sound = speech_sound(track, folder, progress=_part(progress, "sound"))
    clean = denoised(sound, folder, progress=_part(progress, "noise"))
    middle = centre_sound(track, folder)
    probabilities = speech_probabilities(clean.samples, progress=_part(progress, "speech"))
    if middle is not None:
        probabilities = _either(probabilities, speech_probabilities(middle.samples))
    spans = speech_spans(probabilities, len(clean.samples))
    by_channel = _by_channel(track, clean, spans, folder) if spans and clean.channels == 2 else None
    told = by_channel or _Told(
        spans,
        diarise(clean.samples, spans, voices, progress=_part(progress, "voices")),
        by=voices.name,
    )
    progress(1.0)
    found = {turn.speaker for turn in told.turns}
    return Speech(
        duration_s=sound.duration_s,
        spans=told.spans,
        turns=told.turns,
        names={speaker: name for speaker, name in (names or {}).items() if speaker in found},
        noise_db=_noise_db(sound, told.spans),
        engines={"speech": ENGINE, "voices": told.by},
        notes=tuple(_notes(clean, told)),
        envelope=_envelope(sound),
    )


def _either(mixed: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """The higher of two probabilities a frame; the middle may end a frame sooner or later by its resampling."""
    common = min(len(mixed), len(middle))
    return np.concatenate([np.maximum(mixed[:common], middle[:common] - _MIDDLE_DOUBT), mixed[common:]])


def _by_channel(track: Path, sound: SpeechSound, spans: Sequence[Span], folder: Path) -> _Told | None:
    left, right = channel_sounds(track, folder, gain_db=sound.gain_db)
    found = diarise_channels(left.samples, right.samples, spans)
    if found is None:
        return None
    return _Told(*found, by="channels", note="Each of two speakers has a channel of the track.")


def _notes(sound: SpeechSound, told: _Told) -> list[str]:
    notes = [told.note] if told.note else []
    if not told.spans:
        notes.append("Nobody is heard to speak.")
    if sound.denoised_s:
        notes.append(f"Steady noise was taken off {sound.denoised_s:.0f} s before speech was looked for.")
    if len({turn.speaker for turn in told.turns}) == MOST_SPEAKERS:
        notes.append(f"{MOST_SPEAKERS} voices are the most that are told apart; there may be more.")
    return notes


def _noise_db(sound: SpeechSound, spans: Sequence[Span]) -> float | None:
    """Median level of the 32 ms frames outside the speech, as the track has it."""
    speaking = np.zeros(len(sound.samples) // FRAME, bool)
    for start, end in spans:
        speaking[int(start * RATE / FRAME) : int(np.ceil(end * RATE / FRAME))] = True
    powers = np.concatenate([np.zeros(0), *(_powers(sound.samples, at) for at in range(0, len(speaking), _PARTS))])
    between = powers[: len(speaking)][~speaking]
    between = between[between > 1e-12]  # digital silence is nothing that is heard
    return round(float(10 * np.log10(np.median(between))) - sound.gain_db, 1) if len(between) else None


def _powers(samples: np.ndarray, frame: int) -> np.ndarray:
    """Mean power of up to `_PARTS` full frames."""
    block = samples[frame * FRAME : (frame + _PARTS) * FRAME]
    return (block[: len(block) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64) ** 2).mean(axis=1)


def _envelope(sound: SpeechSound) -> tuple[float, ...]:
    edges = np.linspace(0, len(sound.samples), min(_PARTS, len(sound.samples)) + 1).astype(int)
    parts = (sound.samples[start:end] for start, end in pairwise(edges))
    return tuple(round(float(min(1.0, np.abs(part).max(initial=0.0))), 3) for part in parts)


def _part(progress: Progress, step: str) -> Progress:
    start, end = _SHARES[step]
    return lambda done: progress(start + (end - start) * done)
