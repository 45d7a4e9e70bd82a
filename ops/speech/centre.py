"""The middle of a film's sound, where dialogue is mixed: what both speakers play alike, without the music around it.

In a mix of both channels a voice over loud music is lost on every detector; what is in the middle alone is told from
what is at the sides by how alike the channels are at each frequency (Avendano & Jot, A Frequency-Domain Approach to
Multichannel Upmix, 2004; FFmpeg's dialoguenhance). In a mix of five channels the middle has one of its own.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from ops.audio.listening import hear
from ops.media.ffmpeg import run_ffmpeg
from ops.progress import Progress, no_progress
from ops.speech.denoise import denoised
from ops.speech.sound import SpeechSound, speech_sound

__all__ = ["centre_sound", "dialogue_sound"]

_MIDDLE = "FC"
_LATE = 1536
"""Samples by which the filter's output lags, at any rate: measured by correlation, as its description is silent."""

_FROM_STEREO = (
    "dialoguenhance=original=0:enhance=1:voice=2,pan=mono|c0=c2,"
    f"atrim=start_sample={_LATE},asetpts=N/SR/TB,apad=pad_len={_LATE}"
)
"""The third channel that the filter gives. `enhance` from 1 to 3 and `voice` from 2 to 16 found the same speech."""

_OWN_CHANNEL = f"pan=mono|c0={_MIDDLE}"
_LONGEST_S = 3600.0
"""For a film of three hours on one core; its filter takes a hundredth of its time."""


def centre_sound(track: Path, folder: Path, *, progress: Progress = no_progress) -> SpeechSound | None:
    """The middle of a track, at the loudness that speech is looked for in; None where it has no sides.

    Args:
        track: A sound file; the `audio_track` artifact.
        folder: Where it is written; must outlive the sound.
        progress: Told the fraction done.

    Raises:
        MediaError: It cannot be read.
    """
    wanted = _filter(track)
    if wanted is None:
        return None
    place = Path(tempfile.mkdtemp(prefix="centre-", dir=folder))
    middle = place / "centre.flac"
    run_ffmpeg(
        ["-i", track, "-vn", "-af", wanted, "-ar", "16000", "-c:a", "flac", middle],
        timeout_s=_LONGEST_S,
    )
    return speech_sound(middle, place, progress=progress)


def dialogue_sound(track: Path, sound: SpeechSound, folder: Path, *, progress: Progress = no_progress) -> SpeechSound:
    """A sound with its dialogue in front: the middle of its mix, else the same without its noise.

    Args:
        track: The sound file.
        sound: The same as `speech_sound` gives it.
        folder: Where it is written; must outlive the sound.
        progress: Told the fraction done.

    Raises:
        MediaError: It cannot be read.
    """
    return centre_sound(track, folder, progress=progress) or denoised(sound, folder, progress=progress)


def _filter(track: Path) -> str | None:
    frame = next(iter(hear(track)), None)
    if frame is None:
        return None
    names = [channel.name for channel in frame.layout.channels]
    if _MIDDLE in names and len(names) > 1:
        return _OWN_CHANNEL
    return _FROM_STEREO if len(names) == 2 else None
